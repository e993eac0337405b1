#!/usr/bin/env bash
# Pods, node and scheduler that go away at many moments of a load, on a real cluster: the run ends right, and no row is there twice.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
export HEADGATE_ROUNDS=${HEADGATE_ROUNDS:-8}
exec "$top/.ci/suites/60-airflow.sh" -k test_faults "$@"
