"""The DAG: what re-runs after a change, the same bytes whatever happens, one place to add."""

import fcntl
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from running import (
    ROOT,
    checksums,
    command,
    copy_of_program,
    copy_of_study,
    environment,
    snakemake,
    would_run,
)

from snakemake_logger_plugin_cesp.words import purposes_of

STUDY = ROOT / "examples" / "beat_the_blues"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An editable copy of the program."""
    return copy_of_program(tmp_path_factory.mktemp("checkout") / "program")


@pytest.fixture(scope="module")
def study(program: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three models of Beat the Blues, in a folder with a space, brackets and an apostrophe."""
    folder = copy_of_study(STUDY, tmp_path_factory.mktemp("studies") / "anne's study (v2) [old]")
    edited(folder, _of_three_models)
    expected = folder / "expected.csv"
    head, *rows = expected.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [row for row in rows if row.startswith("random_intercept_ml/")]
    assert len(kept) == 19
    expected.write_text("".join([head, *kept]), encoding="utf-8")
    done = snakemake(program, folder)
    assert done.returncode == 0, done.stdout
    return folder


def edited(study: Path, change: object) -> None:
    """config.yaml after `change(config)`."""
    path = study / "config.yaml"
    config = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)
    change(config)  # type: ignore[operator]
    text = yaml.safe_dump(config, sort_keys=False, allow_unicode=True)  # all as text, but one
    path.write_text(text.replace("format: '1'\n", "format: 1\n"), encoding="utf-8")


@pytest.fixture
def config(study: Path):  # type: ignore[no-untyped-def]
    """config.yaml, put back after the test."""
    path = study / "config.yaml"
    before = path.read_bytes()
    yield path
    path.write_bytes(before)


def test_nothing_to_do_the_second_time(program: Path, study: Path) -> None:
    assert would_run(program, study) == []
    assert "nothing to do" in snakemake(program, study).stdout.lower()


def test_a_result_edited_by_hand_never_becomes_the_report(program: Path, study: Path) -> None:
    before = checksums(study)
    table, page = study / "results/tables/estimates.csv", study / "results/report/index.html"
    for path in (table, page):  # what others are made of, and what nothing is
        path.write_text(path.read_text(encoding="utf-8").replace("1", "7"), encoding="utf-8")
        done = snakemake(program, study)
        assert done.returncode == 1
        name = path.relative_to(study).as_posix()
        assert f"\n{name}: was changed at " in done.stdout and "delete it here" in done.stdout
        path.unlink()
        assert snakemake(program, study).returncode == 0
        assert checksums(study) == before


def test_editing_one_model_reruns_it_and_what_depends_on_it(
    program: Path, study: Path, config: Path
) -> None:
    edited(study, lambda data: data["models"]["change_by_time"].update(covariance="classical"))
    jobs = would_run(program, study)
    assert "fit change_by_time" in jobs
    assert [job for job in jobs if job.startswith("fit ")] == ["fit change_by_time"]
    spine = {"intake", "clean", "score", "panel", "means", "missing", "baseline", "flow"}
    assert not spine & set(jobs)


def test_an_edit_of_sources_reruns_the_report_alone(program: Path, study: Path) -> None:
    path = study / "data/raw/SOURCES.yaml"
    before, stamp = path.read_bytes(), path.stat()
    path.write_bytes(re.sub(rb"supplier: .*", b"supplier: somebody else", before))
    try:
        assert path.read_bytes() != before
        report = ["crate", "manifest", "pdf", "render", "word", "write"]
        both = [*report, *(f"{step}_public" for step in report)]
        assert would_run(program, study) == sorted(both)
    finally:
        path.write_bytes(before)
        os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))


def test_a_label_or_unit_reruns_no_cleaning(program: Path, study: Path, config: Path) -> None:
    def relabelled(data: dict[str, Any]) -> None:
        for file in data["files"].values():
            for number, entry in enumerate(file.get("variables", {}).values()):
                entry["label"] = f"Another label {number}"
                entry["unit"] = "other units"
            for entry in file.get("derived", {}).values():
                entry["label"] = "Another label"

    edited(study, relabelled)
    jobs = would_run(program, study)
    assert "dictionary" in jobs
    assert not {"intake", "clean", "panel", "fit change_by_time"} & set(jobs)


def test_a_command_line_override_reaches_the_job(program: Path, study: Path) -> None:
    override = ["--config", "models={change_by_time: {covariance: classical}}"]
    done = snakemake(program, study, "--dry-run", *override, plain=True)
    fits = [line for line in done.stdout.splitlines() if "wildcards: model=" in line]
    assert fits == ["    wildcards: model=change_by_time"]


