"""Read spoilt files, reader by reader: `make fuzz SECONDS=60`.

Each input follows from its reader, a seed and its number alone, so that one can be made again:
`python tests/fuzz/run.py --readers csv --seed 1 --number 123 --keep FOLDER`. Each reader works in a
process of its own with bounded memory; who is killed, or does not end, has found something.
"""

import argparse
import faulthandler
import hashlib
import mmap
import os
import random
import resource
import signal
import struct
import sys
import tempfile
import time
import traceback
import warnings
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from cesp_analysis.errors import CespError
from fuzz.readers import Reader, readers

MEMORY = 3 << 30
"""Bytes that a reader may take beyond what the process has at its start: inputs are at most 1 MiB,
but for what an archive unpacks to (20 MiB)."""
SECONDS = 30.0
"""That one input may take; on a machine at rest the slowest takes two."""
LONGEST_LINE = 4100
ALIKE = 0.1
"""Share of inputs that are only written otherwise."""
_STATE = struct.Struct("<qd")


class TookLong(BaseException):
    """A reader is not through with an input in time."""


class NotAMessage(AssertionError):
    """What a reader says is not lines that a person can act on."""


class AnotherTable(AssertionError):
    """A file that was only written otherwise was read as another table."""


@dataclass
class Found:
    """One finding: reader, seed, number and what went wrong; key: findings alike have the same."""

    reader: str
    number: int
    key: str
    what: str


@dataclass
class Tally:
    """How many inputs were read, refused in words, and what was found."""

    read: int = 0
    refused: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    found: list[Found] = field(default_factory=list)

    @property
    def inputs(self) -> int:
        """All of them."""
        return self.read + self.refused + len(self.found)


@dataclass(frozen=True)
class Input:
    """A file's name and content; same: it says the same as the file that it was made from."""

    name: str
    content: bytes
    origin: bytes
    same: bool


def input_of(reader: Reader, seed: int, number: int) -> Input:
    """The input of a number; number 0 and on, each from one of the reader's files."""
    rng = random.Random(f"{reader.name}/{seed}/{number}")
    name, origin = reader.seeds[number % len(reader.seeds)]
    if reader.alike is not None and rng.random() < ALIKE:
        return Input(name, reader.alike(rng, origin), origin, True)
    return Input(name, rng.choice(list(reader.spoil))(rng, origin), origin, False)


def read_one(reader: Reader, made: Input) -> bool:
    """Whether an input was read (else it was refused, in words); raises what was found."""
    path = Path(made.name)
    path.write_bytes(made.content)
    try:
        first = _digest(reader.read(path))
    except CespError as error:
        _hold_words(error)
        return False
    if made.same:
        path.write_bytes(made.origin)
        try:
            origin = _digest(reader.read(path))
        except CespError:  # a seed that is refused
            return True
        if origin != first:
            raise AnotherTable(f"{reader.name}: {made.name} is read as another table")
    return True


def _digest(result: object) -> str:
    return hashlib.sha256(repr(result).encode("utf-8", "replace")).hexdigest()


def _hold_words(error: CespError) -> None:
    """Lines of a sensible length that a terminal prints, which begin with a place."""
    if not error.problems:
        raise NotAMessage("no line at all")
    for line in error.problems:
        if not line.isprintable() or not line.strip() or len(line) > LONGEST_LINE:
            raise NotAMessage(f"no line that a person reads: {line[:300]!a}")
        if ": " not in line or "Traceback" in line:
            raise NotAMessage(f"names no place: {line[:300]!a}")
        line.encode("utf-8")


def _bounded() -> None:
    """Bound this process's memory, and say nothing of warnings."""
    warnings.simplefilter("ignore")
    faulthandler.disable()  # pytest's: the signal is told by who waits
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    def late(*_: object) -> None:
        raise TookLong

    signal.signal(signal.SIGALRM, late)


def _key(error: BaseException) -> str:
    """Kind and innermost place in this project's code."""
    own = [f for f in traceback.extract_tb(error.__traceback__) if "cesp_analysis" in f.filename]
    at = f"{Path(own[-1].filename).name}:{own[-1].lineno}" if own else "elsewhere"
    said = str(error)[:40] if isinstance(error, NotAMessage) else ""
    return f"{type(error).__name__} at {at} {said}".strip()


def _work(reader: Reader, seed: int, numbers: Iterator[int], until: float, state: mmap.mmap,
          out: int) -> None:  # fmt: skip
    """Read inputs until it is time; a line for each on `out`: r, x, or what was found."""
    _bounded()
    for number in numbers:
        began = time.monotonic()
        if began > until:
            break
        state[:] = _STATE.pack(number, began)
        signal.setitimer(signal.ITIMER_REAL, SECONDS)
        try:
            line = "r" if read_one(reader, input_of(reader, seed, number)) else "x"
        except (Exception, TookLong) as error:  # noqa: BLE001 whatever it is, it is a finding
            signal.setitimer(signal.ITIMER_REAL, 0)
            said = "".join(traceback.format_exception(error)[-12:])
            line = f"f{_key(error)}\x1f{said}"
        signal.setitimer(signal.ITIMER_REAL, 0)
        took = time.monotonic() - began
        os.write(out, f"{number}\x1f{took:.4f}\x1f{line}\x1e".encode("utf-8", "replace"))


def warmed(reader: Reader) -> None:
    """Read each kind of file once as it is: what is imported then is there for all that follow.

    Raises what a reader says of a file that is right.
    """
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            reader.prepare(Path(folder))
            for name, content in {Path(name).suffix: (name, content)
                                  for name, content in reader.seeds}.values():  # fmt: skip
                Path(name).write_bytes(content)
                try:
                    reader.read(Path(name))
                except CespError as error:
                    print(f"  as it is: {str(error)[:200]}")
        finally:
            os.chdir(before)


