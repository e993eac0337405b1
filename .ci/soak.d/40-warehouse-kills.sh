#!/usr/bin/env bash
# The reference pipeline killed at many points on every warehouse, each ending in the answers.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
export HEADGATE_KILLS=${HEADGATE_KILLS:-12}
exec "$top/.ci/suites/40-warehouses.sh" -k killed "$@"
