"""Bad inputs that cannot lie on disk as plain files: too large, or poison to other programs.

Workbooks are put together part by part here, by no library, so that each part can be wrong.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path

MB = 2**20
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml."
SHEET, STRINGS, STYLES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"
CONTENTS, WORKBOOK = "[Content_Types].xml", "xl/workbook.xml"
RELATIONS, CORE = "xl/_rels/workbook.xml.rels", "docProps/core.xml"


def rows_of(path: Path) -> list[list[str]]:
    """A plain CSV file's cells."""
    return [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]


def parts(rows: Sequence[Sequence[str]]) -> dict[str, str]:
    """The parts of a workbook of one sheet, all its cells shared strings."""
    words = list(dict.fromkeys(cell for row in rows for cell in row))
    place = {word: at for at, word in enumerate(words)}
    sheet = "".join(
        f'<row r="{r}">'
        + "".join(
            f'<c r="{chr(64 + c)}{r}" t="s"><v>{place[cell]}</v></c>'
            for c, cell in enumerate(row, start=1)
        )
        + "</row>"
        for r, row in enumerate(rows, start=1)
    )
    strings = "".join(f"<si><t>{escape(word)}</t></si>" for word in words)
    types = "".join(
        f'<Override PartName="/{name}" ContentType="{_KIND}{kind}+xml"/>'
        for name, kind in (
            (WORKBOOK, "sheet.main"),
            (SHEET, "worksheet"),
            (STRINGS, "sharedStrings"),
            (STYLES, "styles"),
        )
    )
    related = "".join(
        f'<Relationship Id="rId{at}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(
            (
                ("worksheet", "worksheets/sheet1.xml"),
                ("styles", "styles.xml"),
                ("sharedStrings", "sharedStrings.xml"),
            ),
            start=1,
        )
    )
    return {
        CONTENTS: f'{HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels"'
        f' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{types}</Types>',
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship'
        f' Id="rId1" Type="{_OFFICE}/officeDocument" Target="{WORKBOOK}"/></Relationships>',
        WORKBOOK: f'{HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
        RELATIONS: f'{HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{related}'
        "</Relationships>",
        STYLES: f'{HEAD}<styleSheet xmlns="{_MAIN}"></styleSheet>',
        STRINGS: f'{HEAD}<sst xmlns="{_MAIN}">{strings}</sst>',
        SHEET: f'{HEAD}<worksheet xmlns="{_MAIN}"><sheetData>{sheet}</sheetData></worksheet>',
        CORE: f'{HEAD}<coreProperties xmlns="{_PACKAGE}/metadata/core-properties"/>',
    }


def archive(content: Mapping[str, str] | Iterable[tuple[str, str | bytes]]) -> bytes:
    """A ZIP archive of parts; a name may stand in it twice."""
    packed = io.BytesIO()
    pairs = content.items() if isinstance(content, Mapping) else content
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name, part in pairs:
            target.writestr(name, part)
    return packed.getvalue()


def with_entities(content: dict[str, str], part: str, declared: str, use: str) -> dict[str, str]:
    """A document type in front of a part's first element; a word of the part becomes `use`."""
    text = content[part].removeprefix(HEAD)
    return content | {part: HEAD + f"<!DOCTYPE x [{declared}]>" + text.replace("employed", use)}


LAUGHS = '<!ENTITY a0 "lol">' + "".join(
    f'<!ENTITY a{at} "{f"&a{at - 1};" * 10}">' for at in range(1, 10)
)
"""&a9; is a thousand million words."""
LONG = f'<!ENTITY a9 "{"k" * 100_000}">'
OUTSIDE = '<!ENTITY a9 SYSTEM "file:///etc/hostname">'
DISTANT = '<!ENTITY % a9 SYSTEM "http://127.0.0.1:9/x.dtd"> %a9;'


def blown_up(content: dict[str, str], part: str, megabytes: int) -> bytes:
    """A part with so many MB of blanks at its end."""
    return archive(content | {part: content[part] + " " * (megabytes * MB)})


def lying(content: dict[str, str], part: str, megabytes: int) -> bytes:
    """The same, but the archive's lists say that the part is small."""
    true = len(content[part].encode()) + megabytes * MB
    return blown_up(content, part, megabytes).replace(
        true.to_bytes(4, "little"), (1000).to_bytes(4, "little")
    )


def overlapping(content: dict[str, str], times: int) -> bytes:
    """One body of 90 MB, which many entries of the archive's list name as theirs."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name, part in content.items():
            target.writestr(name, part)
        target.writestr("xl/media/0", b"0" * (90 * MB))
        target.filelist += target.filelist[-1:] * times
    return packed.getvalue()


def one_string(content: dict[str, str], cells: int) -> bytes:
    """The longest text that a cell may hold, once, and so many cells that refer to it."""
    place = content[STRINGS].count("<si>")
    strings = content[STRINGS].replace("</sst>", f"<si><t>{'a' * 32_767}</t></si></sst>")
    first = content[SHEET].count("<row ") + 1
    rows = "".join(
        f'<row r="{r}"><c r="A{r}" t="s"><v>{place}</v></c></row>'
        for r in range(first, first + cells)
    )
    sheet = content[SHEET].replace("</sheetData>", rows + "</sheetData>")
    return archive(content | {STRINGS: strings, SHEET: sheet})


def zlib_bomb(plain: bytes, blocks: int) -> bytes:
    """A compressed SPSS file (.zsav) whose records are this many blocks of zeros."""
    size = 0x3FF000
    head = plain[: struct.unpack("<q", plain[-24:-16])[0]]  # up to its only block
    packed = zlib.compress(bytes([100]) * size, 9)  # 100: the number 0, in one byte
    starts = [len(head) + 24 + at * len(packed) for at in range(blocks)]
    end, entries = starts[-1] + len(packed), 24 * blocks
    head = head[:80] + struct.pack("<i", -1) + head[84:]  # so many records as there are
    parts = [head, struct.pack("<qqq", len(head), end, 24 + entries), packed * blocks]
    parts.append(struct.pack("<qqii", -100, 0, size, blocks))
    parts += [
        struct.pack("<qqii", len(head) + at * size, start, size, len(packed))
        for at, start in enumerate(starts)
    ]
    return b"".join(parts)


def wide(rows: Sequence[Sequence[str]], names: Sequence[str], cell: str) -> str:
    """A CSV with more columns, the same cell in all of them."""
    head, *records = rows
    more = ",".join([cell] * len(names))
    lines = [",".join([*head, *names]), *(",".join([*record, more]) for record in records)]
    return "\n".join(lines) + "\n"