@pytest.mark.parametrize(
    ("file", "rerun", "kept"),
    [
        ("describe/baseline.py", {"baseline"}, {"panel", "means", "fit change_by_time"}),
        ("models/did.py", {"fit change_by_time"}, {"panel", "means"}),
        ("models/mixed_words.py", {"fit mixed_by_time"}, {"fit change_by_time", "panel"}),
        ("report/report.css", {"render"}, {"write", "word", "pdf", "fit change_by_time"}),
        ("report/report.typ", {"pdf"}, {"write", "word", "render"}),
        ("report/word_styles.xml", {"word"}, {"write", "pdf", "render"}),
        (
            "provenance/crate.py",
            {"crate", "crate_public", "manifest"},
            {"trace", "write", "render"},
        ),
        ("provenance/verify.py", set(), {"trace", "write", "crate", "manifest"}),
        ("clean/columns.py", {"clean"}, {"intake"}),
        ("clean/visits.py", {"clean"}, {"intake", "dictionary"}),
        ("clean/events.py", {"clean"}, {"intake", "dictionary"}),
        ("checklists/trend.yaml", {"write"}, {"panel", "fit change_by_time"}),
        ("study/rules.py", set(), {"intake", "dictionary", "clean"}),
    ],
)
def test_editing_a_source_file_reruns_the_steps_made_of_it(
    program: Path, study: Path, file: str, rerun: set[str], kept: set[str]
) -> None:
    path = program / "src" / "cesp_analysis" / file
    before, stamp = path.read_bytes(), path.stat()
    remarks = {".css": b"/* changed */", ".typ": b"// changed", ".xml": b"<!-- changed -->"}
    comment = remarks.get(path.suffix, b"# changed")
    path.write_bytes(before + b"\n" + comment + b"\n")
    try:
        jobs = would_run(program, study)
        assert rerun <= set(jobs), jobs
        if file not in ("clean/columns.py",):
            assert not kept & set(jobs), jobs
        assert "intake" not in jobs
    finally:
        path.write_bytes(before)
        os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))


def test_what_a_rule_says_that_it_does_is_told_as_it_is_now(program: Path, study: Path) -> None:
    """No step is made again but those that say it; the record and both reports are."""
    path = program / "rules" / "describe.smk"
    before, stamp = path.read_text(encoding="utf-8"), path.stat()
    (purpose,) = re.findall(r'rule baseline:\n    """(.*)"""', before)
    path.write_text(before.replace(purpose, "Say who was there."), encoding="utf-8")
    try:
        steps = ["crate", "manifest", "pdf", "render", "trace", "word", "write"]
        both = sorted([*steps, *(f"{step}_public" for step in steps)])
        assert would_run(program, study) == both
        assert snakemake(program, study).returncode == 0
        for name in ("provenance.json", "report/report.json", "public/provenance.json"):
            text = (study / "results" / name).read_text(encoding="utf-8")
            assert "Say who was there." in text and purpose not in text, name
    finally:
        path.write_text(before, encoding="utf-8")
        os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
        assert snakemake(program, study, "--forcerun", "trace", "trace_public").returncode == 0


def test_the_raw_files_are_never_written_to(study: Path) -> None:
    for path in (STUDY / "data" / "raw").iterdir():
        assert (study / "data" / "raw" / path.name).read_bytes() == path.read_bytes()


def test_a_mistake_in_config_is_the_last_thing_on_the_screen(
    program: Path, study: Path, config: Path
) -> None:
    edited(study, lambda data: data["models"]["change_by_time"].update(outcomes=["bdo"]))
    done = snakemake(program, study)
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == (
        "config.yaml: models.change_by_time.outcomes: no outcome is called 'bdo'; did you mean"
        " 'bdi'? (declared: bdi)"
    )
    assert "Traceback" not in done.stdout


def test_a_changed_raw_file_is_the_last_thing_on_the_screen(program: Path, tmp_path: Path) -> None:
    folder = copy_of_study(STUDY, tmp_path / "changed")
    raw = folder / "data" / "raw" / "btheb.csv"
    raw.write_bytes(raw.read_bytes() + b"101,No,>6m,TAU,29,2,2,,\n")
    done = snakemake(program, folder)
    assert done.returncode == 1
    last = done.stdout.splitlines()[-1]
    assert last.startswith("data/raw/btheb.csv: has changed since SOURCES.yaml was written")
    assert "Traceback" not in done.stdout


