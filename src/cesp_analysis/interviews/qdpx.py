"""REFI-QDA projects (.qdpx) and codebooks (.qdc), by the published schema of 18 March 2019."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import Element

from cesp_analysis.errors import CespError
from cesp_analysis.interviews.archive import INTERNAL, Archive, opened, project_file
from cesp_analysis.interviews.passages import MOST_TEXT, Taken, Text
from cesp_analysis.interviews.project import Case, Code, Coding, Project, Selection, Source
from cesp_analysis.interviews.qdpx_checks import id_faults, once_each
from cesp_analysis.interviews.xml_tree import tree_of

_PATHS = ("plainTextPath", "richTextPath", "path")
_HOLDERS = ("Representation", "Transcript", "TextDescription")
"""Elements of a document that hold its plain text."""
_PLACE = re.compile(r"[0-9]{1,10}")
_OTHERS = {
    "notes": "Notes/*", "links": "Links/*", "graphs": "Graphs/*",
    "codes of cases": "Cases/Case/CodeRef",
}  # fmt: skip
"""What is not read → where it stands."""


@dataclass
class _Reader:
    """What is known while a project is read: place: how messages begin; texts: path → text; placed:
    document, and what is wrong with the place of a selection → its lines."""

    archive: Archive
    place: str
    users: dict[str, str]
    utf16: bool
    texts: dict[str, str | None] = field(default_factory=dict)
    selections: list[Selection] = field(default_factory=list)
    codings: list[Coding] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    placed: dict[tuple[int, str], list[str]] = field(default_factory=dict)
    taken: Taken = field(default_factory=Taken)

    def misplaced(self, source: int, which: str, fault: str) -> None:
        self.placed.setdefault((source, which), []).append(f"{self.place}: {fault}")


def read_project(path: Path, shown: str, utf16: bool = False) -> Project:
    """A .qdpx; `shown`: how messages call it; `utf16`: places in texts count units of UTF-16.

    Raises CespError with all that is wrong. Files that are named and absent are told of, no fault.
    """
    with opened(path, shown) as archive:
        member = project_file(archive)
        root = archive.tree(member, "Project")
        users = {_id(user.get("guid")): user.get("name") or "" for user in root.iterfind("*/User")}
        reader = _Reader(archive, f"{shown}: {member}", users, utf16)
        names = {_id(one.get("guid")): one.get("name") or "" for one in root.iter("Variable")}
        sources = tuple(
            _source(element, i, names, reader)
            for i, element in enumerate(root.iterfind("Sources/*"))
        )
        paths = _paths(root)
        named, missing = _files(paths, reader)
        codes = tuple(codes_in(root.find("CodeBook/Codes")))
        reader.faults += once_each(reader.placed.values())
        reader.faults += id_faults(codes, reader.selections, reader.codings, reader.place)
        reader.faults += reader.taken.faults(reader.place)
        if reader.faults:
            raise CespError(dict.fromkeys(reader.faults))
    return Project(
        codes=codes,
        sources=sources,
        selections=tuple(reader.selections),
        codings=tuple(reader.codings),
        cases=tuple(_cases(root, names)),
        groups=tuple(_groups(root)),
        sets={one.get("name") or "": len(one) for one in root.iterfind("Sets/Set")},
        others={kind: len(root.findall(tag)) for kind, tag in _OTHERS.items()}
        | {"files beside the archive": sum(map(_is_beside, paths))},
        missing=tuple(missing),
        named=named,
    )


def read_qdc(path: Path, shown: str) -> tuple[Code, ...]:
    """The codes of a codebook, whatever its namespace: they vary."""
    with path.open("rb") as stream:
        root = tree_of(stream, shown, "CodeBook")
    return tuple(codes_in(root.find("Codes")))


def codes_in(codes: Element | None) -> Iterator[Code]:
    """The codes of a codebook in file order, each with the names above it."""
    waiting: list[tuple[Element, tuple[str, ...]]] = []
    if codes is not None:
        waiting = [(code, ()) for code in reversed(codes.findall("Code"))]
    while waiting:
        element, above = waiting.pop()
        names = (*above, (element.get("name") or "").strip())
        about = (element.findtext("Description") or "").strip()
        codable = (element.get("isCodable") or "true").lower() not in ("false", "0")
        yield Code(_id(element.get("guid")), names, about, codable)
        waiting += [(code, names) for code in reversed(element.findall("Code"))]


def _source(element: Element, place: int, variables: dict[str, str], reader: _Reader) -> Source:
    """A document; its selections and codings are added to the reader's."""
    name = element.get("name") or ""
    path = element.get("plainTextPath") or element.get("path") or ""
    name = name or path.removeprefix(INTERNAL).rpartition("/")[2]
    text = None
    _coded(element, Selection(_id(element.get("guid")), element.tag, place, None, None, ""), reader)
    for holder in (element, *(child for child in element if child.tag in _HOLDERS)):
        own = _text(holder, reader)
        text = own if text is None else text
        whole = Text(own, reader.utf16, reader.taken)
        points = {_id(p.get("guid")): p.get("position") for p in holder.iterfind("SyncPoint")}
        for child in holder:
            if child.tag.endswith("Selection"):
                _coded(child, _selection(child, place, whole, points, reader), reader, keep=True)
    return Source(
        _id(element.get("guid")), element.tag, name, text, _values(element, variables, "")
    )


