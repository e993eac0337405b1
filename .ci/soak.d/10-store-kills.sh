#!/usr/bin/env bash
# kill -9 at many seeded moments of publications: readers see all or nothing, and the next run goes on.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
seed=${HEADGATE_SEED:-$RANDOM}
echo "seed $seed"
exec mvn -B -q -pl tasks/stores -am test -Dtest=KillTest -Dsurefire.failIfNoSpecifiedTests=false \
  -Dheadgate.kills="${HEADGATE_KILLS:-200}" -Dheadgate.seed="$seed"
