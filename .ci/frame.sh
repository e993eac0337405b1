# What .ci/run and .ci/soak share: a bare machine made ready, parts that are timed, totals at the end. Sourced, not run.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
export HEADGATE=$top/headgate
if [ -z "${HEADGATE_REAL_DATA-}" ] && [ -d "$top/../shared/streaming" ]; then
  HEADGATE_REAL_DATA=$(cd "$top/../shared/streaming" && pwd -P)
  export HEADGATE_REAL_DATA
fi

# Who is started in the background ignores INT, and so does all that it starts, unless told otherwise; tests of Ctrl-C need it.
interruptible=(env --default-signal=INT)

# What parts came to, a file each for times, failures and counts: lanes are processes of their own.
results=$(mktemp -d)
touch "$results"/{times,failures,counts}
whole=$SECONDS
tidy() {
  local left
  for left in $(jobs -p); do kill "$left" 2>/dev/null || true; done
  [ -z "${lab_used-}" ] || stop_lab
  rm -rf "$results"
}
trap tidy EXIT

# apt-get for what is missing, as root or by sudo.
install_packages() {
  local sudo=()
  [ "$(id -u)" = 0 ] || sudo=(sudo)
  command -v apt-get >/dev/null || { echo "missing: $*; install it and try again" >&2; return 1; }
  "${sudo[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

has_jdk_25() {
  grep -qs '^JAVA_VERSION="25[".]' "${JAVA_HOME-}/release" /usr/lib/jvm/*/release /opt/*/release "$HOME"/.jdks/*/release \
    "$HOME"/.sdkman/candidates/java/*/release
}

prepare_machine() {
  local packages=() command_and_package
  for command_and_package in git:git mvn:maven flock:util-linux python3:python3 ps:procps tar:tar; do
    command -v "${command_and_package%%:*}" >/dev/null || packages+=("${command_and_package#*:}")
  done
  python3 -m pip --version >/dev/null 2>&1 || packages+=(python3-pip)
  [ ${#packages[@]} -eq 0 ] || install_packages "${packages[@]}"
  has_jdk_25 || install_packages temurin-25-jdk || install_packages openjdk-25-jdk-headless \
    || { echo "no JDK 25 here and none to install: install one, such as temurin-25-jdk, or set JAVA_HOME to one" >&2; return 1; }
}

# The deployed stack's servers for the tests that need them, in a lab of this run's own. What an earlier run left, killed before
# it could tidy up, goes first. `part` runs in a process of its own, so `use_lab` is called after it.
lab=$top/docker/lab/lab
lab_name=ci-$$

start_lab() {
  local left
  for left in "${HEADGATE_LAB_HOME:-${XDG_STATE_HOME:-$HOME/.local/state}/headgate/lab}"/ci-*; do
    [ ! -d "$left" ] || [ -d "/proc/${left##*/ci-}" ] || "$lab" --name "${left##*/}" purge
  done
  "$lab" --name "$lab_name" up
}

use_lab() {
  local exports
  lab_used=yes
  exports=$("$lab" --name "$lab_name" env) && eval "$exports"
}

stop_lab() {
  "$lab" --name "$lab_name" purge || true
}

# Prints the sums of the closing lines of Surefire, Failsafe, pytest and the suites in a log: passed, failed, skipped.
count() {
  sed 's/\x1b\[[0-9;]*m//g' "$1" | awk '
    /Tests run: [0-9]+, Failures: [0-9]+, Errors: [0-9]+, Skipped: [0-9]+ *$/ {
      gsub(/[^0-9 ]/, ""); p += $1 - $2 - $3 - $4; f += $2 + $3; s += $4; next }
    /^(\[INFO\] )?=* ?([0-9]+ (passed|failed|skipped|errors?|warnings?|deselected|xfailed)(, )?)+( in [0-9.]+s.*)?=*$/ {
      for (i = 2; i <= NF; i++) { n = $(i - 1) + 0; word = $i; sub(/,$/, "", word)
        if (word == "passed") p += n; else if (word == "failed" || word ~ /^error/) f += n; else if (word == "skipped") s += n } }
    END { print p + 0, f + 0, s + 0 }'
}

# part NAME COMMAND…: runs it, shows its output (in a lane when it has ended, in one piece), and remembers its time, its counts and
# whether it failed.
part() {
  local name=$1 started=$SECONDS status=0 log took
  shift
  log=$(mktemp "$results/log.XXXXXX")
  if [ -n "${lane-}" ]; then
    printf '==== begins, %s: %s\n' "$lane" "$name"
    (set -e; "$@") >"$log" 2>&1 </dev/null || status=$?
  else
    printf '\n==== %s\n' "$name"
    (set -e; "$@") 2>&1 </dev/null | tee "$log" || status=$?
  fi
  took=$((SECONDS - started))
  {
    flock 9
    if [ -n "${lane-}" ]; then
      printf '\n==== %s\n' "$name"
      cat "$log"
    fi
    [ "$status" -eq 0 ] || printf '==== %s failed: exit %s\n' "$name" "$status"
    printf '%6d s  %s\n' "$took" "$name" >>"$results/times"
    [ "$status" -eq 0 ] || printf '%s (exit %s)\n' "$name" "$status" >>"$results/failures"
    count "$log" >>"$results/counts"
  } 9>"$results/lock"
  rm -f "$log"
  return 0
}

well() { [ ! -s "$results/failures" ]; }

# suites FOLDER PATTERN…: the scripts in it whose names match, in order, but for those that another lane has taken; the second line of
# each says what it proves.
suites() {
  local folder=$1 pattern suite taken
  shift
  for pattern in "$@"; do
    for suite in "$folder"/$pattern.sh; do
      [ -e "$suite" ] || continue
      taken=$results/${suite##*/}
      mkdir "$taken" 2>/dev/null || [ ! -d "$taken" ] || continue
      part "$(basename "$suite" .sh): $(sed -n '2s/^# *//p' "$suite")" "${interruptible[@]}" bash "$suite"
    done
  done
}

# lanes NAME…: runs these functions side by side, each a lane of parts, to the end of all.
lanes() {
  local name
  for name in "$@"; do
    # Tidying up is for the whole, not for a lane.
    (trap - EXIT; lane=$name; "$name") &
  done
  wait
}

# Prints times and totals; its status is that of the whole.
finish() {
  local passed failed skipped
  read -r passed failed skipped < <(awk '{ p += $1; f += $2; s += $3 } END { print p + 0, f + 0, s + 0 }' "$results/counts")
  printf '\n==== Times\n'
  cat "$results/times"
  printf '%6d s  whole\n' $((SECONDS - whole))
  if ! well; then
    printf '\n==== Failed\n'
    cat "$results/failures"
  fi
  printf '\n==== Tests\n%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
  well && [ "$failed" -eq 0 ]
}