def test_a_run_that_stopped_stops_again_until_the_file_is_restored(
    program: Path, study: Path, tmp_path: Path
) -> None:
    """A stopped run must not make a finished study look done, whatever the file's time says."""
    folder = tmp_path / "stopped"
    shutil.copytree(study, folder)  # with all that was made, and the files' times
    raw = folder / "data" / "raw" / "btheb.csv"
    assert would_run(program, folder) == []
    content, stamp, made = raw.read_bytes(), raw.stat(), checksums(folder)
    raw.write_bytes(content + b"\n")
    for age in (0, 10**15):  # a copy may keep the time of the file that it was copied from
        os.utime(raw, ns=(stamp.st_atime_ns, stamp.st_mtime_ns - age))
        done = snakemake(program, folder)
        assert done.returncode == 1 and "has changed since" in done.stdout.splitlines()[-1]
        assert checksums(folder) == made
    raw.write_bytes(content)
    os.utime(raw, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert "nothing to do" in snakemake(program, folder).stdout.lower()
    assert checksums(folder) == made


def test_a_problem_that_stops_leaves_the_whole_list(program: Path, tmp_path: Path) -> None:
    folder = copy_of_study(STUDY, tmp_path / "stops")
    edited(
        folder,
        lambda data: (
            data.update(problems={"stop_on": ["out_of_range"]}),
            data["files"]["patients"]["variables"]["bdi"].update(range=[0, 30]),
        ),
    )
    done = snakemake(program, folder)
    assert done.returncode == 1 and "Traceback" not in done.stdout
    last = done.stdout.splitlines()[-1]
    assert "results/tables/data_problems.csv lists each" in last, done.stdout
    listed = (folder / "results/tables/data_problems.csv").read_text().splitlines()
    assert len(listed) > 10


def test_what_is_taken_out_of_config_is_taken_out_of_the_report(
    program: Path, study: Path, config: Path
) -> None:
    page = study / "results" / "report" / "index.html"
    assert "published numbers agree" in page.read_text(encoding="utf-8")
    edited(study, lambda data: data.pop("published"))
    assert snakemake(program, study).returncode == 0
    assert "published numbers agree" not in page.read_text(encoding="utf-8")


def test_a_dry_run_and_a_list_do_not_wait_for_a_run(program: Path, study: Path) -> None:
    with (study / ".snakemake" / "cesp.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert would_run(program, study) is not None
        assert snakemake(program, study, "--list").returncode == 0
        done = snakemake(program, study, "--force", "collect")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1].startswith("this study is being run already")


def test_a_run_waits_for_a_step_that_outlived_the_last_one(program: Path, study: Path) -> None:
    """After kill -9 of Snakemake alone its jobs go on; they must not overwrite the next run's."""
    hold = "from cesp_analysis.lock import take_part; take_part(); print('at work'); input()"
    pipes = {"stdout": subprocess.PIPE, "text": True}
    unbuffered = environment(program) | {"PYTHONUNBUFFERED": "1"}
    seen = []
    with (
        subprocess.Popen(
            [sys.executable, "-c", hold], cwd=study, env=unbuffered, stdin=subprocess.PIPE, **pipes
        ) as step,
        subprocess.Popen(
            command(program, study, "--force", "collect"),
            env=unbuffered,
            stderr=subprocess.STDOUT,
            **pipes,
        ) as run,
    ):
        for line in run.stdout:
            seen.append(line)
            if "waiting for a step of an earlier run" in line:
                assert run.poll() is None
                step.communicate("\n")
    assert run.returncode == 0, seen
    assert any("waiting for a step" in line for line in seen)


def test_the_display_tells_the_purpose_of_every_rule(program: Path) -> None:
    purposes = dict(purposes_of(program / "Snakefile"))
    declared = set()
    for path in (program / "Snakefile", *(program / "rules").iterdir()):
        text = path.read_text(encoding="utf-8")
        declared |= set(re.findall(r"^\s*rule (\w+):", text, re.MULTILINE))
    assert set(purposes) == declared and all(purposes.values())
    assert "published" in declared


def test_one_more_of_each_touches_one_place(program: Path, tmp_path: Path) -> None:
    """An outcome, an instrument, a model, a model kind, a section, a figure: one place each."""
    more = copy_of_program(tmp_path / "program")
    package = more / "src" / "cesp_analysis"
    folder = copy_of_study(STUDY, tmp_path / "study")
    edited(folder, _of_one_model)
    before = would_run(program, folder)

    edited(folder, _with_more)
    (folder / "mood.yaml").write_text(MOOD, encoding="utf-8")
    section = package / "report" / "sections" / "thanks.py"
    section.write_text(SECTION, encoding="utf-8")
    _replaced(
        package / "report" / "write.py",
        LAST_SECTION,
        f'{LAST_SECTION}    "thanks": Section(public=False),\n',
    )
    (package / "models" / "spread.py").write_text(KIND, encoding="utf-8")
    _replaced(
        package / "models" / "kinds.py",
        "KINDS: dict[str, str] = {\n",
        'KINDS: dict[str, str] = {\n    "spread": "cesp_analysis.models.spread:Spread",\n',
    )

    (package / "figures" / "bars.py").write_text(FIGURE, encoding="utf-8")
    _replaced(package / "figures" / "kinds.py", "KINDS: dict[str, Kind] = {\n", ENTRY)

    after = would_run(more, folder)
    # the first instrument with items is the first that has a map of them
    added = ["draw bars_person", "draw missing_items_person", "fit ancova_like"]
    added += ["fit spread_of_bdi"]
    assert sorted(set(after) - set(before)) == added
    done = snakemake(more, folder)
    assert done.returncode == 0, done.stdout
    page = (folder / "results" / "report" / "index.html").read_text(encoding="utf-8")
    for words in ("Squared depression", "Mood (0 to 63)", "Mood (people)", "One more model"):
        assert words in page
    assert "spread_of_bdi/bdi" in page.replace("<wbr>", "")
    assert "Thanks to everybody who answered" in page
    assert "How many answered, as bars" in page


def _replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def _of_three_models(config: dict) -> None:  # type: ignore[type-arg]
    kept = ("random_intercept_ml", "change_by_time", "mixed_by_time")
    config["models"] = {name: config["models"][name] for name in kept}
    del config["missing_data"]  # of the other models


def _of_one_model(config: dict) -> None:  # type: ignore[type-arg]
    config["models"] = {"change_by_time": config["models"]["change_by_time"]}
    del config["published"], config["missing_data"]  # of the other models


def _with_more(config: dict) -> None:  # type: ignore[type-arg]
    patients = config["files"]["patients"]
    patients["derived"] = {"bdi_squared": {"expression": "bdi ** 2", "label": "BDI squared"}}
    config["outcomes"]["bdi_squared"] = {
        "label": "Squared depression",
        "variable": "bdi_squared",
        "unit": "points squared",
        "direction": "lower_is_better",
    }
    config["instruments"] = {"mood": {"path": "mood.yaml"}}
    config["files"]["mood_2m"] = {
        "path": "data/raw/btheb.csv",
        "level": "person",
        "unit": "subject",
        "time": {"constant": "2m"},
        "instruments": {"mood": "bdi.{item}"},
    }
    config["outcomes"]["mood"] = {
        "label": "Mood (0 to 63)",
        "score": "mood.total",
        "unit": "points",
        "direction": "lower_is_better",
        "times": ["2m"],
    }
    config["models"]["ancova_like"] = {
        "kind": "did",
        "label": "One more model",
        "design": "change",
        "outcomes": ["bdi_squared"],
    }
    config["models"]["spread_of_bdi"] = {"kind": "spread", "outcomes": ["bdi"]}


MOOD = """
name: mood
title: Mood in one question
response: any
items:
  - {code: 2m, label: mood, low: 0, high: 63}
scores:
  - {code: total, label: Mood, items: [2m], method: value, range: [0, 63],
     direction: higher_is_worse, unit: points}
source: made up for a test
copyright: none
missing_rule: one item
worked_example: {answers: {2m: 5}, scores: {total: 5}, source: made up}
"""

LAST_SECTION = '    "provenance": Section(public=True, peoples_words=True),\n'
SECTION = '''"""A section that a test adds."""

from cesp_analysis.report.blocks import Heading, Paragraph
from cesp_analysis.report.sections.figure import figure


def thanks(results):
    """Thanks."""
    yield Heading(1, "Thanks", "thanks")
    yield Paragraph("Thanks to everybody who answered.")
    yield from figure(results, "bars_person")
'''

FIGURE = '''"""A figure that a test adds."""

from cesp_analysis.figures.style import new_figure, styled


@styled
def bars(table):
    """A bar for each count."""
    figure = new_figure(3, 2)
    figure.subplots().bar(range(len(table)), table["n"])
    return figure


def drawn(table, words, level):
    """The figure, its caption, its description, what it was drawn from."""
    return bars(table), "How many answered, as bars.", "Bars", table
'''

ENTRY = """def _bars(table, words, level):
    from cesp_analysis.figures.bars import drawn

    return drawn(table, words, level)


KINDS: dict[str, Kind] = {
    "bars": Kind("results/tables/flow.csv", Flow, ("person",), _bars),
"""

KIND = '''"""A model kind that a test adds: the difference of the arms' standard deviations."""

from dataclasses import replace
from typing import Literal

from cesp_analysis.models.every_kind import ModelKind
from cesp_analysis.models.frame import frame_of
from cesp_analysis.models.results import Fit
from cesp_analysis.models.rows import Compared, asked_for


class Spread(ModelKind):
    """How much more one arm varies than the other."""

    kind: Literal["spread"]

    def own_fit(self, panel):
        """One description an outcome, without an interval."""
        rows = []
        for outcome in self.outcomes:
            frame = frame_of(panel, self, outcome)
            compared = Compared("difference of standard deviations", "at all times", "outcomes")
            asked = asked_for(self, outcome, None, "complete records", compared)
            row = asked.describe(frame)
            rows.append(row.not_estimable("described only"))
        return Fit(tuple(rows), (), {})
'''
