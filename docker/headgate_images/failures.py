"""What goes wrong and a person can mend."""


class Failure(Exception):
    """One line that says what and where, and a remedy."""

    def __init__(self, message: str, remedy: str = "", code: int = 78) -> None:
        super().__init__(f"{message}: {remedy}" if remedy else message)
        self.code = code
