"""A reader that polls while runs go on."""

import threading
from decimal import Decimal
from types import TracebackType
from typing import Self

from warehouse import Warehouse


class Watch:
    """Reads all answers again and again, each time in one connection."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._poll)
        self._seen: list[dict[str, Decimal]] = []
        self._trouble: list[Exception] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def _poll(self) -> None:
        while not self._over.wait(self._warehouse.pause):
            try:
                self._seen.append(self._warehouse.published())
            except Exception as trouble:
                self._trouble.append(trouble)

    def only(self, *states: dict[str, Decimal], together: bool) -> None:
        """Asserts that nothing but these states was seen, of all tables together or of each."""
        assert not self._trouble, self._trouble[:3]
        assert self._seen
        for seen in self._seen:
            if not seen:
                continue
            for name, value in seen.items():
                assert value in {state[name] for state in states}, (name, value)
            if together:
                assert seen in states
