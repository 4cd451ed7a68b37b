"""What leaves the team, of a study whose tables and figures are made: released, drawn, written."""

import json
import shlex
from collections.abc import Iterator
from pathlib import Path

from cesp_analysis.cli import main
from cesp_analysis.declared.wording import Wording
from cesp_analysis.disclosure import figures as disclosure_figures
from cesp_analysis.disclosure import specs as disclosure_specs
from cesp_analysis.figures.kinds import beside, kind_of
from cesp_analysis.planning import specs as planning_specs
from cesp_analysis.provenance.record import RECORD, read_record
from cesp_analysis.report.results import Results
from cesp_analysis.report.wording_spec import wording_spec
from cesp_analysis.study.study import Study
from cesp_analysis.whole_files import write_json
from told import TOLD, TOLD_PUBLIC, TRACE_PUBLIC

PUBLIC = Path("results/public")


def command_of(told: Study, tables: list[str]) -> list[str]:
    """The step `release` of these tables, in the study's folder."""
    means = [f"results/models/{name}/means.csv" for name in told.models]
    return [
        "release", "--spec", disclosure_specs.release(told, tables), "--results", "results",
        "--out", str(PUBLIC), "--account", str(PUBLIC / "released.csv"),
        "--tables", *disclosure_specs.leaving(tables), *(["--means", *means] if means else []),
        *(["--dose", "results/tables/dose.csv"] if "results/tables/dose.csv" in tables else []),
    ]  # fmt: skip


def release(told: Study) -> int:
    """Run the step `release` of all tables that are there, in the study's folder."""
    tables = [path.as_posix() for path in sorted(Path("results/tables").glob("*.csv"))]
    return main(command_of(told, tables))


def drawn(told: Study, only: frozenset[str] = disclosure_figures.LEAVE) -> Iterator[str]:
    """Draw every figure that leaves, of `only` these kinds; others are said to be there."""
    (PUBLIC / "figures").mkdir(parents=True, exist_ok=True)
    record = read_record(Path("results") / RECORD)
    names = [path.stem for path in sorted(Path("results/figures").glob("*.json"))]
    for figure in disclosure_figures.leaving(names):
        kind, level = kind_of(figure)
        out = PUBLIC / "figures" / figure
        if kind not in only or not record.maker_of(f"results/figures/{figure}.svg"):
            about = json.loads(Path(f"results/figures/{figure}.json").read_text())
            Path(f"{out}.json").write_text(json.dumps(about))
            Path(f"{out}.csv").write_text("panel,x,y\n")
            for name in (about["csv"], about["svg"]):
                out.with_name(name).write_text("panel,x,y\n")
            continue
        made = beside(figure, told.predicting(level), planning_specs.not_made(told))
        own = [disclosure_figures.inside_public(path) for path in made]
        wording = wording_spec(told, figures=True, kind=kind)
        assert main([
            "draw", "--figure", figure, "--spec", wording,
            "--table", disclosure_figures.released_table(figure),
            *(["--beside", *own] if own else []), "--svg", f"{out}.svg", "--png", f"{out}.png",
            "--about", f"{out}.json", "--data", f"{out}.csv",
        ]) == 0, figure  # fmt: skip
        yield figure


def trace_released(told: Study) -> None:
    """Write where all of it comes from, of the jobs that the team's own record tells and these."""
    told_inside = json.loads(TOLD.read_text(encoding="utf-8"))
    tables = [path.as_posix() for path in sorted(Path("results/tables").glob("*.csv"))]
    there = [path.as_posix() for path in sorted(PUBLIC.rglob("*")) if path.is_file()]
    drawn_here = [path for path in there if path.startswith("results/public/figures/")]
    release_job = {
        "rule": "release", "inputs": disclosure_specs.leaving(tables),
        "outputs": [path for path in there if path not in drawn_here],
        "command": shlex.join(["cesp", *command_of(told, tables)]),
    }  # fmt: skip
    draw_job = {
        "rule": "draw_public", "inputs": ["results/public/tables/means.csv"],
        "outputs": drawn_here, "command": "cesp draw",
    }  # fmt: skip
    shared = {"does": "Does it.", "wildcards": {}, "code": ["cesp_analysis/cli.py"], "spec": ""}
    own = [shared | job for job in (release_job, draw_job) if job["outputs"]]
    write_json([*told_inside, *own], TOLD_PUBLIC)
    assert main(TRACE_PUBLIC) == 0


def results_released(told: Study) -> Results:
    """What the report that leaves the team is written from."""
    trace_released(told)
    words = Wording.model_validate_json(wording_spec(told, public=True))
    return Results(words, PUBLIC, Path("data/raw/SOURCES.yaml"))
