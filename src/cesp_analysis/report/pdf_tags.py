"""Row headers in a PDF's tag tree: Typst tags column headers only, and a row's first cell as data.

Of each table the first cell of every row becomes a header of scope Row that the row's cells name;
a row of one cell heads the rows below it, and their headers name it (ISO 32000-1, 14.8.4.3.4 and
14.8.5.7). What a page shows is not touched.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pikepdf import Array, Dictionary, Name, ObjectStreamMode, Pdf, String

_NO_GLYPH = "LastResort"
"""The face of which Typst takes the sign of a script where no font has a letter."""


def has_unknown_letters(content: bytes) -> bool:
    """Whether a PDF by Typst has letters that no font of its machine shows."""
    with Pdf.open(BytesIO(content)) as pdf:
        return any(
            _NO_GLYPH in str(one.get("/BaseFont", ""))
            for one in pdf.objects
            if isinstance(one, Dictionary) and one.get("/Type") == Name.Font
        )


def with_row_headers(content: bytes) -> bytes:
    """The PDF with row headers in its tag tree; the same bytes for the same PDF."""
    with Pdf.open(BytesIO(content)) as pdf:
        root = pdf.Root.StructTreeRoot
        named = list(_named(root.IDTree)) if "/IDTree" in root else []
        for number, table in enumerate(_of_kind(root, Name.Table), 1):
            named += _head_rows(table, f"R{number}")
        named.sort(key=lambda pair: pair[0])
        if named:
            names = Array([part for key, element in named for part in (String(key), element)])
            root.IDTree = pdf.make_indirect(Dictionary(Names=names))
        out = BytesIO()
        pdf.save(out, deterministic_id=True, object_stream_mode=ObjectStreamMode.generate)
    return out.getvalue()


def _named(tree: Any) -> Iterator[tuple[bytes, Any]]:
    """(ID, element) of a tree of names."""
    for kid in tree.get("/Kids", []):
        yield from _named(kid)
    pairs = list(tree.get("/Names", []))
    yield from ((bytes(key), element) for key, element in zip(pairs[::2], pairs[1::2], strict=True))


def _kids(element: Any) -> list[Any]:
    """The elements under one."""
    kids = element.get("/K", [])
    held = list(kids) if isinstance(kids, Array) else [kids]
    return [kid for kid in held if isinstance(kid, Dictionary) and "/S" in kid]


def _of_kind(element: Any, kind: Name) -> Iterator[Any]:
    """Elements of a kind, in reading order; none within another."""
    waiting = [element]
    while waiting:
        here = waiting.pop()
        if here.get("/S") == kind:
            yield here
        else:
            waiting += reversed(_kids(here))


def _head_rows(table: Any, prefix: str) -> Iterator[tuple[bytes, Any]]:
    """Make headers of a table's first cells; yields (ID, cell) of each."""
    number, group = 0, ""
    for body in _of_kind(table, Name.TBody):
        for row in _of_kind(body, Name.TR):
            number += 1
            name, (first, *others) = f"{prefix}y{number}", _kids(row)
            attributes = _table_attributes(first)
            above = [group] if group and others else []
            attributes.Scope = Name.Row
            attributes.Headers = Array([*attributes.get("/Headers", []), *map(String, above)])
            first.S, first.ID = Name.TH, String(name)
            for cell in others:
                told = _table_attributes(cell)
                told.Headers = Array([*told.get("/Headers", []), String(name)])
            group = group if others else name
            yield name.encode(), first


def _table_attributes(cell: Any) -> Any:
    """A cell's attributes as of a table, made if it has none."""
    held = cell.get("/A", Array())
    every = list(held) if isinstance(held, Array) else [held]
    for one in every:
        if one.get("/O") == Name.Table:
            return one
    made = Dictionary(O=Name.Table)
    cell.A = Array([*every, made])
    return cell.A[-1]
