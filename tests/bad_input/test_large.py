"""Bad inputs that are made when the test runs: bombs, links, pipes, full disks, poisoned cells.

As for those of `table.yaml`: one line a problem with its place and the remedy, no traceback,
nothing run, nothing lost, nothing half written.
"""

import json
import os
import resource
import shlex
import shutil
import socket
import subprocess
import sys
import warnings
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pyreadstat
import pytest

from bad_input import make_large as make
from bad_input.test_table import HERE, listed, placed, ran, write_sources
from cesp_analysis.cli import main
from cesp_analysis.intake import intake as intake_step
from cesp_analysis.provenance.told import TOLD
from small_study import Ran, Study, inside
from told import write_told

ROOT = HERE.parents[1]
BOOK = {"data/raw/before.xlsx": "", "config.yaml": "base/config_xlsx.yaml"}
RAW, CORRECTED = "data/raw/before.csv", "data/raw/CORRECTIONS.yaml"
CSV = make.rows_of(HERE / "base/before.csv")
ROWS = [
    ["-".join(reversed(cell.split("/"))) if "/" in cell else cell for cell in row] for row in CSV
]
"""The table of the plain CSV, its dates as config_xlsx.yaml declares them."""
PARTS = make.parts(ROWS)


def small(folder: Path, config: str = "base/config.yaml", **files: bytes | str) -> Path:
    """The small study in a folder, with these files under data/raw (their dots are written __)."""
    placed({"files": {"config.yaml": config}}, folder)
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        (folder / "data/raw" / name.replace("__", ".")).write_bytes(data)
    write_sources(folder)
    return folder


def book(folder: Path, content: bytes, until: str = "check") -> Ran:
    """Run the study whose file `before` is this workbook."""
    return ran(small(folder, "base/config_xlsx.yaml", before__xlsx=content), until)


def stops(result: Ran, *lines: str) -> None:
    """Status 1, these lines and no others, no traceback."""
    assert result.status == 1, result.shown
    assert len(result.lines) == len(lines), result.shown
    for line, beginning in zip(result.lines, lines, strict=True):
        assert line.startswith(beginning), result.shown


# -- bombs ----------------------------------------------------------------------------------------


def test_a_plain_workbook_made_here_is_read(tmp_path: Path) -> None:
    """What the poisoned ones differ from."""
    result = book(tmp_path, make.archive(PARTS))
    assert (result.status, result.shown) == (0, "")
    frame = result.raw("before").drop(columns="line")
    assert [list(frame.columns), *frame.to_numpy().tolist()] == ROWS


@pytest.mark.parametrize("declared", ["LAUGHS", "LONG", "OUTSIDE", "DISTANT"])
@pytest.mark.parametrize("part", [make.STRINGS, make.SHEET, make.WORKBOOK, make.CONTENTS])
def test_entities_are_never_expanded(tmp_path: Path, part: str, declared: str) -> None:
    entities = getattr(make, declared)
    poisoned = make.with_entities(PARTS, part, entities, "&a9;")
    result = book(tmp_path, make.archive(poisoned))
    if part == make.STRINGS:  # the part in which the entity is used
        stops(result, "data/raw/before.xlsx: cannot be read as XLSX (")
        assert "unrecognized entity" in result.shown and "save it again" in result.shown
    else:
        assert (result.status, result.shown) == (0, "")
        assert result.raw("before").drop(columns="line").to_numpy().tolist() == ROWS[1:]


BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "blanks": (
        lambda: make.blown_up(PARTS, make.SHEET, 150),
        "unpacks to 150 MB from 0.1 MB, which no survey does; save it again, or export it as CSV",
    ),
    "a part that is larger than it says": (
        lambda: make.lying(PARTS, make.SHEET, 150),
        f"is damaged ({make.SHEET}); copy or export it again",
    ),
    "one body under many names": (
        lambda: make.overlapping(PARTS, 60),
        "unpacks to 5,490 MB from 0.1 MB, which no survey does; save it again",
    ),
    "one long text in 100,000 cells": (
        lambda: make.one_string(PARTS, 100_000),
        "sheet 'Sheet1': repeats long texts in so many cells that they hold 3,1",
    ),
    "a part twice": (
        lambda: make.archive([*PARTS.items(), (make.SHEET, PARTS[make.SHEET])]),
        f"holds '{make.SHEET}' twice, and programs differ in which of them they read; open it in",
    ),
}


