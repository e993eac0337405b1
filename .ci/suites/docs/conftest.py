"""Lists, at the end, what the pages only illustrate."""

import pytest
from page import blocks
from test_pages import PAGES, TOP


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.section("only illustrations, not run")
    for name in PAGES:
        for block in blocks(TOP / name, name):
            if block.directive == "illustrative":
                terminalreporter.write_line(f"{block.place}: {block.value}")
