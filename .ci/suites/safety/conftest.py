"""What the tests share."""

from pathlib import Path

import pytest
from shop import Shop


@pytest.fixture(scope="session")
def published_shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop that has published once. Copy it before you change it."""
    shop = Shop(tmp_path_factory.mktemp("shop") / "project")
    shop.run().done()
    return shop


@pytest.fixture
def shop(published_shop: Shop, tmp_path: Path) -> Shop:
    """A shop of your own that has published once."""
    return published_shop.copy(tmp_path / "shop")
