"""Files of coded interviews that tests write, and how they read them back."""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from cesp_analysis.declared.interviews import Interviews
from cesp_analysis.interviews.read import Imported, import_interviews

EXPORTS = Path(__file__).resolve().parents[2] / "shared" / "data" / "raw_exports"
HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'


def guid(n: int) -> str:
    """The n-th id."""
    return f"{n:08X}-0000-4000-8000-000000000000"


def imported(
    folder: Path,
    files: Mapping[str, Any],
    of: tuple[str, ...] = (),
    constructs: tuple[str, ...] = (),
    **more: Any,
) -> Imported:
    """Read files as a study would; `of`: its sites; constructs: as it spells them."""
    declared = Interviews.model_validate({"files": files, **more})
    return import_interviews(declared, folder, of, constructs=constructs)


def text_source(n: int, name: str, text: str, selections: str = "", more: str = "") -> str:
    """A document with its text inline."""
    return (
        f'<TextSource guid="{guid(n)}" name={quoteattr(name)}><PlainTextContent>{escape(text)}'
        f"</PlainTextContent>{selections}{more}</TextSource>"
    )


def selection(n: int, start: int, end: int, *codes: int, coder: int = 900) -> str:
    """Some characters of a text and their codes."""
    codings = "".join(
        f'<Coding guid="{guid(5000 + n)}" creatingUser="{guid(coder)}">'
        f'<CodeRef targetGUID="{guid(code)}"/></Coding>'
        for code in codes
    )
    return (
        f'<PlainTextSelection guid="{guid(n)}" startPosition="{start}" endPosition="{end}">'
        f"{codings}</PlainTextSelection>"
    )


def code(n: int, name: str, *below: str, codable: bool = True) -> str:
    """A code with those below it."""
    return (
        f'<Code guid="{guid(n)}" name={quoteattr(name)} isCodable="{str(codable).lower()}">'
        f"{''.join(below)}</Code>"
    )


def project(codes: str, sources: str, more: str = "") -> str:
    """project.qde."""
    users = "".join(
        f'<User guid="{guid(900 + i)}" name="{name}"/>' for i, name in enumerate(("Ada", "Ben"))
    )
    return (
        f'{HEAD}<Project xmlns="urn:QDA-XML:project:1.0" name="p"><Users>{users}</Users>'
        f"<CodeBook><Codes>{codes}</Codes></CodeBook>{more}<Sources>{sources}</Sources></Project>"
    )


def qdpx(path: Path, qde: str | bytes, members: Mapping[str, bytes] | None = None) -> Path:
    """An archive with a project and other files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", qde)
        for name, content in (members or {}).items():
            archive.writestr(name, content)
    return path
