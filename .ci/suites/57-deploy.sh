#!/usr/bin/env bash
# What docker/deploy ships is what Kubernetes, Helm and Argo CD take, takes nothing from a platform, and grants what the page says.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
export HEADGATE=${HEADGATE:-$top/headgate}
"$HEADGATE" --version >/dev/null
# A cluster of this suite's own, unless there is one; without root there is none, and its tests say that they were skipped.
if [ -z "${HEADGATE_LAB_KUBERNETES_KUBECONFIG-}" ] && [ "$(id -u)" = 0 ]; then
  lab=("$top/docker/lab/lab" --name "ci-$$")
  trap '"${lab[@]}" purge' EXIT
  "${lab[@]}" up kubernetes
  exports=$("${lab[@]}" env)
  eval "$(grep -E '^export HEADGATE_LAB_(KUBERNETES_|NAME=)' <<<"$exports")"
fi
"$top/docker/deploy/check" --durations=5 "$@"