@pytest.mark.parametrize("name", BOMBS)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, name: str) -> None:
    make_it, line = BOMBS[name]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    content = make_it()
    made = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    stops(book(tmp_path, content), f"data/raw/before.xlsx: {line}")
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert len(content) < 2 * make.MB
    assert after - max(before, made) < 150 * 1024  # KB


def test_a_long_text_in_a_few_cells_is_read(tmp_path: Path) -> None:
    result = book(tmp_path, make.one_string(PARTS, 20))
    assert result.status == 0, result.shown
    assert result.ledger()["reason"].value_counts().to_dict() == {
        "unknown_person": 1,
        "exact_duplicate": 19,
    }


def test_a_compressed_spss_file_that_is_a_bomb(tmp_path: Path) -> None:
    made = tmp_path / "made.zsav"
    pyreadstat.write_sav(pd.DataFrame({"id": [0.0], "score": [0.0]}), made, compress=True)
    plain = made.read_bytes()
    made.write_bytes(make.zlib_bomb(plain, 1))
    assert len(pyreadstat.read_sav(made)[0]) == 0x3FF000 // 2  # one block of it is 4 MB of cells
    bomb = make.zlib_bomb(plain, 30)
    folder = small(tmp_path / "s", "base/config_sav.yaml", before__sav=bomb)
    stops(
        ran(folder, "check"),
        "data/raw/before.sav: unpacks to 120 MB from 0.1 MB, which no survey does; save it again",
    )


def test_a_stata_file_that_repeats_a_long_text(tmp_path: Path) -> None:
    """Stata keeps a text once; each of its records would get a copy."""
    made = tmp_path / "made.dta"
    for rows, cells in ((2_500, "x"), (20, "few")):
        note = pd.Series(["x" * 1_000_000] * rows, dtype="object")  # one text, not so many copies
        texts = pd.DataFrame({"id": range(rows), "note": note})
        texts.to_stata(made, version=118, convert_strl=["note"], write_index=False)
        folder = small(tmp_path / cells, "base/config_dta.yaml", before__dta=made.read_bytes())
        result = ran(folder, "check")
        if rows == 20:
            assert "repeats long texts" not in result.shown
        else:
            stops(
                result,
                "data/raw/before.dta: repeats long texts in so many records that they hold more"
                " than 2,048 MB, which no survey does; save it again, or export it as CSV",
            )


# -- wide files and long lines --------------------------------------------------------------------


