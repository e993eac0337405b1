#!/usr/bin/env bash
# kill -9 at many seeded moments of a landing in an object store and of a held lease: nothing lost, nothing twice, the next one goes on.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
exec mvn -B -q -pl tasks/ingest -am test -Dtest='ObjectLandingTest,ObjectLeaseTest' -Dsurefire.failIfNoSpecifiedTests=false \
  -Dheadgate.seeds="${HEADGATE_KILLS:-40}"
