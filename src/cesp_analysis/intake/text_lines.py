"""The lines of a text, whichever of \\r\\n, \\n and \\r end them."""

import re
from collections.abc import Iterator
from itertools import islice

LINE_END = re.compile(r"\r\n|\n|\r")


def line_starts(content: str, lines: int) -> int:
    """The place at which the text after so many lines begins."""
    ends = [0, *(found.end() for found in islice(LINE_END.finditer(content), lines))]
    return ends[lines] if lines < len(ends) else len(content)


def lines_of(content: str) -> Iterator[str]:
    """The lines one after the other, each with its end."""
    start = 0
    for found in LINE_END.finditer(content):
        yield content[start : found.end()]
        start = found.end()
    if start < len(content):
        yield content[start:]


def count_lines(content: str) -> int:
    """How many lines there are; what stands after the last end is one."""
    ends = content.count("\n") + content.count("\r") - content.count("\r\n")
    return ends + bool(content and content[-1] not in "\r\n")
