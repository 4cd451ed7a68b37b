"""The bytes of a CSV file as text in the declared encoding."""

import codecs
import re

from cesp_analysis.declared.file_forms import Written
from cesp_analysis.errors import CespError
from cesp_analysis.intake.recognised import looks_like, unicode_of
from cesp_analysis.intake.such import such

_SEQUENCE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]{1,3}")
_SEQUENCES = 3  # different ones that no other text has by chance


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
            _check_no_utf_8(content, file)
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
            f" or UTF-16; if UTF-16, write encoding: {_utf_16(content)}; else export it as CSV, or"
            " write nul_bytes: drop"
        )
    return text


def _utf_16(content: bytes) -> str:
    """What Python calls a text of UTF-16 that has no mark, by which bytes of most pairs are NUL."""
    return "utf-16-be" if content[::2].count(0) > len(content) // 4 else "utf-16"


def _check_no_utf_8(content: bytes, file: Written) -> None:
    """Raises CespError where text declared as of one byte a character is UTF-8: its Ö would
    be read as two characters, without a word, as nearly every byte is one.

    All its bytes beyond ASCII are sequences of UTF-8, and three of them differ. In an encoding that
    reads the bytes C2 and C3 as Â and Ã (Latin-1, cp1252 and their kin) one sequence is enough that
    begins with these or has three bytes: no language has Â, Ã before a sign or â before two. Of
    others one may be chance: CAFÉ™, or ĂŞ in cp1250.
    """
    if content.isascii() or not _one_byte_each(file.encoding) or not _is_text(content, "utf-8"):
        return
    found = dict.fromkeys(_SEQUENCE.findall(content))
    western = b"\xc2\xc3".decode(file.encoding, errors="replace") == "ÂÃ"
    telling = [one for one in found if len(one) > 2 or one[0] in b"\xc2\xc3"]
    if len(found) < _SEQUENCES and not (western and telling):
        return
    lines = [at for at, line in enumerate(content.split(b"\n"), start=1) if not line.isascii()]
    first = next(iter(found))
    read = first.decode(file.encoding, errors="replace")
    raise CespError(
        f"{file.path}: line {lines[0]}: is UTF-8: {file.encoding} would read '{read}' where"
        f" '{first.decode()}' is written{such(lines, 'lines')}; write encoding: utf-8"
    )


def _one_byte_each(encoding: str) -> bool:
    """Whether each byte is a character by itself, those of ASCII as there."""
    try:
        ascii_too = bytes(range(128)).decode(encoding) == bytes(range(128)).decode("ascii")
        upper = len(bytes(range(128, 256)).decode(encoding, errors="replace")) == 128
        return ascii_too and upper and len(b"\xc3\xa9".decode(encoding, errors="replace")) == 2
    except UnicodeError:
        return False


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
    if not content.isascii() and _is_text(content, "utf-8"):
        return "all of it is utf-8: write encoding: utf-8"
    return "declare the right encoding in config.yaml (Excel on Windows often writes cp1252)"
