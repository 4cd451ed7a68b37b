"""The bytes of a CSV file as text in the declared encoding."""

import codecs

from cesp_analysis.declared.file_forms import Written
from cesp_analysis.errors import CespError
from cesp_analysis.intake.recognised import looks_like, unicode_of
from cesp_analysis.intake.such import such


def decoded(content: bytes, file: Written) -> str:
    """The text of a CSV file; raises CespError where it is no text in the declared encoding."""
    if what := looks_like(content):
        raise CespError(
            f"{file.path}: is no CSV file, but looks like {what}; export it as CSV, or write its"
            " format (xlsx, sav, dta) in config.yaml"
        )
    try:
        utf_8 = is_utf_8(file.encoding)
        text = content.decode("utf-8-sig" if utf_8 else file.encoding)
        if not utf_8:
            text.encode()  # UTF-7 and escapes can hold half a character, no other file can
    except LookupError:
        raise CespError(
            f"{file.path}: Python knows no encoding '{file.encoding}'; write e.g. utf-8 or cp1252"
        ) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        byte = error.object[
            error.start
        ]  # of the object: without the mark that UTF-8 may begin with
        raise CespError(
            f"{file.path}: line {line}: byte 0x{byte:02x} is not {file.encoding}"
            f"{such(_faulty_lines(content, file.encoding), 'lines')};"
            f" {_encoding_meant(content)}"
        ) from None
    except UnicodeError as error:
        raise CespError(
            f"{file.path}: is not {file.encoding} ({error}); {_encoding_meant(content)}"
        ) from None
    if "\x00" in text and file.nul_bytes == "drop":
        return text.replace("\x00", "")
    if "\x00" in text:
        lines = [i for i, line in enumerate(text.split("\n"), start=1) if "\x00" in line]
        raise CespError(
            f"{file.path}: line {lines[0]}: holds a NUL byte{such(lines, 'lines')}, so it is binary"
            " or UTF-16; export it as CSV, declare its encoding, or write nul_bytes: drop"
        )
    return text


def _faulty_lines(content: bytes, encoding: str) -> list[int]:
    """The lines that are no text in the encoding, if it writes line ends as ASCII does."""
    try:
        if b"\n".decode(encoding) != "\n" or "\n".encode(encoding) != b"\n":
            return []
    except UnicodeError:
        return []
    return [
        number
        for number, line in enumerate(content.split(b"\n"), start=1)
        if not _is_text(line, encoding)
    ]


def _is_text(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeError:
        return False
    return True


def is_utf_8(encoding: str) -> bool:
    """Whether an encoding, by any of its names, is UTF-8 (with or without its mark is one)."""
    try:
        return codecs.lookup(encoding).name == "utf-8"
    except LookupError:
        return False


def _encoding_meant(content: bytes) -> str:
    if name := unicode_of(content):
        return f"it begins with the mark of {name}: write encoding: {name}"
    return "declare the right encoding in config.yaml (Excel on Windows often writes cp1252)"
