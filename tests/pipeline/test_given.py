"""Files beside the raw ones: what they hold decides, not their times."""

import os
import re
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import yaml
from running import ROOT, copy_of_study, snakemake, would_run

from cesp_analysis.cli import main
from cesp_analysis.declared.source_list import SOURCES
from cesp_analysis.errors import CespError
from cesp_analysis.given import given, hold
from cesp_analysis.study.read import read_study
from cesp_analysis.study_faults import faults_of_files
from generated_survey import study_of
from small_study import Study, inside


def test_an_older_file_that_holds_something_else_is_told_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "margins.csv"
    path.write_text("a", encoding="utf-8")
    (before,) = given([str(path)])
    path.write_text("b", encoding="utf-8")
    os.utime(path, ns=(0, 0))
    assert given([str(path)]) != [before] and given([]) == []
    with pytest.raises(CespError, match=r"margins\.csv: has changed since the run began"):
        hold(before)
    path.write_text("a", encoding="utf-8")
    hold(before)


GIVEN = {
    "weigh": ["--panel", "--margins", "--out", "--weights", "--weighting", "--margin-table"],
    "replicate": ["--panel", "--margins", "--out"],
    "value": ["--records", "--paths", "--out", "--problems"],
    "external": ["--paths", "--out", "--divergences"],
    "ladder": ["--panel", "--estimates", "--out", "--curves", "--bracket", "--identities"],
    "specification_curve": ["--panel", "--out"],
    "progression": ["--rates", "--records", "--panel", "--out", "--sample-size"],
    "cost": [
        "--records", "--panel", "--visits", "--scores", "--events", "--problems", "--ledger",
        "--out", "--table", "--prices", "--exceptions", "--use",
    ],
    "evaluate": [
        "--panel", "--events", "--visits", "--records", "--scores", "--samples", "--out", "--curve",
        "--plane", "--quadrants", "--information", "--known", "--means", "--imputation",
    ],
    "import_interviews": ["--out", "--interviews", "--codes", "--notes", "--pseudonyms"],
    "join": [
        "--excerpts", "--pseudonyms", "--estimates", "--ladder", "--out", "--themes", "--quotes",
    ],
    "process": ["--records", "--panel", "--out"],
    "learn": ["--panel", "--out", "--known"],
    "size": ["--draws", "--out"],
    "worth": ["--draws", "--planned", "--net-benefit", "--out"],
    "fit": [
        "--model", "--panel", "--estimates", "--means", "--diagnostics", "--residuals",
        "--influence",
    ],
    "intake": ["--checksums", "--out", "--corrected"],
    "score": ["--records", "--out"],
    "missing": ["--panel", "--events", "--records", "--out", "--patterns", "--predictors"],
    "measure": [
        "--records", "--panel", "--estimates", "--out", "--items", "--cells", "--distributions",
    ],
    "impute": [
        "--panel", "--events", "--visits", "--records", "--out", "--covariates", "--handled",
        "--traces", "--table", "--sets",
    ],
    "plan": ["--estimates", "--estimands", "--planned", "--locks", "--changed"],
    "published": ["--expected", "--out"],
    "tick": ["--filled", "--results", "--sources", "--out"],
    "write": ["--results", "--sources", "--out"],
    "trace": ["--told", "--out"],
    "trace_public": ["--told", "--out"],
    "crate": ["--results", "--files", "--workflow", "--sources", "--locks", "--out"],
}  # fmt: skip
"""Each step that is told checksums of files beside the raw ones → its other arguments."""
WITHOUT_SPEC = ("published", "trace", "trace_public")
HELD = {"intake": "--held"}
"""How the option is called where --checksums are those of raw files."""


