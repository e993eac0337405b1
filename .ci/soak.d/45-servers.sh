#!/usr/bin/env bash
# Servers killed at many seeded moments of each load mode and of publications, Trino's and the object store's too.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
export HEADGATE_SOAK=1 HEADGATE_KILLS=${HEADGATE_KILLS:-6} HEADGATE_SEED=${HEADGATE_SEED:-$RANDOM}
echo "seed $HEADGATE_SEED"
exec "$top/.ci/suites/45-servers.sh" "$@"