def test_ten_thousand_columns(tmp_path: Path) -> None:
    names = [f"x{at}" for at in range(10_000)]
    folder = small(tmp_path, before__csv=make.wide(CSV, names, "7"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = ran(folder, "panel")
    assert (result.status, result.shown, listed(result)) == (0, "", [])
    raw = pq.read_table(tmp_path / "data/processed/intake/before.parquet")
    assert raw.shape == (8, 1 + 7 + 10_000)
    assert all(set(raw.column(name).to_pylist()) == {"7"} for name in ("x0", "x9999"))


@pytest.mark.parametrize(
    ("names", "line"),
    [
        (["twice"] * 2_000, f"{RAW}: line 1: 'twice' names columns 8 and 9 and 10"),
        ([""] * 2_000, f"{RAW}: line 1: column 8, 9, 10"),
        (["x", "line"] * 2, f"{RAW}: line 1: 'x' names columns 8 and 10; name them apart"),
    ],
)
def test_what_is_wrong_with_many_columns_is_one_line_that_can_be_read(
    tmp_path: Path, names: list[str], line: str
) -> None:
    result = ran(small(tmp_path, before__csv=make.wide(CSV, names, "7")), "check")
    assert result.status == 1 and result.lines[0].startswith(line), result.shown
    assert len(result.shown) < 600
    if len(names) > 4:
        assert len(result.lines) == 1 and "1,970 more" in result.shown
        assert "header: {" in result.shown  # the remedy is still there


@pytest.mark.parametrize("word", ["n" * 10**6, "\x1b]0;a title\x07\x1b[2J"])
def test_a_name_is_cut_and_cannot_steer_the_terminal(
    tmp_path: Path, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    content = make.wide([[word if cell == "score" else cell for cell in CSV[0]], *CSV[1:]], [], "")
    folder = small(tmp_path, before__csv=content.replace("retired", f"re{word}"))
    result = ran(folder, "check")
    stops(result, f"{RAW}: no column is called 'score'")
    assert result.shown.endswith("(renamed: says how this file calls it)")
    with inside(folder):
        assert main(["describe", RAW]) == 0
    shown = result.shown + capsys.readouterr().out
    assert all(line.isprintable() and len(line) < 4000 for line in shown.splitlines())


# -- what is no plain file ------------------------------------------------------------------------


def as_pipe(path: Path) -> None:
    os.mkfifo(path)


def as_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def as_folder(path: Path) -> None:
    path.mkdir()


def as_dangling_link(path: Path) -> None:
    path.symlink_to("nowhere")


def as_link_to_itself(path: Path) -> None:
    path.symlink_to(path.name)


def as_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made, inside(path.parent):
        made.bind(path.name)


NO_FILES = {
    as_pipe: "is no file but a pipe or a device",
    as_device: "is no file but a pipe or a device",
    as_folder: "is a folder, not a file",
    as_dangling_link: "is a link to a file that is not there",
    as_link_to_itself: "is a link to a file that is not there",
    as_socket: "is no file but a pipe or a device",
}


@pytest.mark.parametrize("kind", NO_FILES, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        (RAW, "(files.before.path); put it there, or correct its path in config.yaml"),
        ("data/raw/SOURCES.yaml", "it lists where each raw file came from: write there, for each"),
        ("data/raw/CORRECTIONS.yaml", "put the file itself there, or remove it if nothing is to"),
        ("config.yaml", "a study is a folder that holds config.yaml"),
    ],
)
def test_a_pipe_a_device_a_folder_or_an_empty_link(
    tmp_path: Path, kind: Callable[[Path], None], name: str, remedy: str
) -> None:
    """None is opened (a pipe would wait for ever); a corrections file is not passed over."""
    folder = small(tmp_path)
    (folder / name).unlink(missing_ok=True)
    kind(folder / name)
    result = ran(folder, "check")
    stops(result, f"{name}: {NO_FILES[kind]}")
    assert remedy in result.shown
    assert not (folder / "results").exists() and not (folder / "data/processed").exists()


def test_a_link_or_a_folder_that_leads_out(tmp_path: Path) -> None:
    folder, outside = small(tmp_path / "study"), tmp_path / "outside"
    outside.mkdir()
    shutil.move(folder / RAW, outside / "before.csv")
    (folder / RAW).symlink_to(outside / "before.csv")
    stops(ran(folder, "check"), f"{RAW}: leads out of the study's folder, to {outside}/before.csv")
    (folder / RAW).unlink()
    (folder / "data/raw/more").symlink_to(outside)
    config = (folder / "config.yaml").read_text().replace(RAW, "data/raw/more/before.csv")
    (folder / "config.yaml").write_text(config)
    stops(
        ran(folder, "check"), "data/raw/more/before.csv: leads out of the study's folder",
        "data/raw/SOURCES.yaml: lists no file 'more/before.csv'",
    )  # fmt: skip


@pytest.mark.parametrize("name", ["config.yaml", "data/raw/SOURCES.yaml", CORRECTED])
def test_what_says_how_a_study_is_read_is_no_link_out_of_it(tmp_path: Path, name: str) -> None:
    folder, outside = small(tmp_path / "study"), tmp_path / "elsewhere.yaml"
    (folder / CORRECTED).write_text("corrections: []\n")
    shutil.move(folder / name, outside)
    (folder / name).symlink_to(outside)
    stops(ran(folder, "check"), f"{name}: leads out of the study's folder, to {outside}; put the")


def test_a_link_within_the_folder_is_followed(tmp_path: Path) -> None:
    folder = small(tmp_path)
    shutil.move(folder / RAW, folder / "data/raw/export of January.csv")
    (folder / RAW).symlink_to("export of January.csv")
    result = ran(folder, "check")
    assert (result.status, result.shown) == (0, "")


AS_ANOTHER = """
import os, sys
from pathlib import Path
from bad_input.test_table import ran
from small_study import steps

assert ran(Path(sys.argv[2]), "check").status == 0  # all modules are imported by now
os.chdir(sys.argv[1])
if os.geteuid() == 0:
    os.setgroups([])
    os.setresgid(65534, 65534, 65534)
    os.setresuid(65534, 65534, 65534)
status, shown = steps("check")
print(shown)
sys.exit(status)
"""


@pytest.mark.parametrize("name", [RAW, "data/raw/SOURCES.yaml", "config.yaml"])
def test_a_file_without_the_right_to_read_it(tmp_path: Path, name: str) -> None:
    """As another user where this one is root, whom no right stops."""
    folder, other = small(tmp_path / "study"), small(tmp_path / "other")
    (folder / name).chmod(0)
    done = subprocess.run(
        [sys.executable, "-c", AS_ANOTHER, str(folder), str(other)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])},
        capture_output=True, text=True,
    )  # fmt: skip
    (folder / name).chmod(0o644)
    assert done.returncode == 1 and done.stderr == "", done.stderr
    assert done.stdout.startswith(f"{name}: may not be read by you (chmod u+r)")
    assert len(done.stdout.splitlines()) == 1


