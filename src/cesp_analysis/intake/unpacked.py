"""How large a file is once it is unpacked: few bytes can be many, so this is asked beforehand."""

import errno
import lzma
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cesp_analysis.declared.file_forms import Written
from cesp_analysis.errors import CespError

LARGEST = 2**31  # bytes that a file may unpack to
_DENSEST = 200  # times its own size that a file may unpack to, if that is over 100 MB
_DEFLATED = 1032  # times its own size that deflate may unpack to at most (zlib's notes)
_AT_A_TIME = 2**27  # bytes of long texts that are counted at a time
_ENTRY = struct.Struct("<qqii")
"""One block in the list at the end of a compressed SPSS file: its place unpacked and in the file,
its bytes unpacked and in the file (PSPP developers' guide, system file format, 'ZLIB trailer')."""


class Damaged(Exception):
    """An archive, or a part of it, cannot be unpacked; its cause says why."""


@contextmanager
def unpacking() -> Iterator[None]:
    """Whatever Python says of an archive that is damaged, or packed as it cannot read, is Damaged.

    A disk that fails is none of it: OSError.
    """
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError, ValueError,
            struct.error) as error:  # fmt: skip
        raise Damaged(str(error)) from error
    except OSError as error:  # bz2 has no number; a place before the file's start is no argument
        if error.errno not in (None, errno.EINVAL):
            raise
        raise Damaged(error.strerror or str(error)) from error


def check_size(path: Path, file: Written, size: int) -> None:
    """Raises CespError if `size`, the bytes that a file says it unpacks to, is no survey's."""
    own = path.stat().st_size
    if size > LARGEST or (size > 100 * 2**20 and size > _DENSEST * own):
        raise CespError(
            f"{file.path}: unpacks to {size / 2**20:,.0f} MB from {own / 2**20:,.1f} MB, which no"
            " survey does; save it again, or export it as CSV"
        )


def check_blocks(path: Path, file: Written) -> None:
    """`check_size` of an SPSS file compressed with zlib (.zsav), by the list of its blocks.

    The reader unpacks each block to the size that the list gives, or stops.
    """
    with path.open("rb") as stream:
        if stream.read(4) != b"$FL3":
            return
        stream.seek(-min(_ENTRY.size, path.stat().st_size), os.SEEK_END)
        last = stream.read()
    unpacked_at, packed_at, unpacked, _ = _ENTRY.unpack(last.rjust(_ENTRY.size, b"\0"))
    if 0 <= packed_at <= path.stat().st_size and unpacked >= 0:
        check_size(path, file, unpacked_at + unpacked)


def check_records(path: Path, file: Written, records: int | None) -> None:
    """Raises CespError if a file says that it holds more records than its bytes can: the reader
    makes room for all of them at once. A record takes a byte at least; records: None is unknown.
    """
    with path.open("rb") as stream:
        packed = stream.read(4) == b"$FL3"
    size = path.stat().st_size * (_DEFLATED if packed else 1)
    if records is not None and records > size:
        raise CespError(
            f"{file.path}: is damaged: it says that it holds {records:,} records, which its"
            f" {path.stat().st_size:,} bytes cannot; copy it again, or export it as CSV"
        )


def check_long_texts(path: Path, file: Written, meta: Any) -> None:
    """Raises CespError if a Stata file repeats long texts (strL) in so many records that they hold
    more than LARGEST bytes: each is kept once, and each record gets a copy.

    meta: what the reader says of the file without its records.
    """
    names = [name for name, width in meta.variable_storage_width.items() if width == 0]
    longest = path.stat().st_size  # no text is longer than the file
    if not names or meta.number_rows * len(names) * longest <= LARGEST:
        return
    try:
        longest = max(_lengths(path), default=0)
        small = meta.number_rows * len(names) * longest <= LARGEST
        size = 0 if small else _held(path, names, longest)
    except (ValueError, KeyError, struct.error) as error:
        raise CespError(
            f"{file.path}: cannot be read as Stata ({error}); save it again in Stata"
        ) from None
    if size > LARGEST:
        raise CespError(
            f"{file.path}: repeats long texts in so many records that they hold more than"
            f" {LARGEST / 2**20:,.0f} MB, which no survey does; save it again, or export it as CSV"
        )


def _held(path: Path, names: list[str], longest: int) -> int:
    """The characters of all long texts, counted a few records at a time, up to LARGEST."""
    import pandas as pd

    rows = max(1, _AT_A_TIME // (longest * len(names)))
    size = 0
    with pd.read_stata(
        path, columns=names, chunksize=rows, convert_categoricals=False, convert_dates=False
    ) as parts:
        for part in parts:
            size += sum(int(part[name].str.len().sum()) for name in names)
            if size > LARGEST:
                break
    return size


def _lengths(path: Path) -> Iterator[int]:
    """The bytes of each long text, by the list that the file keeps of them (Stata's `help dta`)."""
    with path.open("rb") as stream:
        head = stream.read(4096)
        order = "<" if b"<byteorder>LSF" in head else ">"
        release = int(head.partition(b"<release>")[2][:3] or b"0")
        after_map = head.index(b"<map>") + len(b"<map>")
        (place,) = struct.unpack_from(f"{order}q", head, after_map + 8 * 10)
        numbers = struct.Struct(f"{order}{'ii' if release == 117 else 'iq'}bi")
        stream.seek(place + len(b"<strls>"))
        while stream.read(3) == b"GSO":
            *_, length = numbers.unpack(stream.read(numbers.size))
            yield length
            stream.seek(length, os.SEEK_CUR)
