#!/usr/bin/env bash
# What goes wrong stays harmless: blocked gates, bad input, hostile names, planted secrets, faults of the machine, stops.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
export HEADGATE=${HEADGATE:-$top/headgate}
environment=$("$top/tasks/process/python/environment" --dev)
"$HEADGATE" --version >/dev/null
exec "$environment/bin/python" -m pytest -q -p no:cacheprovider -o pythonpath="$top/.ci/suites/streaming" --durations=10 \
  "$top/.ci/suites/safety" "$@"