# -- a file that is being written while it is read -------------------------------------------------


def appended(path: Path) -> None:
    with path.open("ab") as stream:
        stream.write(b"P01,2024-01-01\n")


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def emptied(path: Path) -> None:
    os.truncate(path, 0)


def replaced_by_one_of_the_same_size_and_time(path: Path) -> None:
    stamp, content = path.stat(), path.read_bytes()
    path.with_suffix(".new").write_bytes(content.replace(b"employed", b"emplojed"))
    os.utime(path.with_suffix(".new"), ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    path.with_suffix(".new").replace(path)


def overwritten_in_place_at_the_same_time(path: Path) -> None:
    stamp, content = path.stat(), path.read_bytes()
    path.write_bytes(content.replace(b"employed", b"emplojed"))
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))


def taken_away(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("when", ["before it is read", "after it was read"])
@pytest.mark.parametrize(
    "change",
    [
        appended,
        cut,
        emptied,
        replaced_by_one_of_the_same_size_and_time,
        overwritten_in_place_at_the_same_time,
        taken_away,
    ],
    ids=lambda change: change.__name__,
)
def test_a_file_that_changes_while_it_is_read(
    tmp_path: Path, change: Callable[[Path], None], when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After its checksum was right: one line, and no table of it."""
    read = intake_step.read_raw

    def meanwhile(path: Path, file: Any) -> Any:
        if path.name == "before.csv" and when == "before it is read":
            change(path)
        frame = read(path, file)
        if path.name == "before.csv" and when == "after it was read":
            change(path)
        return frame

    monkeypatch.setattr(intake_step, "read_raw", meanwhile)
    folder = small(tmp_path)
    result = ran(folder, "check")
    stops(result, f"{RAW}: changed while it was being read; wait until it is written whole, then")
    assert not (folder / "data/processed/intake").exists()


# -- full disks -----------------------------------------------------------------------------------


def jobs(folder: Path, *targets: str) -> list[list[str]]:
    """Every job of a study (or of these targets), in order, as the words after `cesp`."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile")),
            *("--directory", str(folder), "--cores", "1", "--dry-run", "--printshellcmds"),
            *("--workflow-profile", "none", "--scheduler", "greedy", *targets),
        ],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    begins = "Shell command: cesp "
    lines = [line for line in (done.stdout + done.stderr).splitlines() if begins in line]
    work = [shlex.split(line.partition(begins)[2].split(" &> ")[0]) for line in lines]
    for trace, to in TOLD.items():  # as a run does when it begins
        write_told(takewhile(lambda job, own=trace: job[0] != own, work), folder, to=to)
    return work


FULL = """
import contextlib, io, json, resource, sys
from hashlib import sha256
from pathlib import Path
from cesp_analysis.cli import main

def there():
    return {str(p): sha256(p.read_bytes()).hexdigest()
            for top in ("results", "data/processed") for p in Path(top).rglob("*") if p.is_file()}

def run(job, room):
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
        try:
            status = main(job)
        except BaseException as error:
            status = repr(error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
    return status, said.getvalue(), there()

told = []
for job in json.loads(sys.stdin.read()):
    tries = [run(job, room) for room in (0, 900)]
    told.append([job, run(job, resource.RLIM_INFINITY), tries])
print(json.dumps(told))
"""