def fuzzed(reader: Reader, seed: int, seconds: float, first: int = 0, most: int | None = None,
           home: Path | None = None) -> tuple[Tally, int]:  # fmt: skip
    """Read spoilt files for so long, or so many; the tally, and the number to go on with."""
    tally, until, number = Tally(), time.monotonic() + seconds, first
    last = first + most if most is not None else None
    while time.monotonic() < until and (last is None or number < last):
        state = mmap.mmap(-1, _STATE.size)
        state[:] = _STATE.pack(number, time.monotonic())
        with tempfile.TemporaryDirectory(dir=home) as folder:
            status, said = _in_a_process(reader, seed, number, last, until, state, Path(folder))
        reached = _take(tally, reader, said)
        at, _ = _STATE.unpack(state[:])
        if status != 0:  # killed, by itself or by us
            why = f"killed by signal {status}" if status > 0 else "does not end"
            tally.found.append(Found(reader.name, at, why, why))
            number = at + 1
        else:
            number = max(reached, number) + 1 if reached >= 0 else number + 1
    return tally, number


def _in_a_process(reader: Reader, seed: int, first: int, last: int | None, until: float,
                  state: mmap.mmap, folder: Path) -> tuple[int, bytes]:  # fmt: skip
    """0, the signal that killed the process, or -1 where it did not end; and what it wrote."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        status = 1
        try:
            os.chdir(folder)
            reader.prepare(folder)
            numbers = iter(range(first, last if last is not None else 1 << 62))
            _work(reader, seed, numbers, until, state, write)
            status = 0
        except BaseException:  # noqa: BLE001 a child never returns
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(write)
    os.set_blocking(read, False)
    said, hung = b"", False
    while True:
        ended, how = os.waitpid(child, os.WNOHANG)
        said += _drained(read)
        if ended:
            break
        _, began = _STATE.unpack(state[:])
        if time.monotonic() - began > 3 * SECONDS:
            os.kill(child, signal.SIGKILL)
            hung = True
        time.sleep(0.02)
    os.close(read)
    if not hung and os.WIFEXITED(how) and os.WEXITSTATUS(how):
        raise SystemExit(f"{reader.name}: the harness failed")
    return (-1 if hung else os.WTERMSIG(how) if os.WIFSIGNALED(how) else 0), said


def _drained(read: int) -> bytes:
    said = b""
    try:
        while piece := os.read(read, 1 << 16):
            said += piece
    except BlockingIOError:
        pass
    return said


def _take(tally: Tally, reader: Reader, said: bytes) -> int:
    """Count what a process wrote; the number that it reached, -1 if none."""
    reached = -1
    for record in said.decode("utf-8", "replace").split("\x1e")[:-1]:
        number, took, line, *more = record.split("\x1f", 3)
        reached = int(number)
        tally.seconds += float(took)
        tally.slowest = max(tally.slowest, float(took))
        if line == "r":
            tally.read += 1
        elif line == "x":
            tally.refused += 1
        else:
            tally.found.append(Found(reader.name, reached, line[1:], more[0] if more else ""))
    return reached


def main(words: Sequence[str] | None = None) -> int:
    """Fuzz; 1 if something was found."""
    given = _arguments(words)
    chosen = [one for one in readers() if not given.readers or one.name in given.readers]
    if given.number is not None:
        return _again(chosen[0], given)
    seed = given.seed if given.seed is not None else zlib.crc32(os.urandom(8))
    print(f"seed {seed}, {len(chosen)} readers, {given.seconds} s in all", flush=True)
    kinds = Counter[str]()
    for reader in chosen:
        warmed(reader)
        tally, _ = fuzzed(reader, seed, given.seconds / len(chosen))
        print(f"{reader.name}: {tally.inputs:,} inputs in {tally.seconds:.0f} s,"
              f" {tally.read:,} read,"
              f" {tally.refused:,} refused, slowest {tally.slowest:.1f} s,"
              f" {len(tally.found)} findings", flush=True)  # fmt: skip
        for one in tally.found:
            kinds[f"{one.reader}: {one.key}"] += 1
            if kinds[f"{one.reader}: {one.key}"] == 1:
                _tell(reader, seed, one, given.keep)
    return 1 if kinds else 0


def _tell(reader: Reader, seed: int, one: Found, keep: Path | None) -> None:
    """What was found, how to make it again; the input itself into a folder."""
    print(f"FOUND {one.key}\n  python tests/fuzz/run.py --readers '{reader.name}' --seed {seed}"
          f" --number {one.number}\n{one.what}", flush=True)  # fmt: skip
    if keep:
        made = input_of(reader, seed, one.number)
        keep.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256(made.content).hexdigest()[:10]
        (keep / f"{reader.name.replace(' ', '_')}-{digest}-{made.name}").write_bytes(made.content)


def _again(reader: Reader, given: argparse.Namespace) -> int:
    """One input in this process, its fault as it comes."""
    made = input_of(reader, given.seed or 0, given.number)
    if given.keep:
        given.keep.mkdir(parents=True, exist_ok=True)
        (given.keep / made.name).write_bytes(made.content)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        reader.prepare(Path(folder))
        print("read" if read_one(reader, made) else "refused in words")
    return 0


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--readers", nargs="*", default=[], help="by name; all without it")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--number", type=int, help="this input alone")
    parser.add_argument("--keep", type=lambda text: Path(text).resolve(), help="folder for inputs")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())
