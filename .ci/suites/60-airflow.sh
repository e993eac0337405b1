#!/usr/bin/env bash
# The streaming DAG on a real Airflow and a real Kubernetes, every task a pod of our images; gates, retries, roles, faults of pods, node and scheduler.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
export HEADGATE=${HEADGATE:-$top/headgate} PYTHONPATH=$top/.ci/suites/streaming:$top/.ci/suites/warehouses:$top/docker/lab:$top/dags
environment=$("$top/tasks/process/python/environment" --dev)
"$HEADGATE" --version >/dev/null
exec "$environment/bin/python" -m pytest -q -p no:cacheprovider --durations=10 "$top/.ci/suites/airflow" "$@"
