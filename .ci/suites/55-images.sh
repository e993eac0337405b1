#!/usr/bin/env bash
# Images are the same twice, run steps without root, without a root that can be written and stop on TERM; a release runs where there is no Java.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
here=$top/.ci/suites/images
build=$top/docker/build
work=$(mktemp -d)
passed=0
started=
trap '[ -z "$started" ] || kill -KILL "$started" 2>/dev/null || true; rm -rf "$work"' EXIT
ok() { passed=$((passed + 1)); echo "ok: $1 ($((SECONDS - since)) s)"; since=$SECONDS; }
broken() { echo "BROKEN: $1" >&2; echo "$passed passed, 1 failed"; exit 1; }
since=$SECONDS

"$top/docker/check"
ok "lint, types, tests of parts"

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "images are tried by root on a Debian"
  echo "$passed passed, 1 skipped"
  exit
fi
for one in buildah mmdebstrap; do
  PYTHONPATH=$top/docker/lab python3 -c 'import sys; from headgate_lab import tools; tools.need(*sys.argv[1:])' $one $one
done

# A project with a step that reads, one that dbt does, one that checks, and one that does not end by itself.
mkdir -p "$work/shop/pipelines/shop/dbt/models" "$work/shop/data"
cd "$work/shop"
cat >headgate.yaml <<'END'
version: 1
default_target: ci
connections: {local: {kind: duckdb, path: /headgate/state/shop.duckdb}}
targets: {ci: {warehouses: {main: {connection: local}}, landing: /headgate/state/landing, state: /headgate/state/shared}}
END
cat >pipelines/shop/pipeline.yaml <<'END'
version: 1
name: shop
owner: me
steps:
  load: {kind: ingest, from: data, tables: {orders: {files: "orders*.csv"}}}
  models: {kind: dbt, needs: load, project: dbt/, command: build}
  checks: {kind: gate, needs: models, checks: [{query: "select * from totals where amount < 0", title: No amount is negative}]}
  publish: {kind: publish, needs: checks, tables: [orders, totals]}
  endless: {kind: gate, needs: load, checks: [{query: "select 1 from range(1000000000000) a(i) where hash(i) = 0", title: Ends never}]}
END
printf 'name: shop\nversion: "1.0"\nprofile: shop\nmodel-paths: [models]\n' >pipelines/shop/dbt/dbt_project.yml
printf 'select country, sum(amount) as amount from {{ source("shop", "orders") }} group by country\n' >pipelines/shop/dbt/models/totals.sql
printf 'version: 2\nsources: [{name: shop, schema: "{{ target.schema }}", tables: [{name: orders}]}]\n' >pipelines/shop/dbt/models/sources.yml
printf 'order_id,country,amount\n1,DE,10\n2,FR,20\n3,DE,30\n' >data/orders.csv
echo 'TOKEN=hidden' >data/.env
git init -q . && git add -A && git -c user.name=me -c user.email=me@example.org commit -qm "A shop"

"$build" --project . --include data --out "$work/out" project project-python xcom
python3 - "$work/out" <<'END'
import json, sys
from pathlib import Path
out = Path(sys.argv[1])
image = json.loads((out / "image.json").read_text())
assert image["format"] == 1 and set(image["images"]) == {"headgate", "headgate-python", "xcom"}, image
assert not any(one.endswith(":latest") for one in image["images"].values()), image
assert len(image["commit"]) == 40 and len(image["pipelines"]) == 64, image
assert json.loads((out / "manifests/image.json").read_text()) == image
assert {one.name for one in (out / "manifests/shop").iterdir()} >= {"manifest.json", "dag.py", "steps"}
names = lambda file: {one["purl"].split("@")[0] for one in json.loads((out / file).read_text())["components"]}
both = names("project.cdx.json")
assert {"pkg:maven/org.duckdb/duckdb_jdbc", "pkg:deb/debian/libc6", "pkg:generic/openjdk"} <= both, both
assert {"pkg:pypi/dbt-core", "pkg:pypi/great-expectations", "pkg:deb/debian/python3.11-minimal", *both} <= names("project-python.cdx.json")
sizes = {one["image"]: one["bytes"] for one in json.loads((out / "build.json").read_text())["images"]}
assert sizes["xcom"] < 4e6 and sizes["project"] < 450e6 and sizes["project-python"] < 1100e6, sizes
END
ok "archives, image.json, manifests and the lists of what is in them"

"$here/unpack" "$work/out/project.tar" "$work/java" >"$work/java.json"
"$here/unpack" "$work/out/project-python.tar" "$work/python" >"$work/python.json"
python3 - "$work/java.json" "$(git rev-parse HEAD)" <<'END'
import json, sys
made = json.load(open(sys.argv[1]))
config, labels = made["config"], made["config"]["Labels"]
assert config["User"] == "65532:65532", config["User"]
assert labels["org.opencontainers.image.revision"] == sys.argv[2], labels
assert {"title", "version", "created", "licenses"} <= {one.rpartition(".")[2] for one in labels}, labels
assert not [one for one in config["Env"] if "proxy" in one.lower()], config["Env"]
END
[ -z "$(find "$work/java" "$work/python" -xdev -type f -perm /6000)" ] || broken "something in an image becomes another user"
[ -z "$(find "$work/java" -name .env)" ] || broken "a hidden file of the project is in the image"
ok "labels, a user that is not root, nothing setuid, no hidden file"

