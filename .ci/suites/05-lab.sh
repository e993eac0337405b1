#!/usr/bin/env bash
# The lab's servers are healthy, apart, private and least in rights; they keep data and ports through kills, and end with nobody else's.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
environment=$("$top/tasks/process/python/environment" --dev)
"$top/docker/lab/check"
exec "$environment/bin/python" -m pytest -q -p no:cacheprovider --durations=10 "$top/.ci/suites/lab" "$@"
