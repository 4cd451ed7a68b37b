"""XML of strangers as a tree: what a file may contain is elements, attributes and text, no more."""

from typing import IO
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from cesp_analysis.errors import CespError

DEEPEST = 200
"""Levels that elements may be nested: codes of codes reach ten."""
MOST = 2_000_000
"""Elements: a project of 20,000 excerpts has some 100,000, and each takes 450 bytes of memory."""
LONGEST = 1_000_000
"""Letters of an attribute: names and paths."""
PIECE = 1 << 20
"""Bytes that are parsed at once: an element that goes on is read again with every piece."""


class _Refused(Exception):
    """What XML may hold and a project has no use for."""


def tree_of(stream: IO[bytes], place: str, root: str) -> Element:
    """The elements of an XML file, names without their namespaces (versions differ in them); the
    first element's stands in its attribute xmlns.

    Raises CespError where it is no XML, its first element is no `root`, it declares a document
    type (the only place of entities, with which few bytes become many or name other files), or
    it is nested without end.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    builder, depth, many, plain = TreeBuilder(), 0, 0, _Plain()

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, many
        depth, many = depth + 1, many + 1
        if many > MOST:
            raise _Refused(f"holds more than {MOST:,} elements; export it in parts")
        if attributes and max(map(len, attributes.values())) > LONGEST:
            raise _Refused(f"an attribute is longer than {LONGEST:,} letters; export it again")
        if depth > DEEPEST:
            raise _Refused(f"elements are nested more than {DEEPEST} levels; export it again")
        if depth == 1 or not plain.alike(tuple(attributes)):
            attributes = {plain[key]: value for key, value in attributes.items()}
            attributes |= {"xmlns": name.partition(" ")[0]} if depth == 1 else {}
        builder.start(plain[name], attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(plain[name])

    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = _refuse
    try:
        while piece := stream.read(PIECE):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except _Refused as refused:
        raise CespError(f"{place}: line {parser.CurrentLineNumber}: {refused}") from None
    except expat.ExpatError as error:
        raise CespError(
            f"{place}: line {error.lineno}: is no XML ({expat.ErrorString(error.code)}); export it"
            " again"
        ) from None
    except (LookupError, ValueError) as error:  # an encoding that is none, or of several bytes
        raise CespError(f"{place}: cannot be read as XML ({error}); export it again") from None
    found = builder.close()
    if found.tag != root:
        raise CespError(f"{place}: begins with '{found.tag}', not '{root}'; name another file")
    return found


def _refuse(*_: object) -> None:
    raise _Refused(
        "declares a document type (<!DOCTYPE …>), which may hide entities and is read by nobody"
        " here; export it again from the program that coded the interviews"
    )


class _Plain(dict[str, str]):
    """A name → itself without its namespace: a project has some sixty, each thousands of times."""

    def __init__(self) -> None:
        self._alike: dict[tuple[str, ...], bool] = {}

    def __missing__(self, name: str) -> str:
        return self.setdefault(name, name.rpartition(" ")[2])

    def alike(self, names: tuple[str, ...]) -> bool:
        """Whether none of the names has a namespace."""
        known = self._alike.get(names)
        if known is None:
            known = self._alike.setdefault(names, all(self[name] == name for name in names))
        return known
