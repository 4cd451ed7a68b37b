"""A project's archive (.qdpx): looked at before anything of it is unpacked, and never to disk."""

import posixpath
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element

from cesp_analysis.errors import CespError, few
from cesp_analysis.intake.recognised import beginning_of, looks_like
from cesp_analysis.intake.unpacked import LARGEST, Damaged, unpacking
from cesp_analysis.interviews.xml_tree import tree_of

_DENSEST = 200  # times its own size that an archive may unpack to, if that is over 100 MB
_MANY = 100_000  # files in an archive
_LARGEST_XML = 2**28  # bytes: 20,000 excerpts take 2**24
INTERNAL = "internal://"


@dataclass(frozen=True)
class Archive:
    """An archive that is open. shown: how messages call it; names: small letters → member."""

    zip: zipfile.ZipFile
    shown: str
    names: dict[str, str]

    def member(self, path: str) -> str | None:
        """The member that a path of the project means; None if there is none, or it lies outside.

        Raises CespError if the path climbs out of the archive.
        """
        if "://" in path and not path.lower().startswith(INTERNAL):
            return None  # relative:// and others: beside the archive, where nobody looks
        inside = path[len(INTERNAL) :] if path.lower().startswith(INTERNAL) else path
        if _climbs(inside):
            raise CespError(
                f"{self.shown}: names the file '{path}', which leaves the archive; export it again"
            )
        plain = posixpath.normpath(inside.replace("\\", "/")).lower()
        return self.names.get(f"sources/{plain}") or self.names.get(plain)

    def size(self, member: str) -> int:
        """How many bytes a member unpacks to, at most."""
        return self.zip.getinfo(member).file_size

    def text(self, member: str) -> str:
        """A text of the archive, line ends as they are: places in it count them."""
        content = self._read(member)
        wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
        try:
            return content.decode("utf-16" if wide else "utf-8-sig")
        except UnicodeDecodeError as error:
            raise CespError(
                f"{self.shown}: {member}: byte {error.start + 1} is not UTF-8, as REFI-QDA has it;"
                " export it again"
            ) from None

    def tree(self, member: str, root: str) -> Element:
        """The elements of an XML file of the archive."""
        with self._told(member), self.zip.open(member) as stream:
            return tree_of(stream, f"{self.shown}: {member}", root)

    def _read(self, member: str) -> bytes:
        with self._told(member):
            return self.zip.read(member)

    @contextmanager
    def _told(self, member: str) -> Iterator[None]:
        """What unpacking says becomes a CespError."""
        try:
            with unpacking():
                yield
        except Damaged as error:
            packed = isinstance(error.__cause__, RuntimeError)  # a password, unknown compression
            fact, remedy = "is damaged", "copy or export it again"
            if packed:
                fact, remedy = "cannot be unpacked", "save it without a password"
            raise CespError(f"{self.shown}: {member}: {fact} ({error}); {remedy}") from None


@contextmanager
def opened(path: Path, shown: str) -> Iterator[Archive]:
    """An archive that has been looked at; raises CespError if it is none or is not to be trusted"""
    try:
        with unpacking():
            found = zipfile.ZipFile(path)
    except Damaged as error:
        what = looks_like(beginning_of(path))
        seems = f"looks like {what}" if what and "ZIP" not in what else str(error).rstrip(".")
        raise CespError(
            f"{shown}: is no archive of a REFI-QDA project ({seems}); export the project as .qdpx"
        ) from None
    with found as archive:
        _check(archive, path, shown)
        yield Archive(archive, shown, {name.lower(): name for name in archive.namelist()})


def project_file(archive: Archive) -> str:
    """The member that holds the project: project.qde, in whatever case; raises CespError if
    it cannot be told."""
    found = [name for low, name in archive.names.items() if low.endswith(".qde") and "/" not in low]
    if "project.qde" in archive.names:
        return archive.names["project.qde"]
    if len(found) == 1:
        return found[0]
    fact = f"holds {few(found, ' and ')}" if found else "holds no project.qde"
    raise CespError(f"{archive.shown}: {fact}; export the project as .qdpx again")


def _check(archive: zipfile.ZipFile, path: Path, shown: str) -> None:
    """Raises CespError for names that leave the archive, stand twice, or sizes that are absurd."""
    parts, own = archive.infolist(), path.stat().st_size
    size = sum(part.file_size for part in parts)
    faults = [
        f"{shown}: holds '{part.filename}', which leaves the archive; nothing of it was unpacked,"
        " export it again"
        for part in parts
        if _climbs(part.orig_filename) or _climbs(part.filename)
    ]
    faults += [
        f"{shown}: holds '{name}' {n} times (but for capitals), and programs differ in which they"
        " read; export it again"
        for name, n in Counter(part.filename.lower() for part in parts).items()
        if n > 1
    ]
    xml = [p for p in parts if p.filename.lower().endswith(".qde") and p.file_size > _LARGEST_XML]
    if len(parts) > _MANY:
        faults.append(
            f"{shown}: holds {len(parts):,} files, which no project does; export it again"
        )
    if size > LARGEST or (size > 100 * 2**20 and size > _DENSEST * own) or xml:
        faults.append(
            f"{shown}: unpacks to {size / 2**20:,.0f} MB from {own / 2**20:,.1f} MB, more than is"
            " read; export the project without its audio and video"
        )
    if faults:
        raise CespError(faults)


def _climbs(name: str) -> bool:
    """Whether a path leads out of the folder that it is in."""
    plain = name.replace("\\", "/")
    parts = plain.split("/")
    return plain.startswith("/") or ".." in parts or ":" in parts[0] or "\x00" in name
