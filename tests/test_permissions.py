"""Others on the machine may read neither the key nor what a run makes; a copy is its user's."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cesp_analysis.errors import CespError
from cesp_analysis.intake.key import key_of, made_key
from cesp_analysis.permissions import close, open_to_others
from cesp_analysis.pipeline import begin
from cesp_analysis.study.read import read_study
from cesp_analysis.whole_files import write_text
from small_study import Study, inside


@pytest.fixture
def reached() -> Iterator[Path]:
    """A folder that everybody can get to, as tests' own cannot."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    before = os.umask(0o022)  # what most systems begin with
    yield folder
    os.umask(before)
    shutil.rmtree(folder)


def mode(path: Path) -> int:
    """The permissions."""
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_is_open_where_its_mode_and_every_folder_above_let_others_in(reached: Path) -> None:
    file = reached / "a" / "b.csv"
    write_text("x", file)
    assert mode(file) == 0o644 and open_to_others(file)
    file.parent.chmod(0o750)
    assert not open_to_others(file) and not open_to_others(file.parent)
    file.parent.chmod(0o751)  # to be passed through, not listed
    assert open_to_others(file)
    file.chmod(0o640)
    assert not open_to_others(file)


def test_what_a_run_makes_is_closed_and_a_copy_of_it_is_not(reached: Path) -> None:
    with inside(reached):
        Path("results").mkdir(mode=0o755)
        assert list(close()) == []
        assert mode(Path("results")) == 0o750 and mode(Path("data/processed")) == 0o750
        write_text("x", Path("results/public/index.html"))
        assert not open_to_others(Path("results/public/index.html"))
        shutil.copytree("results/public", "published")
        assert open_to_others(Path("published/index.html"))


def test_what_a_group_may_do_stays(reached: Path) -> None:
    with inside(reached):
        Path("results").mkdir()
        Path("results").chmod(0o2775)
        assert list(close(["results"])) == []
        assert mode(Path("results")) == 0o2770


def test_a_folder_that_cannot_be_closed_is_told(
    reached: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path, mode: int) -> None:
        raise PermissionError(1, "Operation not permitted", str(path))

    with inside(reached):
        Path("results").mkdir()
        monkeypatch.setattr(Path, "chmod", refused)
        (line,) = close(["results"])
        monkeypatch.undo()
    assert line.startswith("results: everybody on this machine may look into it (mode 755); take")


def test_a_key_that_everybody_can_read_is_refused(reached: Path) -> None:
    place = reached / "own.key"
    assert made_key(place) and mode(place) == 0o600
    own = key_of("", place)
    place.chmod(0o640)  # its owner let a group in
    assert key_of("", place) == own
    place.chmod(0o644)
    with pytest.raises(CespError, match="everybody on this machine may read the key"):
        key_of("", place)
    reached.chmod(0o700)  # nobody gets there
    assert key_of("", place) == own


class NoRun:
    """What `begin` asks of Snakemake's workflow, where none runs."""

    non_local_exec = True


def test_a_run_begins_closed_and_tells_of_raw_files_that_all_can_read(
    reached: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cesp_analysis.pipeline.hold_folder", lambda: None)
    monkeypatch.setattr("cesp_analysis.pipeline.write_told", lambda workflow: None)
    study = Study(reached / "study")
    study.config["study"] |= {"synthetic": False, "key": str(reached / "keys" / "own.key")}
    study.config["study"].pop("pseudonyms")
    study.write()
    with inside(study.folder):
        begin(read_study(), NoRun())
        told = capsys.readouterr().err.splitlines()
        assert told[0].startswith("data/raw: everybody on this machine may look into it (mode 755)")
        assert len([line for line in told if "everybody" in line]) == 1
        assert mode(Path("results")) == mode(Path("data/processed")) == 0o750
        assert mode(reached / "keys") == 0o700 and mode(reached / "keys/own.key") == 0o600
        Path("data/raw").chmod(0o750)
        begin(read_study(), NoRun())
        assert "everybody" not in capsys.readouterr().err
        study.config["study"] |= {"synthetic": True}
        study.write()
        Path("data/raw").chmod(0o755)
        begin(read_study(), NoRun())
        assert capsys.readouterr().err == ""  # nobody to protect
