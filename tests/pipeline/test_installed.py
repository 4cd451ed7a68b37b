"""The program installed from a wheel, without a checkout: built offline, the same bytes."""

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest
from running import ROOT, checksums, snakemake

from small_study import Study

TOP = ("pyproject.toml", "setup.py", "README.md", "LICENSE", "Snakefile")
BUILD = """
import sys
from setuptools import build_meta
print(getattr(build_meta, sys.argv[1])(sys.argv[2]))
"""


def done(*words: "str | Path", **how: "str | Path | dict[str, str]") -> str:
    """What a command prints, errors within it; it must go well."""
    ended = subprocess.run(
        list(map(str, words)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        check=False, **how,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout
    return ended.stdout


def built(kind: str, source: Path, to: Path) -> Path:
    """The wheel or sdist of the source, by the backend that pip calls (no network, no pip)."""
    to.mkdir()
    said = done(sys.executable, "-c", BUILD, f"build_{kind}", to, cwd=source)
    return to / said.splitlines()[-1]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a checkout holds of the program, without what builds and runs leave behind."""
    to = tmp_path_factory.mktemp("checkout")
    left = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for name in ("rules", "profiles", "src"):
        shutil.copytree(ROOT / name, to / name, ignore=left)
    for name in TOP:
        shutil.copy(ROOT / name, to)
    return to


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the sdist of the checkout: both must hold all."""
    folder = tmp_path_factory.mktemp("built")
    (folder / "unpacked").mkdir()
    done("tar", "-xzf", built("sdist", source, folder / "sdist"), "-C", folder / "unpacked")
    (inside,) = (folder / "unpacked").iterdir()
    return built("wheel", inside, folder / "wheel")


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`cesp` of a new environment that has the wheel and, of this one, all but its checkout."""
    at = tmp_path_factory.mktemp("environment")
    done(sys.executable, "-m", "venv", "--without-pip", at)
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python")
    done(*pip, at / "bin" / "python", "install", "--no-index", "--no-deps", wheel)
    here = done(
        at / "bin" / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"
    )
    # a folder named so is searched, but its own .pth (the editable checkout) is not read
    others = dict.fromkeys(sysconfig.get_path(kind) for kind in ("purelib", "platlib"))
    (Path(here.strip()) / "others.pth").write_text("\n".join(others) + "\n", encoding="utf-8")
    return at / "bin" / "cesp"


def typed(program: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """What is said when somebody types `cesp …` in a folder, the environment not activated."""
    own = ("PYTHONPATH", "VIRTUAL_ENV", "CESP_FORKS", "CESP_JOBS")
    left = {name: value for name, value in os.environ.items() if name not in own}
    left["PATH"] = os.pathsep.join(
        part for part in left["PATH"].split(os.pathsep) if not part.startswith(str(ROOT))
    )
    return subprocess.run(
        [program, *words], cwd=folder, env=left | {"PWD": str(folder)},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip


def package(program: Path) -> Path:
    """Where the installed package lies."""
    (found,) = program.parents[1].glob("lib/python*/site-packages/cesp_analysis")
    return found


@pytest.fixture(scope="module")
def study(program: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small study, run by the installed program from another folder."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    Study(elsewhere / "anne's study").write()
    ended = typed(program, elsewhere, "run", "anne's study")
    assert ended.returncode == 0, ended.stdout
    assert "Report: anne's study/results/report/index.html" in ended.stdout.splitlines()
    return elsewhere / "anne's study"


def test_the_wheel_holds_every_file_of_the_program(source: Path, wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = {name for name in packed.namelist() if ".dist-info/" not in name}
    wanted = {
        path.relative_to(source / "src").as_posix()
        for path in (source / "src").rglob("*")
        if path.is_file() and not any(part.endswith(".egg-info") for part in path.parts)
    }
    workflow = ["Snakefile", *(f"rules/{path.name}" for path in (ROOT / "rules").glob("*.smk"))]
    workflow += [f"profiles/{name}/config.yaml" for name in ("default", "slurm")]
    assert names == wanted | {f"cesp_analysis/workflow/{name}" for name in workflow}


def test_a_second_build_leaves_no_rule_of_the_first(source: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(source, tmp_path / "copy"))
    (copy / "rules" / "gone.smk").write_text("")
    with zipfile.ZipFile(built("wheel", copy, tmp_path / "first")) as packed:
        assert "cesp_analysis/workflow/rules/gone.smk" in packed.namelist()
    (copy / "rules" / "gone.smk").unlink()
    with zipfile.ZipFile(built("wheel", copy, tmp_path / "second")) as packed:
        assert "cesp_analysis/workflow/rules/gone.smk" not in packed.namelist()


def test_it_imports_itself_and_not_the_checkout(program: Path) -> None:
    where = "import cesp_analysis, snakemake_logger_plugin_cesp as p; print(p.__file__)"
    where += "; print(cesp_analysis.__file__)"
    said = done(program.parent / "python", "-c", where, cwd=program.parent).splitlines()
    assert [Path(line).parents[1] for line in said] == [package(program).parent] * 2
    assert (package(program) / "workflow" / "Snakefile").is_file()


def test_a_study_elsewhere_has_the_bytes_that_the_checkout_makes(
    study: Path, tmp_path: Path
) -> None:
    Study(tmp_path / "here").write()
    ended = snakemake(ROOT, tmp_path / "here")
    assert ended.returncode == 0, ended.stdout
    assert checksums(study) == checksums(tmp_path / "here")
    assert len(checksums(study)) > 100


def test_a_second_run_has_nothing_to_do(program: Path, study: Path) -> None:
    ended = typed(program, study, "run", ".")
    assert ended.returncode == 0 and "nothing to do" in ended.stdout, ended.stdout


def test_a_changed_source_of_the_installed_package_makes_its_steps_again(
    program: Path, study: Path
) -> None:
    """As after an upgrade: what was written again as it was makes nothing again."""
    means = package(program) / "describe" / "means.py"
    before = means.read_bytes()
    try:
        means.write_bytes(before)
        same = typed(program, study, "run", ".", "--", "--dry-run")
        means.write_bytes(before + b"\n# another version\n")
        other = typed(program, study, "run", ".", "-n")
    finally:
        means.write_bytes(before)
    assert same.returncode == 0 and "nothing to do" in same.stdout, same.stdout
    jobs = {line.split(" → ")[0] for line in other.stdout.splitlines() if " → " in line}
    assert "means" in jobs and not jobs & {"intake", "clean", "fit did"}, other.stdout


def test_a_new_study_is_begun_and_run_without_a_checkout(program: Path, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("id,site,score\n1,North,3\n2,South,4\n")
    begun = typed(program, tmp_path, "new-study", "my study", "people.csv")
    assert begun.returncode == 0, begun.stdout
    assert begun.stdout.splitlines()[-1].endswith("then run cesp run 'my study' -n")
    ended = typed(program, tmp_path, "run", "my study", "-n")
    assert ended.returncode == 1 and "undecided" in ended.stdout, ended.stdout
    assert "Traceback" not in ended.stdout


def test_a_profile_that_came_with_it_is_found_by_its_name(program: Path, study: Path) -> None:
    ended = typed(program, study, "run", ".", "--workflow-profile", "slurm", "-n")
    assert ended.returncode == 0, ended.stdout
    assert str(package(program) / "workflow" / "profiles" / "slurm") in ended.stdout
