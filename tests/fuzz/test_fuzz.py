"""A few spoilt files for each reader, the same in every run; `make fuzz SECONDS=3600` reads more.

And the harness itself: it finds what it is there for.
"""

import os
import signal
import time
from pathlib import Path

import pytest

from cesp_analysis.errors import CespError
from fuzz import run
from fuzz.readers import Reader, readers
from fuzz.run import Tally, fuzzed, input_of

MANY = 3
"""Inputs of each reader in a suite; an hour of more is behind each release (threat_model.md)."""


@pytest.mark.slow
def test_spoilt_files_are_read_or_refused_in_words(tmp_path: Path) -> None:
    """In one test: to make the files to begin from takes seconds."""
    found, inputs = [], 0
    for reader in readers():
        tally, _ = fuzzed(reader, 1, 600, most=MANY, home=tmp_path)
        inputs += tally.inputs
        found += [f"{one.reader} {one.number}: {one.what}" for one in tally.found]
    assert not found, "\n".join(found)
    assert inputs == MANY * len(readers()) and len({one.name for one in readers()}) > 40


def test_an_input_follows_from_its_number() -> None:
    for reader in readers()[:3]:
        assert input_of(reader, 5, 3) == input_of(reader, 5, 3)
        assert input_of(reader, 5, 3) != input_of(reader, 6, 3)


# -- the harness ----------------------------------------------------------------------------------


def tally_of(reader: Reader, home: Path) -> Tally:
    """What is found in four inputs."""
    return fuzzed(reader, 1, 60, most=4, home=home)[0]


def planted(read: "object", **more: object) -> Reader:
    """A reader of one file whose spoilt forms are 'bad'."""
    return Reader("planted", [("a.txt", b"good")], [lambda rng, data: b"bad"], read, **more)  # type: ignore[arg-type]


def dies(path: Path) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def fails(path: Path) -> None:
    raise KeyError(path.name)


def shouts(path: Path) -> None:
    raise CespError("no place at all")


def takes_all(path: Path) -> object:
    return bytearray(run.MEMORY + (1 << 30))


def sleeps(path: Path) -> None:
    time.sleep(30)


@pytest.mark.parametrize(
    ("read", "key"),
    [
        (dies, f"killed by signal {int(signal.SIGSEGV)}"),
        (fails, "KeyError"),
        (shouts, "NotAMessage"),
        (takes_all, "MemoryError"),
        (sleeps, "TookLong"),
    ],
)
def test_it_finds(read: object, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "SECONDS", 0.5)
    found = tally_of(planted(read), tmp_path).found
    assert len(found) == 4 and all(one.key.startswith(key) for one in found)


def test_it_finds_a_table_that_is_read_as_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "ALIKE", 1.0)
    alike = planted(lambda path: path.read_bytes(), alike=lambda rng, data: data + b" ")
    assert [one.key.split()[0] for one in tally_of(alike, tmp_path).found] == ["AnotherTable"] * 4
    same = planted(lambda path: path.read_bytes().strip(), alike=lambda rng, data: data + b" ")
    assert tally_of(same, tmp_path).read == 4


def test_a_file_that_is_refused_in_words_is_no_finding(tmp_path: Path) -> None:
    def refuses(path: Path) -> None:
        raise CespError(f"{path}: is bad; mend it")

    tally = tally_of(planted(refuses), tmp_path)
    assert (tally.refused, tally.found) == (4, [])
