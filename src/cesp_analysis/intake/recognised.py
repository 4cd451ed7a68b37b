"""What a file is that is not what config says of it, by how it begins."""

import os
from pathlib import Path

_BEGINNINGS = (
    (b"PK\x03\x04", "XLSX or another ZIP archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel's old format, .xls"),
    (b"$FL2", "SPSS"),
    (b"$FL3", "SPSS"),
    (b"<stata_dta>", "Stata"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"%PDF-", "a PDF"),
    (b"PAR1\x15", "Parquet"),
    (b"SQLite format 3", "a database of SQLite"),
    (b"{\\rtf", "a text document, RTF"),
    (b"version https://git-lfs", "a pointer of Git LFS ('git lfs pull' fetches the file)"),
    (b"[{", "JSON"),
    (b'{"', "JSON"),
)
_PAGES = (b"<!doctype", b"<html", b"<head", b"<table", b"<?xml", b"<error")
_UNICODE = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_MARK = b"\xef\xbb\xbf"


def looks_like(content: bytes) -> str | None:
    """What a file seems to be, from its first bytes; None if that does not show."""
    start = content[:64].removeprefix(_MARK).lstrip()
    found = next((what for bytes_, what in _BEGINNINGS if start.startswith(bytes_)), None)
    page = start.lower().startswith(_PAGES)
    return "a web page or XML (a page to sign in?)" if page else found


def beginning_of(path: Path) -> bytes:
    """The bytes of a file by which it can be recognised."""
    with path.open("rb") as stream:
        return stream.read(64)


def end_of(path: Path) -> bytes:
    """The last bytes of a file."""
    with path.open("rb") as stream:
        stream.seek(-min(64, path.stat().st_size), os.SEEK_END)
        return stream.read()


def unicode_of(content: bytes) -> str | None:
    """The encoding whose mark a file begins with; UTF-8's is no matter."""
    return next((name for mark, name in _UNICODE if content.startswith(mark)), None)
