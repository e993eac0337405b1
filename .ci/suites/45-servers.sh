#!/usr/bin/env bash
# Servers that are killed in the middle of a load or a publication and come back: no row lost, none twice. In a lab of this suite's own.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
export HEADGATE=${HEADGATE:-$top/headgate} PYTHONPATH=$top/.ci/suites/streaming:$top/.ci/suites/warehouses:$top/.ci/suites/safety:$top/docker/lab
environment=$("$top/tasks/process/python/environment" --dev)
"$HEADGATE" --version >/dev/null
exec "$environment/bin/python" -m pytest -q -p no:cacheprovider --durations=10 "$top/.ci/suites/servers" "$@"
