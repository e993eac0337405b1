#!/usr/bin/env bash
# What docker/deploy ships is what Kubernetes, Helm and Argo CD take, takes nothing from a platform, and grants what the page says.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
export HEADGATE=${HEADGATE:-$top/headgate}
"$HEADGATE" --version >/dev/null
exec "$top/docker/deploy/check" --durations=5 "$@"