def _coded(element: Element, selection: Selection, reader: _Reader, keep: bool = False) -> None:
    """Note the codings of a selection, and itself if it has any or is to be kept."""
    codings = element.findall("Coding")
    if codings or keep:
        reader.selections.append(selection)
    for coding in codings:
        code, user = coding.find("CodeRef"), _id(coding.get("creatingUser"))
        if code is None:
            reader.faults.append(
                f"{reader.place}: a coding of {selection.id} names no code; export it again"
            )
            continue
        coder = reader.users.get(user) or user
        place = len(reader.selections) - 1
        reader.codings.append(Coding(place, _id(code.get("targetGUID")), coder))


def _text(holder: Element, reader: _Reader) -> str | None:
    """The plain text that a document or its representation has: inline, or in a file."""
    inline, path = holder.find("PlainTextContent"), holder.get("plainTextPath")
    if inline is not None:
        return inline.text or ""
    if path and path not in reader.texts:
        try:
            member = reader.archive.member(path)
            reader.texts[path] = _unpacked(member, reader) if member else None
        except CespError as error:
            reader.faults += error.problems
            reader.texts[path] = None
    return reader.texts[path] if path else None


def _unpacked(member: str, reader: _Reader) -> str:
    """A text of the archive; CespError where texts are more than are read."""
    reader.taken.texts += reader.archive.size(member)
    if reader.taken.texts > MOST_TEXT:
        raise CespError(
            f"{reader.archive.shown}: its texts have more than {MOST_TEXT / 2**20:,.0f} MB"
            " together; export it in parts"
        )
    return reader.archive.text(member)


def _selection(
    element: Element, source: int, text: Text, points: dict[str, str | None], reader: _Reader
) -> Selection:
    """A selection with its place in the text and what stands there."""
    found = _id(element.get("guid"))
    ends = [element.get("startPosition"), element.get("endPosition")]
    if element.tag == "TranscriptSelection":
        ends = [points.get(_id(element.get(key))) for key in ("fromSyncPoint", "toSyncPoint")]
    elif element.tag != "PlainTextSelection":
        said = element.findtext("Representation/PlainTextContent") or ""
        return Selection(found, element.tag, source, None, None, said)
    if element.tag == "TranscriptSelection" and None in ends:
        return Selection(found, element.tag, source, None, None, "")
    if not all(end is not None and _PLACE.fullmatch(end.strip()) for end in ends):
        fault = f"its places are '{ends[0]}' and '{ends[1]}', no whole numbers; export it again"
        reader.misplaced(source, "places", f"selection {found}: {fault}")
        return Selection(found, element.tag, source, None, None, "")
    start, end = (int(place or 0) for place in ends)
    part, fault = text.part(start, end)
    if fault:
        which = "turned" if end < start else "beyond"
        reader.misplaced(source, which, f"selection {found}: {fault}")
    return Selection(found, element.tag, source, start, end, part)


def _cases(root: Element, variables: dict[str, str]) -> Iterator[Case]:
    for case in root.iterfind("Cases/Case"):
        sources = tuple(_id(one.get("targetGUID")) for one in case.iterfind("SourceRef"))
        selections = tuple(_id(one.get("targetGUID")) for one in case.iterfind("SelectionRef"))
        name = case.get("name") or ""
        yield Case(name, sources, selections, _values(case, variables, name))


def _groups(root: Element) -> Iterator[Case]:
    """Sets of documents called 'key: value', as ATLAS.ti writes what NVivo keeps in variables."""
    for group in root.iterfind("Sets/Set"):
        key, colon, value = (group.get("name") or "").partition(":")
        members = tuple(_id(one.get("targetGUID")) for one in group.iterfind("MemberSource"))
        if colon and members:
            yield Case("", members, (), {key.strip(): value.strip()})


def _values(element: Element, variables: dict[str, str], case: str) -> dict[str, str]:
    """Variable → its value; `case`: the name of the case that has them."""
    found = {"case": case} if case else {}
    for value in element.iterfind("VariableValue"):
        ref = value.find("VariableRef")
        name = variables.get(_id(ref.get("targetGUID")), "") if ref is not None else ""
        said = next((child.text or "" for child in value if child.tag.endswith("Value")), "")
        if name:
            found[name] = said.strip()
    return found


def _paths(root: Element) -> list[str]:
    """The texts and files that the project names, each once."""
    sources = root.find("Sources")
    every = () if sources is None else sources.iter()
    found = [one.attrib[key] for one in every for key in _PATHS if key in one.attrib]
    return [path for path in dict.fromkeys(found) if path]


def _is_beside(path: str) -> bool:
    """Whether a file lies beside the archive, where nobody looks."""
    return "://" in path and not path.startswith(INTERNAL)


def _files(paths: list[str], reader: _Reader) -> tuple[int, list[str]]:
    """How many files of its own the project names, and those that are not there."""
    own, missing = [path for path in paths if not _is_beside(path)], []
    for path in own:
        try:
            missing += [] if reader.archive.member(path) else [path]
        except CespError as error:
            reader.faults += error.problems
    return len(own), missing


def _id(guid: str | None) -> str:
    """A GUID in one spelling."""
    return (guid or "").strip("{} \n").upper()
