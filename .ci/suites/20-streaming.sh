#!/usr/bin/env bash
# The reference pipeline answers its six questions: on demo and real data, twice, after kills, interval by interval.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
export HEADGATE=${HEADGATE:-$top/headgate}
environment=$("$top/tasks/process/python/environment" --dev)
"$HEADGATE" --version >/dev/null
exec "$environment/bin/python" -m pytest -q -p no:cacheprovider --durations=10 "$top/.ci/suites/streaming" "$@"
