#!/usr/bin/env bash
# The month day by day, and kill -9 at many seeded points of a run and of its resume, end in the right answers.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
export HEADGATE_SOAK=1 HEADGATE_KILLS=${HEADGATE_KILLS:-60} HEADGATE_SEED=${HEADGATE_SEED:-$RANDOM}
echo "seed $HEADGATE_SEED"
exec bash "$top/.ci/suites/20-streaming.sh" -k "kill or day_by_day" "$@"
