"""What goes wrong in a way that was expected: one line for the person, a status for the caller."""

from __future__ import annotations

USAGE = 64
FAULT = 70
TEMPORARY = 75
CONFIGURATION = 78


class LabError(Exception):
    """One line that says what is wrong, and the exit status of the command."""

    def __init__(self, message: str, status: int = FAULT) -> None:
        super().__init__(message)
        self.status = status