@pytest.mark.parametrize("step", GIVEN)
def test_a_step_holds_its_files_to_their_checksums_before_anything_else(
    step: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """None of its other inputs is there, and its spec is none: it does not come so far."""
    (tmp_path / "own.csv").write_text("a", encoding="utf-8")
    (before,) = given([str(tmp_path / "own.csv")])
    (tmp_path / "own.csv").write_text("b", encoding="utf-8")
    others = [part for name in GIVEN[step] for part in (name, str(tmp_path / "none"))]
    spec = [] if step in WITHOUT_SPEC else ["--spec", "none"]
    with inside(tmp_path):
        assert main([step, *spec, *others, HELD.get(step, "--checksums"), before]) == 1
    shown = capsys.readouterr().err
    assert shown.strip() == (
        f"{tmp_path}/own.csv: has changed since the run began; let it be written to its end, and"
        " run again"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["own.csv"]


def with_every_file(folder: Path) -> Path:
    """The root study, with each kind of file that a study may have beside the raw ones."""
    copy_of_study(ROOT, folder)
    shutil.copy(ROOT / "analysis_plan.lock.json", folder)
    package = ROOT / "src/cesp_analysis"
    shutil.copy(package / "instruments/ucla3.yaml", folder / "mine.yaml")
    shutil.copy(package / "models/shock_prior.csv", folder / "prior.csv")
    for name, text in {
        "expected.csv": "quantity,published,tolerance,tolerance_is,source,reason\n",
        "judgements.csv": "criterion,zone,evidence,justification\n",
        "values.csv": "state,value\n11111,1\n55555,0\n",
        "towns.csv": "location,arm,people\n" + "".join(
            f"L{k},{'control' if k % 2 else 'intervention'},20\n" for k in range(40)
        ),
    }.items():  # fmt: skip
        (folder / name).write_text(text, encoding="utf-8")
    told: dict[str, Any] = yaml.safe_load(read(folder / "config.yaml"))
    told["instruments"] = {"ucla3": {"path": "mine.yaml"}}
    told["few_sites"] = {**told.get("few_sites", {}), "prior": "prior.csv"}
    told["published"] = {"path": "expected.csv"}
    told["feasibility"]["judgements"] = "judgements.csv"
    del told["feasibility"]["progression"]["acceptability"]["judgement"]
    del told["feasibility"]["decision"]
    told["value_sets"] = {
        "made_up": {"instrument": "eq5d_5l", "path": "values.csv", "label": "Made", "source": "S"}
    }
    told["outcomes"]["valued"] = {
        "label": "Made up", "score": "eq5d_5l.made_up", "unit": "value",
        "direction": "higher_is_better",
    }  # fmt: skip
    told["surveys"]["weights"]["replicates"] = "jackknife"
    told["missing_data"]["imputation"]["items"] = ["loneliness"]
    told["planning"]["designs"]["towns"] = {
        "label": "Towns", "kind": "parallel_post", "sizes": "towns.csv",
    }  # fmt: skip
    (folder / "config.yaml").write_text(
        yaml.safe_dump(told, allow_unicode=True, sort_keys=False), encoding="utf-8"
    )
    return folder


def test_a_rule_is_told_the_checksum_of_each_file_that_no_rule_makes(tmp_path: Path) -> None:
    """Of raw files intake is told those that SOURCES.yaml lists, which these have."""
    study = with_every_file(tmp_path / "study")
    shown = snakemake(ROOT, study, "--dry-run", "--forceall", "--printshellcmds", plain=True)
    assert shown.returncode == 0, shown.stdout
    given_to: dict[str, set[str]] = {}
    for job in shown.stdout.split("\n\n"):
        found = re.search(r"^Shell command: cesp (\w+) (.*)$", job, re.MULTILINE)
        read_by = re.search(r"^    input: (.*)$", job, re.MULTILINE)
        if found is None or read_by is None:
            continue
        step, command = found.groups()
        for path in read_by[1].split(", "):
            if path.startswith(("data/processed/", "results/", ".snakemake/")):
                continue
            sha = sha256((study / path).read_bytes()).hexdigest()
            assert f'"{path}":"{sha}"' in command, (step, path)
            given_to.setdefault(step, set()).add(path)
    told_in = r'"cesp (\w+) (?:(?!"cesp ).)*?\{params\.checksums'
    told = {
        name
        for path in (ROOT / "rules").glob("*.smk")
        for name in re.findall(told_in, read(path), re.DOTALL)
    }
    assert set(given_to) == told == set(GIVEN), "a rule that is not asked, or a step not held"
    assert {"CORRECTIONS.yaml", "people.csv"} <= {Path(path).name for path in given_to["intake"]}
    assert given_to["score"] == given_to["measure"] == given_to["impute"] == {"mine.yaml"}


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_margins_that_changed_under_an_older_time_weigh_again(tmp_path: Path) -> None:
    study = study_of(tmp_path)
    study.write()
    weights, margins = tmp_path / "results/tables/weights.csv", tmp_path / "margins.csv"
    target = "results/tables/weights.csv"
    done = snakemake(ROOT, tmp_path, target)
    assert done.returncode == 0, done.stdout
    assert would_run(ROOT, tmp_path, target) == []
    before, text = weights.read_bytes(), read(margins)
    os.utime(margins)
    assert would_run(ROOT, tmp_path, target) == []
    changed = text.replace("north,w1,sex,f,510", "north,w1,sex,f,530")
    changed = changed.replace("north,w1,sex,m,490", "north,w1,sex,m,470")
    assert sum(one != other for one, other in zip(changed.split(), text.split(), strict=True)) == 2
    margins.write_text(changed, encoding="utf-8")
    os.utime(margins, ns=(0, 0))
    assert would_run(ROOT, tmp_path, target) == ["weigh"]
    done = snakemake(ROOT, tmp_path, target)
    assert done.returncode == 0, done.stdout
    assert weights.read_bytes() != before
    margins.write_text(text, encoding="utf-8")
    os.utime(margins, ns=(0, 0))
    assert snakemake(ROOT, tmp_path, target).returncode == 0 and weights.read_bytes() == before


def test_corrections_and_an_instrument_that_changed_under_an_older_time_are_read_again(
    study: Study,
) -> None:
    study.config["instruments"] = {"ucla3": {"path": "mine.yaml"}}
    study.write()
    mine, mended = study.folder / "mine.yaml", study.folder / "data/raw/CORRECTIONS.yaml"
    text = read(ROOT / "src/cesp_analysis/instruments/ucla3.yaml")
    mine.write_text(text, encoding="utf-8")
    entry = {"file": "people", "where": {"id": "P01"}, "column": "age", "expect": "31"}
    before = yaml.safe_dump({"corrections": [entry | {"value": "32", "why": "letter"}]})
    mended.write_text(before, encoding="utf-8")
    target = "data/processed/scores.parquet"
    done = snakemake(ROOT, study.folder, target)
    assert done.returncode == 0, done.stdout
    assert would_run(ROOT, study.folder, target) == []
    for path, held, other, step in (
        (mine, text, f"{text}\n# as printed\n", "score"),
        (mended, before, before.replace("32", "33"), "intake"),
    ):
        path.write_text(other, encoding="utf-8")
        os.utime(path, ns=(0, 0))
        assert other != held and step in would_run(ROOT, study.folder, target)
        path.write_text(held, encoding="utf-8")
        os.utime(path, ns=(0, 0))
        assert would_run(ROOT, study.folder, target) == []


@pytest.mark.parametrize("listed", ["0" * 64, None])
def test_a_listed_file_of_margins_that_changed_is_one_line(
    tmp_path: Path, listed: str | None
) -> None:
    study = study_of(tmp_path)
    study.write()
    with inside(tmp_path):
        entries: dict[str, Any] = yaml.safe_load(SOURCES.read_text(encoding="utf-8"))
        if listed:
            first = next(iter(entries["files"].values()))
            entries["files"]["../../margins.csv"] = first | {"sha256": listed}
        SOURCES.write_text(yaml.safe_dump(entries), encoding="utf-8")
        found = faults_of_files(read_study())
    assert len(found) == bool(listed)
    assert all(line.startswith("margins.csv: has changed since SOURCES.yaml") for line in found)
