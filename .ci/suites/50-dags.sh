#!/usr/bin/env bash
# Compiled pipelines become DAGs of a real Airflow, and pods end as the contract of tasks says: no cluster, no database.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
export HEADGATE=${HEADGATE:-$top/headgate}
# The manifest that the tests read is what compile writes today.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$top/dags/tests/project/." "$work"
(cd "$work" && "$HEADGATE" compile --out manifests)
diff -u "$top/dags/tests/compiled/shop/manifest.json" "$work/manifests/shop/manifest.json"
"$top/dags/check" --durations=5 "$@"
