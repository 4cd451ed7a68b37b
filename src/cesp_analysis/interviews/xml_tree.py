"""XML of strangers as a tree: what a file may contain is elements, attributes and text, no more."""

from typing import IO
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from cesp_analysis.errors import CespError

DEEPEST = 200
"""Levels that elements may be nested: codes of codes reach ten."""


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
    builder, depth = TreeBuilder(), 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise _Refused(f"elements are nested more than {DEEPEST} levels; export it again")
        own = {_local(key): value for key, value in attributes.items()}
        builder.start(_local(name), own | ({"xmlns": name.partition(" ")[0]} if depth == 1 else {}))

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_local(name))

    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.ParseFile(stream)
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


def _local(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition(" ")[2]
