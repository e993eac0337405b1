"""Names cannot inject: they are quoted, or refused in one clear line."""

import json
from pathlib import Path

import duckdb
import pytest
from shop import ROWS, Shop, clear, quoted

SQL = 'x"; drop table y; --'
QUOTE = "x'; drop table y; --"
PATH = "../../etc/passwd"
MARKUP = "<img src=x onerror=alert(1)>"
NAMES = [SQL, QUOTE, PATH, MARKUP, "a\nb", "${param:source}", "select", "ä ö", "%s{}\\"]


def csv(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


def yaml(value: str) -> str:
    return json.dumps(value)


def bystander(shop: Shop) -> None:
    """A table y that an injected statement would drop, private and published."""
    shop.write("data/y.csv", "id\n1\n")
    shop.edit(
        "pipelines/shop/pipeline.yaml", "      people:", "      y: {files: y.csv}\n      people:"
    )
    shop.edit("pipelines/shop/pipeline.yaml", "[orders, people]", '["*"]')


@pytest.mark.parametrize("name", NAMES)
def test_column_of_a_file_is_quoted_everywhere(name: str, shop: Shop) -> None:
    bystander(shop)
    shop.write("data/orders.csv", f"id,amount,day,note,{csv(name)}\n1,2.50,2021-12-01,a,v\n")

    shop.run().done()
    shop.run().done()

    with duckdb.connect(str(shop.warehouse), read_only=True) as connection:
        row = connection.execute(f"SELECT {quoted(name)} FROM shop.orders").fetchone()
        assert row == ("v",)
        assert connection.execute("SELECT count(*) FROM shop.y").fetchone() == (1,)
    pages = [file.read_text("utf-8") for file in shop.folder.rglob("*.html")]
    assert pages
    assert not any(MARKUP in page for page in pages)


@pytest.mark.parametrize("name", [SQL, QUOTE, PATH, MARKUP])
def test_column_of_a_contract_is_quoted_everywhere(name: str, shop: Shop) -> None:
    bystander(shop)
    if "." not in name:  # in a key a dot leads into a nested value
        shop.edit("pipelines/shop/contracts/orders.yaml", "key: id", f"key: [id, {yaml(name)}]")
    shop.edit("pipelines/shop/contracts/orders.yaml", "  note: text",
        f"  note: text\n  {yaml(name)}: {{type: text, values: [v, {yaml(name)}], mask: true}}")  # fmt: skip
    shop.edit("pipelines/shop/pipeline.yaml", "    checks:\n",
        f"    samples: true\n    checks:\n      - {{query: 'SELECT * FROM orders', title: {yaml(name)},"
        " table: orders, severity: warn}\n")  # fmt: skip
    head = f"id,amount,day,note,{csv(name)}\n"
    shop.write(
        "data/orders.csv", head + "1,2.50,2021-12-01,a,v\n1,2.50,2021-12-01,a," + csv(name) + "\n"
    )
    rows = 1 if "." in name else 2
    shop.run().done()
    shop.write("data/orders.csv", head + "1,2.50,2021-12-01,a,secretvalue\n")
    run = shop.run()
    clear(run, 65, "orders.csv line 2")
    assert "secretvalue" not in run.log
    with duckdb.connect(str(shop.warehouse), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM shop.orders").fetchone() == (rows,)
        assert connection.execute("SELECT count(*) FROM shop.y").fetchone() == (1,)
    assert not any(MARKUP in file.read_text("utf-8") for file in shop.folder.rglob("*.html"))


@pytest.mark.parametrize("name", [SQL, QUOTE, PATH, MARKUP, "..", "a/b", "C:\\x", ""])
def test_table_is_refused_or_quoted(name: str, shop: Shop) -> None:
    before = shop.published()
    shop.edit("pipelines/shop/pipeline.yaml", "      people:",
        f"      {yaml(name)}: {{files: orders.csv, contract: orders}}\n      people:")  # fmt: skip
    run = shop.run()
    print(clear(run, 78, "pipelines/shop/pipeline.yaml:"))
    assert shop.published() == before


@pytest.mark.parametrize("name", [SQL, QUOTE, MARKUP, "a\nb", "%s ${param:x}", "-rf", "ä*?[0]"])
def test_name_of_a_file_is_quoted(name: str, shop: Shop) -> None:
    before = shop.published()
    bystander(shop)
    shop.orders.unlink()
    shop.write(f"data/orders {name}.csv", ROWS)
    shop.run().done()
    assert shop.published().items() >= before.items()
    shop.write(f"data/orders {name}.csv", ROWS + "x,2.50,2021-12-01,a\n")
    clear(shop.run(), 65, "line 4")
    assert shop.published().items() >= before.items()
    assert not any(MARKUP in file.read_text("utf-8") for file in shop.folder.rglob("*.html"))


@pytest.mark.parametrize("files", ["../secret.csv", "/etc/passwd", "x/../../secret.csv", SQL, PATH])
def test_files_outside_of_the_folder_are_refused(files: str, shop: Shop) -> None:
    before = shop.published()
    shop.write("secret.csv", ROWS)
    shop.edit("pipelines/shop/pipeline.yaml", '{files: "orders*"}', f"{{files: {yaml(files)}}}")
    run = shop.run()
    assert run.code in (65, 78), run.log
    print(clear(run, run.code))
    assert shop.published() == before


def test_link_out_of_the_folder_is_not_followed_by_a_glob_name(shop: Shop, tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_text("email,name\nbob@example.org,Bob\n", encoding="utf-8")
    (shop.folder / "data" / f"people{SQL}.csv").symlink_to(outside)
    before = shop.published()
    shop.edit("pipelines/shop/pipeline.yaml", "files: people.csv", f"files: {yaml(f'*{SQL}*')}")
    print(clear(shop.run(), 65, "people"))
    assert shop.published() == before


ARGUMENTS = [
    ("run", SQL),
    ("run", PATH),
    ("run", "pipelines/" + PATH),
    ("run", "shop", "--param", f"{SQL}=1"),
    ("run", "shop", "--target", SQL),
    ("run", "shop", "--target", PATH),
    ("run", "shop", "--only", SQL),
    ("run", "shop", "--from", PATH),
    ("run", "shop", "--resume", PATH),
    ("run", "shop", "--resume", SQL),
    ("run", "shop", "--interval", SQL),
    ("task", PATH),
    ("task", f"shop/{PATH}"),
    ("task", f"shop/{SQL}"),
    ("rollback", PATH),
    ("rollback", SQL),
    ("gate", "accept", PATH, "--reason", "x", "--expires", "1h"),
    ("compile", PATH),
    ("validate", SQL),
    ("dead-letters", "list", PATH),
]


@pytest.mark.parametrize("arguments", ARGUMENTS, ids=" ".join)
def test_argument_is_refused_in_one_line(arguments: tuple[str, ...], shop: Shop) -> None:
    before = shop.published()
    files = {str(file) for file in shop.folder.parent.rglob("*")}

    run = shop.call(*arguments)

    said = [line for line in clear(run, 64).splitlines() if line.strip()]
    print("\n".join(said))
    assert len(said) <= 4
    assert shop.published() == before
    assert {str(file) for file in shop.folder.parent.rglob("*")} == files


def test_value_of_a_parameter_is_a_value(shop: Shop) -> None:
    before = shop.published()
    for value in (
        SQL,
        QUOTE,
        "nowhere/../../" + PATH,
        "${env:HOME}",
        "$(touch pwned)",
        "`touch pwned`",
    ):
        run = shop.run("--param", f"source={value}")
        assert run.code in (64, 65, 78), run.log
        print(clear(run, run.code))
        assert shop.published() == before
    assert not list(shop.folder.rglob("pwned"))


@pytest.mark.parametrize("pattern", [SQL, QUOTE, PATH, "_headgate.*", "[", ""])
def test_published_pattern_that_fits_nothing_is_refused(pattern: str, shop: Shop) -> None:
    before = shop.published()
    shop.edit("pipelines/shop/pipeline.yaml", "[orders, people]", f"[orders, {yaml(pattern)}]")
    shop.write("data/orders.csv", ROWS.replace("2.50", "9.50"))
    print(clear(shop.run(), 78))
    assert shop.published() == before


@pytest.mark.parametrize("name", [SQL, PATH, MARKUP])
def test_names_of_steps_parameters_targets_and_schemas_are_refused(name: str, shop: Shop) -> None:
    before = shop.published()
    for file, old, new in (
        ("pipelines/shop/pipeline.yaml", "  judged:\n", f"  {yaml(name)}:\n"),
        ("pipelines/shop/pipeline.yaml", "  source: {", f"  {yaml(name)}: {{"),
        ("pipelines/shop/pipeline.yaml", "name: shop\n", f"name: {yaml(name)}\n"),
        ("headgate.yaml", "  dev:\n", f"  {yaml(name)}:\n"),
        ("headgate.yaml", "{connection: local}", f"{{connection: local, schema: {yaml(name)}}}"),
        ("headgate.yaml", "{connection: local}", f"{{connection: {yaml(name)}}}"),
    ):
        kept = (shop.folder / file).read_text("utf-8")
        shop.edit(file, old, new)
        print(clear(shop.run(), 78, f"{file}:"))
        shop.write(file, kept)
    assert shop.published() == before


def test_schema_with_a_quote_is_quoted_or_refused(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop")
    shop.edit("headgate.yaml", "{connection: local}", "{connection: local, schema: 'a b'}")
    run = shop.run()
    assert run.code in (0, 78), run.log
