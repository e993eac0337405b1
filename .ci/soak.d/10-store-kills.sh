#!/usr/bin/env bash
# kill -9 at many seeded moments of loads, publications, rollbacks and cleaning in each store: all or nothing, and the next one goes on.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
seed=${HEADGATE_SEED:-$RANDOM}
echo "seed $seed"
exec mvn -B -q -pl tasks/stores -am test -Dtest='*Kill*Test' -Dsurefire.failIfNoSpecifiedTests=false \
  -Dheadgate.kills="${HEADGATE_KILLS:-200}" -Dheadgate.seeds="${HEADGATE_SEEDS:-12}" -Dheadgate.seed="$seed"