export STATE=$work/state XCOM=$work/xcom
mkdir -m 1777 "$STATE" "$XCOM"
run() { "$here/contained" "$work/$1" "$work/$1.json" HEADGATE_RUN_ID=one HEADGATE_TRY=1 -- task "$2"; }
run java shop/load || broken "a step in headgate"
run python shop/models || broken "a dbt step in headgate-python"
run java shop/checks || broken "a gate"
run java shop/publish || broken "publish"
python3 - "$XCOM/return.json" <<'END'
import json, sys
outcome = json.load(open(sys.argv[1]))
assert (outcome["outcome"], outcome["step"], outcome["code"]) == ("done", "publish", 0), outcome
END
ok "four steps as processes without root, capabilities or a root that can be written"

code=0
"$here/contained" "$work/java" "$work/java.json" HEADGATE_RUN_ID=two -- task shop/load || broken "a second run"
"$here/contained" "$work/java" "$work/java.json" HEADGATE_RUN_ID=two -- task shop/endless >"$work/log" 2>&1 &
started=$!
for _ in $(seq 1200); do
  inner=$(pgrep -P "$started" -x java || true)
  if [ -n "$inner" ] && grep -q 'try 1' "$work/log"; then break; fi
  sleep 0.1
done
grep -q 'try 1' "$work/log" || broken "the endless step does not begin: $(cat "$work/log")"
sleep 1
kill -TERM "$inner"
wait "$started" || code=$?
started=
[ "$code" = 143 ] || broken "TERM ends a step with $code: $(cat "$work/log")"
python3 -c 'import json, sys; one = json.load(open(sys.argv[1])); assert (one["code"], one["outcome"]) == (143, "stopped"), one' "$XCOM/return.json"
ok "TERM reaches the step, which ends with 143"

"$here/unpack" "$work/out/xcom.tar" "$work/sidecar" >"$work/sidecar.json"
mkdir -p "$work/sidecar/dev" "$work/sidecar/proc"
mknod -m 666 "$work/sidecar/dev/null" c 1 3
sidecar() { unshare --mount --pid --fork --mount-proc="$work/sidecar/proc" chroot --userspec=65534:65534 --groups= "$work/sidecar" "$@"; }
sidecar /bin/sh -c 'trap "exit 3" INT; sleep 60 & test "$(pgrep -u $(id -u) -f "sleep 60")" = $! && cat /bin/pgrep >/dev/null && kill -INT $$; wait' && code=0 || code=$?
[ "$code" = 3 ] || broken "the sidecar's shell ends with $code"
ok "the sidecar has what Airflow runs in it"

ids() { python3 -c 'import json, sys; print([one["id"] for one in json.load(open(sys.argv[1]))["images"]])' "$work/out/build.json"; }
before=$(ids)
changed=$SECONDS
printf 'order_id,country,amount\n4,SG,40\n' >data/orders-more.csv
"$build" --project . --include data --out "$work/out" project project-python xcom 2>/dev/null
[ "$(ids)" != "$before" ] || broken "a changed project is the same image"
rm data/orders-more.csv
"$build" --project . --include data --out "$work/out" project project-python xcom 2>/dev/null
[ "$(ids)" = "$before" ] || broken "the same project is another image"
echo "a change and back: $((SECONDS - changed)) s"
ok "a change makes other images, and the same the same ones"

"$build" release --out "$work/out"
(cd "$work/out" && sha256sum --quiet --check headgate-*.tar.gz.sha256)
mkdir "$work/release"
tar -C "$work/release" -xzf "$work"/out/headgate-*.tar.gz
headgate=$(echo "$work"/release/*/bin/headgate)
mkdir "$work/bin"
ln -s "$headgate" "$work/bin/headgate"
for tool in env grep readlink; do ln -s "$(command -v $tool)" "$work/bin/$tool"; done
bare() { env -i HOME="$work" PATH="$work/bin" "$@"; }
bare headgate --version
cp -r "$work/shop" "$work/local"
cd "$work/local"
sed -i -e 's,/headgate/state/,,' -e 's/, landing:.*/}}/' headgate.yaml
bare headgate run shop --only load --plain
bare env HEADGATE_JAVA_OPTIONS=-Xlog:class+load:file="$work/classes" headgate --version >/dev/null
shared=$(grep -c 'shared objects file' "$work/classes")
[ "$shared" -gt 1000 ] || broken "the release does not use its class archive: $shared classes from it"
home=${headgate%/bin/headgate}
archive() {
  "$top/tasks/cli/src/main/launcher/archive" "$home/runtime" "$home" "$top/tasks/cli/src/main" "$work/archive-$1" || broken "no class archives"
  sha256sum "$home"/*.jsa
}
first=$(archive 1)
second=$(archive 2)
if [ "$second" != "$first" ]; then
  diff "$work"/archive-{1,2}/classes && broken "class archives of the same classes differ"
  # A thread had to wait where none did before: another class, and one that the script does not name yet.
  third=$(archive 3)
  [ "$third" = "$first" ] || [ "$third" = "$second" ] || broken "class archives of the same classes differ"
fi
ok "a release runs without a Java on the machine, by its class archive, which is the same when it is made again"
echo "$passed passed, 0 failed"
