#!/usr/bin/env bash
# The reference pipeline gives the same answers on every warehouse: twice, reduced, day by day, after kills, under a reader that polls.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
export HEADGATE=${HEADGATE:-$top/headgate} PYTHONPATH=$top/.ci/suites/streaming:$top/docker/lab
environment=$("$top/tasks/process/python/environment" --dev)
"$HEADGATE" --version >/dev/null
exec "$environment/bin/python" -m pytest -q -p no:cacheprovider --durations=10 "$top/.ci/suites/warehouses" "$@"
