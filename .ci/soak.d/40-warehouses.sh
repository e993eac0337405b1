#!/usr/bin/env bash
# The reference pipeline on every warehouse: intervals, and kills at many points, each ending in the answers.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
export HEADGATE_SOAK=1 HEADGATE_KILLS=${HEADGATE_KILLS:-12}
exec "$top/.ci/suites/40-warehouses.sh" "$@"
