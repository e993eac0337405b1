"""A small disk for what a landing in the object store spills: said clearly, and nothing is lost."""

from pathlib import Path

import pytest
from shop import Shop, clear
from store import Store
from test_faults import fill, many_rows, mounted


@pytest.mark.parametrize("leave", [0, 500_000])
def test_a_disk_that_is_too_small_for_a_landing_in_the_store(
    leave: int, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORE_ENDPOINT", store.endpoint)
    monkeypatch.setenv("STORE_KEY", store.accounts["pipeline"][0])
    monkeypatch.setenv("STORE_SECRET", store.accounts["pipeline"][1])
    shop = Shop(tmp_path / "shop")
    store.configure(shop)
    shop.run().done()
    before = shop.published()
    shop.write("data/orders.csv", many_rows())
    temporary = shop.folder / ".headgate/tmp"
    landed = store.names("landing")

    with mounted(temporary, "20m"):
        fill(temporary, leave)
        print(clear(shop.run(), 75, "disk is full", "run again"))

    assert shop.published() == before
    half = [name for name in store.names("landing") if name not in landed]
    assert not any(name.endswith("/manifest.json") and "/orders/" in name for name in half)
    run = shop.run().done()
    assert run.rows()["orders"]["written"] == 200_000
    assert shop.published() != before
