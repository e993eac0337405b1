#!/usr/bin/env bash
# What the pages say is so: their examples run, their YAML is valid, the example kind compiles, the reference is up to date.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
export HEADGATE=${HEADGATE:-$top/headgate}
environment=$("$top/tasks/process/python/environment" --dev)
"$HEADGATE" --version >/dev/null
exec "$environment/bin/python" -m pytest -q -p no:cacheprovider -rs --durations=5 "$top/.ci/suites/docs" "$@"
