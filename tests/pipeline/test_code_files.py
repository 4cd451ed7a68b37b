"""The one file that stands for the sources of a step: what it holds, its age, what changed."""

import os
import subprocess
from pathlib import Path

import pytest

from cesp_analysis import code_files, rerun
from cesp_analysis.code_files import FOLDER, code_file, sources_in, write_sums
from snakemake_logger_plugin_cesp import words


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of two modules, beside the folder of a study."""
    package, study = tmp_path / "cesp_analysis", tmp_path / "study"
    package.mkdir()
    study.mkdir()
    (package / "a.py").write_text("A = 1\n", encoding="utf-8")
    (package / "b.py").write_text("B = 1\n", encoding="utf-8")
    os.utime(package / "a.py", ns=(10**17, 10**17))
    os.utime(package / "b.py", ns=(2 * 10**17, 2 * 10**17))
    monkeypatch.chdir(study)
    monkeypatch.setattr(rerun, "_ROOT", package)
    return package


def written(package: Path) -> Path:
    code_files._sum.cache_clear()
    path = FOLDER / "step"
    write_sums([str(package / "a.py"), str(package / "b.py")], path)
    return path


def test_it_holds_what_sha256sum_prints_and_is_as_old_as_its_newest_source(package: Path) -> None:
    path = written(package)
    names = list(sources_in(str(path)))
    assert names == ["cesp_analysis/a.py", "cesp_analysis/b.py"]
    done = subprocess.run(
        ["sha256sum", *names], cwd=package.parent, capture_output=True, check=True
    )
    assert path.read_bytes() == done.stdout
    assert path.stat().st_mtime_ns == 2 * 10**17


def test_an_edit_makes_it_new_whatever_the_source_s_own_time(package: Path) -> None:
    """What is unpacked or copied over may be older than results; the edit is named."""
    path, source = written(package), package / "a.py"
    before = path.read_bytes()
    source.write_text("A = 2\n", encoding="utf-8")
    os.utime(source, ns=(1, 1))
    assert written(package).read_bytes() != before
    assert path.stat().st_mtime_ns > 2 * 10**17
    assert words.in_words(f"Updated input files: {path}") == (
        "newer than the result: the program's cesp_analysis/a.py"
    )
    source.write_text("A = 1\n", encoding="utf-8")
    assert written(package).read_bytes() == before  # Snakemake compares checksums of inputs


def test_what_changed_is_told_since_the_result_was_made(package: Path) -> None:
    """Not since the last reading, which may have been a dry run's; an edit taken back is none."""
    path, a, b = written(package), package / "a.py", package / "b.py"
    result, later = Path("result.csv"), Path("later.csv")
    result.write_text("x\n", encoding="utf-8")

    def said(made: Path) -> str:
        return words.in_words(f"Updated input files: {path}", [str(made)])

    a.write_text("A = 2\n", encoding="utf-8")
    written(package)
    later.write_text("x\n", encoding="utf-8")
    b.write_text("B = 2\n", encoding="utf-8")
    written(package)
    assert said(result).endswith("program's cesp_analysis/a.py, cesp_analysis/b.py")
    assert said(later).endswith("program's cesp_analysis/b.py")
    b.write_text("B = 1\n", encoding="utf-8")
    written(package)
    assert said(result).endswith("program's cesp_analysis/a.py")
    assert said(later).endswith("the program")
    a.unlink()
    code_files._sum.cache_clear()
    write_sums([str(b)], path)
    assert said(later).endswith("program's cesp_analysis/a.py")


def test_it_is_left_alone_where_nothing_has_changed(package: Path) -> None:
    path = written(package)
    os.utime(path, ns=(5, 5))
    assert written(package).stat().st_mtime_ns == 5
    assert words.in_words(f"Updated input files: {path}") == "newer than the result: the program"


def test_each_kind_of_model_has_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    kinds = {kind: code_file("fit", f"cesp_analysis.models.{kind}") for kind in ("did", "mixed")}
    assert len({*kinds.values(), code_file("fit")}) == 3
    assert "cesp_analysis/models/did.py" in set(sources_in(kinds["did"]))
    assert "cesp_analysis/models/did.py" not in set(sources_in(code_file("panel")))
    other = tmp_path / "other"
    other.mkdir()
    monkeypatch.chdir(other)  # one process may open several studies
    assert Path(code_file("fit")).is_file()
