"""What stands in the pages, drawings and records that leave, and may not: files of other kinds,
links, files that nobody listed, pseudonyms. Tables are read elsewhere (left_in.py), the PDF is not.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from cesp_analysis.disclosure.figures import LEAVE
from cesp_analysis.figures.kinds import kind_of
from cesp_analysis.provenance.folder import files_of
from cesp_analysis.provenance.listed import read_manifest
from cesp_analysis.provenance.manifest import MANIFEST

PLACES = re.compile(
    r"index\.html|report\.(?:json|docx|pdf)|(?:disclosure|provenance|ro-crate-metadata)\.json"
    r"|figures/[^/]+\.(?:svg|png|json)|workflow/(?:Snakefile|rules/[^/]+\.smk)"
)
"""Files that may leave, beside the tables (CSV), of which each is known by its name."""
TEXT = (".html", ".json", ".svg", ".smk", "Snakefile")
PARTS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/core\.xml|word/_rels/document\.xml\.rels"
    r"|word/(?:document|styles|numbering|settings|header1|footer1)\.xml|word/media/image\d+\.png"
)
"""What a Word file is made of (report/word_base.py): no comments, notes or properties of others."""
_CODED = re.compile(r"base64,[A-Za-z0-9+/=]+|sha256-[A-Za-z0-9+/=]+|\b[0-9a-f]{64}\b")
"""Pictures within a page, and checksums: letters that say nothing."""
_WORD = re.compile(r"(?<![A-Za-z0-9])(?=[a-z]*[2-7])[a-z2-7]{16}(?![A-Za-z0-9])")
"""A pseudonym with a figure in it, as 27 of 28 have: one of letters alone looks like a word."""


def in_pages(folder: Path) -> Iterator[str]:
    """A line for each file that does not belong there, and for each pseudonym that stands in one.

    A folder without manifest.csv is one of which the step `manifest` is still to come.
    """
    listed = set(read_manifest(folder)[0]) if (folder / MANIFEST).exists() else None
    for path in files_of(folder):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            yield f"{name}: is a link, not the file itself; remove it"
        elif listed is not None and name not in {*listed, MANIFEST}:
            yield f"{name}: {MANIFEST} does not list it; remove it"
        elif path.suffix == ".csv":
            continue
        elif not PLACES.fullmatch(name):
            yield f"{name}: is of no kind that may leave; remove it"
        elif name.startswith("figures/") and kind_of(path.stem)[0] not in LEAVE:
            yield f"{name}: is of no figure that may leave; remove it"
        elif name.endswith(TEXT):
            yield from _in_text(name, path.read_bytes())
        elif path.suffix == ".docx":
            yield from _in_word(name, path)


def _in_text(name: str, content: bytes) -> Iterator[str]:
    """A line for each pseudonym; each once."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        yield f"{name}: is not UTF-8, as what leaves is"
        return
    for found in dict.fromkeys(_WORD.findall(_CODED.sub("", text))):
        yield f"{name}: holds a pseudonym: {found}"


def _in_word(name: str, path: Path) -> Iterator[str]:
    """What stands in a Word file: parts of other kinds, pseudonyms."""
    try:
        with ZipFile(path) as word:
            for part in sorted(word.namelist()):
                if not PARTS.fullmatch(part):
                    yield f"{name}: holds {part}, which is no part of a report"
                elif not part.endswith(".png"):
                    yield from _in_text(f"{name}, {part}", word.read(part))
    except BadZipFile:
        yield f"{name}: is no Word file"
