"""What a page of Markdown holds that can be tried, and what becomes of it.

A comment before a block says what to do with it:

``<!-- illustrative: why -->``  nothing; it is listed by the suite
``<!-- file: PATH -->``         write it to this file of the project, then ``headgate validate`` it; lines below the first
                                one of the comment are put before the block
``<!-- exits: 65 -->``          run it; its last command ends with this code
``<!-- output -->``             the commands before it printed this, but for ids, times and places
``<!-- compile -->``            a Java type, tried by a test of its own
``<!-- setup``                  stands alone: commands that a reader does not see

A block of ``sh``, and an indented one, is run when nothing is said. Every other block has to have a comment.
"""

import re
from dataclasses import dataclass
from pathlib import Path

_COMMENT = re.compile(r"^<!-- ?(setup|illustrative|file|exits|output|compile)\b:? ?(.*)$")


@dataclass(frozen=True)
class Block:
    """One example: where it begins, what it is, and the comment that goes with it."""

    page: str
    line: int
    language: str
    text: str
    directive: str
    value: str
    more: str

    @property
    def place(self) -> str:
        return f"{self.page}:{self.line}"


def blocks(page: Path, name: str) -> list[Block]:
    """All blocks of a page, in order."""
    lines = page.read_text(encoding="utf-8").splitlines()
    found: list[Block] = []
    directive, value, more = "", "", ""
    at = 0
    while at < len(lines):
        line, start = lines[at], at + 1
        comment = _COMMENT.match(line)
        body: list[str] = []
        language = ""
        if comment:
            directive, value = comment[1], comment[2]
            if "-->" not in value:
                at += 1
                while "-->" not in lines[at]:
                    body.append(lines[at])
                    at += 1
            at += 1
            value, more = value.removesuffix("-->").strip(), "\n".join(body)
            if directive == "setup":
                found.append(Block(name, start, "sh", more, directive, value, ""))
                directive, value, more = "", "", ""
            continue
        if line.startswith("```"):
            language = line[3:].strip()
            at += 1
            while not lines[at].startswith("```"):
                body.append(lines[at])
                at += 1
            at += 1
        elif line.startswith("    ") and (
            at == 0
            or not re.match(r"\s*(\S.*[^>]|\S)$", lines[at - 1])
            or lines[at - 1].startswith("#")
        ):
            language = "sh"
            while at < len(lines) and (lines[at].startswith("    ") or not lines[at].strip()):
                body.append(lines[at][4:])
                at += 1
        else:
            if line.strip():
                directive, value, more = "", "", ""
            at += 1
            continue
        text = "\n".join(body).rstrip("\n") + "\n"
        found.append(Block(name, start, language, text, directive, value, more))
        directive, value, more = "", "", ""
    return found
