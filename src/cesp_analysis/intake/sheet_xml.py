"""The part of a workbook's archive that holds a sheet: where it is, its bytes."""

import posixpath
import re
import zipfile
from collections.abc import Iterator

_CHUNK = 2**22
_OVERLAP = 2**15  # a formula holds at most 8,192 characters
_SHEET = re.compile(rb'<(?:\w+:)?sheet [^>]*?\bname="([^"]*)"[^>]*?\br?:?id="([^"]*)"')
_TARGET = re.compile(rb"<Relationship [^>]*>")


def bytes_of(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The bytes of a part, a few MB at a time, each with the end of the one before."""
    with archive.open(part) as stream:
        kept = b""
        while chunk := stream.read(_CHUNK):
            yield kept + chunk
            kept = chunk[-_OVERLAP:]


def part_of(archive: zipfile.ZipFile, sheet: str | None) -> str | None:
    """The part of the archive that holds a sheet (None: the first); None if it has none."""
    from html import unescape

    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return None
    sheets = {
        unescape(name.decode()): relation.decode()
        for name, relation in _SHEET.findall(archive.read("xl/workbook.xml"))
    }
    wanted = next(iter(sheets.values()), None) if sheet is None else sheets.get(sheet)
    for relation in _TARGET.findall(archive.read("xl/_rels/workbook.xml.rels")):
        said = dict(re.findall(r'(\w+)="([^"]*)"', relation.decode()))
        if said.get("Id") == wanted:
            target = posixpath.normpath(posixpath.join("xl", said.get("Target", "")))
            found = target.removeprefix("/")
            return found if found in names else None
    return None
