#!/usr/bin/env bash
# The reference pipeline answers with landing and state in an object store: with the least rights, without the store, from another machine.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
export HEADGATE=${HEADGATE:-$top/headgate} PYTHONPATH=$top/.ci/suites/streaming:$top/.ci/suites/safety:$top/docker/lab
environment=$("$top/tasks/process/python/environment" --dev)
"$HEADGATE" --version >/dev/null
exec "$environment/bin/python" -m pytest -q -p no:cacheprovider --durations=10 "$top/.ci/suites/objects" "$@"
