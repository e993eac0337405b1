"""Accounts of ClickHouse that the suite adds to its lab."""

READER, TIGHT = "page_reader", "page_tight"
SCHEMA = "headgate_page"
"""What the reader may read, as ``shop`` on the page."""
