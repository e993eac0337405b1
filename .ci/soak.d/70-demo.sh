#!/usr/bin/env bash
# The whole platform by one command, and the streaming pipeline through it. Needs root.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
lab=("$top/docker/lab/lab" --name "demo-$$")
trap '"${lab[@]}" purge >/dev/null' EXIT
"${lab[@]}" demo
"${lab[@]}" demo # again, on what is there