def test_every_step_on_a_full_disk_says_so_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    """No file may grow beyond so many bytes; each step is tried, then run."""
    Study(tmp_path).write()
    work = jobs(tmp_path)
    names = {job[0] for job in work}
    assert {"intake", "clean", "panel", "fit", "draw", "write", "render"} <= names
    done = subprocess.run(
        [sys.executable, "-c", FULL],
        input=json.dumps(work),
        env=os.environ | {"PYTHONPATH": str(ROOT / "src"), "MPLBACKEND": "agg"},
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout)
    final = told[-1][1][2]
    for job, whole, tries in told:
        assert whole[0] == 0, (job, whole)
        for at, (status, said, files) in enumerate(tries):
            if at == 0 or status != 0:  # what is smaller than 900 bytes is written
                assert status == 1, (job, status, said)
                assert len(said.splitlines()) == 1, (job, said)
                assert ": cannot be written (" in said and "File too large" in said
                assert "nothing of it was kept: make room on the disk" in said
            for path, checksum in files.items():
                assert final[path] == checksum, (job, path)


SMALL_DISK = r"""
set -e
mount -t tmpfs -o size="$2",mode=755 none "$1/disk"
cp -r "$1/study" "$1/disk/"
set +e
run() { "$3" -m snakemake --snakefile "$4/Snakefile" --directory "$1/disk/study" --cores 2 \
  results/tables/flow.csv --workflow-profile "$4/profiles/default" > "$1/$5.txt" 2>&1
  echo $? > "$1/$5.status"; }
run "$@" full
cp -r "$1/disk/study" "$1/left"
mount -o remount,size=200m "$1/disk"
run "$@" again
cp -r "$1/disk/study" "$1/made"
"""


def test_a_run_on_a_disk_that_fills_up_and_again_when_there_is_room(tmp_path: Path) -> None:
    """A disk in memory, of this test alone: a mount in a namespace of its own."""
    probe = ["unshare", "-rm", "mount", "-t", "tmpfs", "none", str(tmp_path)]
    if not shutil.which("unshare") or subprocess.run(probe, capture_output=True).returncode:
        pytest.skip("no namespaces of one's own here: unshare -rm may not mount")
    (tmp_path / "study").mkdir()
    Study(tmp_path / "study").write()
    (tmp_path / "disk").mkdir()
    words = [str(tmp_path), "200k", sys.executable, str(ROOT)]
    subprocess.run(
        ["unshare", "-rm", "bash", "-c", SMALL_DISK, "-", *words],
        check=True,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
    )
    full, again = ((tmp_path / f"{name}.txt").read_text() for name in ("full", "again"))
    assert (tmp_path / "full.status").read_text().strip() == "1", full
    said = ("No space left on device", "no space is left on the disk: make room on it")
    assert any(words in full for words in said) and "Traceback" not in full, full
    assert "permission" not in full, full
    assert (tmp_path / "again.status").read_text().strip() == "0", again
    left, made = tmp_path / "left", tmp_path / "made"
    tops = [top for name in ("results", "data/processed") for top in [left / name] if top.exists()]
    for path in (path for top in tops for path in top.rglob("*") if path.is_file()):
        if "logs" not in path.parts:
            assert path.read_bytes() == (made / path.relative_to(left)).read_bytes(), path
    assert (made / "results/tables/flow.csv").stat().st_size > 100


def test_a_key_that_cannot_be_written_leaves_no_half_a_key(tmp_path: Path) -> None:
    script = (
        "import resource, sys; from pathlib import Path;"
        " from cesp_analysis.errors import CespError;"
        " from cesp_analysis.intake.key import made_key;"
        " resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))\n"
        "try: made_key(Path('k/own.key'))\n"
        "except CespError as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    assert done.stdout.startswith("k/own.key: the key of the study's pseudonyms cannot be written")
    assert done.stderr == "" and not (tmp_path / "k/own.key").exists()
