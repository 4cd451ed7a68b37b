"""What leaves the team, of a study whose tables and figures are made: released, drawn, written."""

import json
from collections.abc import Iterator
from pathlib import Path

from cesp_analysis.cli import main
from cesp_analysis.disclosure import figures as disclosure_figures
from cesp_analysis.disclosure import specs as disclosure_specs
from cesp_analysis.figures.kinds import beside, kind_of
from cesp_analysis.provenance.record import RECORD, read_record
from cesp_analysis.report.results import Results
from cesp_analysis.study import specs
from cesp_analysis.study.study import Study
from cesp_analysis.study.wording import Wording

PUBLIC = Path("results/public")


def release(told: Study) -> int:
    """The step `release`, in the study's folder."""
    tables = [path.as_posix() for path in sorted(Path("results/tables").glob("*.csv"))]
    means = [f"results/models/{name}/means.csv" for name in told.models]
    return main([
        "release", "--spec", disclosure_specs.release(told, tables), "--results", "results",
        "--out", str(PUBLIC), "--account", str(PUBLIC / "released.csv"),
        "--tables", *disclosure_specs.leaving(tables), *(["--means", *means] if means else []),
        *(["--dose", "results/tables/dose.csv"] if "results/tables/dose.csv" in tables else []),
    ])  # fmt: skip


def drawn(told: Study, only: frozenset[str] = disclosure_figures.LEAVE) -> Iterator[str]:
    """Draw every figure that leaves, of `only` these kinds; others are said to be there."""
    (PUBLIC / "figures").mkdir(parents=True, exist_ok=True)
    record = read_record(Path("results") / RECORD)
    names = [path.stem for path in sorted(Path("results/figures").glob("*.json"))]
    made = [name for name in names if record.maker_of(f"results/figures/{name}.svg")]
    for figure in disclosure_figures.leaving(made):
        kind, level = kind_of(figure)
        out = PUBLIC / "figures" / figure
        if kind not in only:
            about = json.loads(Path(f"results/figures/{figure}.json").read_text())
            Path(f"{out}.json").write_text(json.dumps(about))
            Path(f"{out}.csv").write_text("panel,x,y\n")
            continue
        own = [disclosure_figures.inside_public(p) for p in beside(figure, told.predicting(level))]
        wording = specs.wording(told, figures=True, kind=kind)
        assert main([
            "draw", "--figure", figure, "--spec", wording,
            "--table", disclosure_figures.released_table(figure),
            *(["--beside", *own] if own else []), "--svg", f"{out}.svg", "--png", f"{out}.png",
            "--about", f"{out}.json", "--data", f"{out}.csv",
        ]) == 0, figure  # fmt: skip
        yield figure


def results_released(told: Study) -> Results:
    """What the report that leaves the team is written from."""
    words = Wording.model_validate_json(specs.wording(told, public=True))
    return Results(words, PUBLIC, Path("data/raw/SOURCES.yaml"))
