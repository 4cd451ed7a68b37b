"""What is wrong with use, contacts, utilities and dates, told beside prices that stop a run.

Files of prices are read when the study is opened, and a fault of theirs ends the run before a raw
file is read. What the step `cost` would say of these is told with it, by the same code.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.clean.ahead import stops_ahead
from cesp_analysis.clean.clean import typed
from cesp_analysis.clean.long_format import spread
from cesp_analysis.clean.spec import CleanSpec
from cesp_analysis.economics.ahead import Ahead, faults_ahead, sources_of
from cesp_analysis.economics.cube import CostSpec, cube_of
from cesp_analysis.economics.priced import Priced
from cesp_analysis.economics.specs import cost
from cesp_analysis.errors import CespError
from cesp_analysis.instruments.scoring import score
from cesp_analysis.intake.intake import looked_into
from cesp_analysis.panel.panel import panel
from cesp_analysis.schemas import Panel, Records, Scores, Visits
from cesp_analysis.study import specs
from cesp_analysis.study.study import Study

NOBODY = "config.yaml: economics: nobody's use"
"""How the line begins that no use costs anything: without prices none does."""


def faults_of_data(study: Study, priced: Priced, corrections: Sequence[str]) -> list[str]:
    """A line for each fault of the raw files that an evaluation reads, or of what keeps a file from
    being read; priced: what has a price. Nothing where the system cannot read one: intake says why.
    """
    own = study.resolved()
    clean = CleanSpec.model_validate_json(specs.clean(own))
    how = CostSpec.model_validate_json(cost(own))
    try:
        with TemporaryDirectory() as folder:
            units, people, visits = _made(own, clean, Path(folder), [*map(Path, corrections)])
            scored = contracts.read(Path(folder, "scores.parquet"), Scores)
            known = {*scored["score"].astype("str")}
            how = how.model_copy(update={"ahead": _there(how.ahead, known)})
            sources = sources_of(how.ahead, Path(folder), [Path(folder, "scores.parquet")])
            ahead = faults_ahead(how.ahead, sources, visits, units)
            cube_of(how, priced, Path(folder), people, ahead)
    except CespError as error:
        return [
            line
            for line in error.problems
            if line not in priced.faults and not (priced.faults and line.startswith(NOBODY))
        ]
    except OSError:
        return []
    return []


def _made(
    study: Study, clean: CleanSpec, folder: Path, corrections: list[Path]
) -> tuple["pd.Index[str]", pd.DataFrame, pd.DataFrame]:
    """Units and rows of the study's people, and Visits; records and scores are in the folder."""
    if found := stops_ahead(specs.clean(study), study.raw_paths()):
        raise CespError(found)
    as_read = looked_into(specs.intake(study), corrections)
    tables = {name: spread(as_read[name], file, clean.items) for name, file in clean.files.items()}
    cleaned, visits, _ = typed(tables, clean)
    contracts.write(visits, folder / "visits.parquet", Visits)
    for name, part in cleaned.items():
        contracts.write(part.records, folder / f"{name}.parquet", Records)
    scores = folder / "scores.parquet"
    score(specs.score(study), folder, scores)
    panel(_short(study), folder, [scores], folder / "panel.parquet")
    whole = contracts.read(folder / "panel.parquet", Panel)
    people = whole[whole["level"] == "person"].drop_duplicates("unit")
    seen = contracts.read(folder / "visits.parquet", Visits)
    return pd.Index(people["unit"].astype("object")), people, seen


def _short(study: Study) -> str:
    """The panel of one outcome of people: for whom there are."""
    asked = json.loads(specs.panel(study))
    names = [name for name, one in study.outcomes.items() if one.level == "person" and one.variable]
    asked["outcomes"] = {name: asked["outcomes"][name] for name in names[:1]}
    return json.dumps(asked | {"covariates": {}, "contamination": None})


def _there(how: Ahead, scored: set[str]) -> Ahead:
    """Without utilities by tables of the study's own, which nobody has looked up yet."""
    return how.model_copy(
        update={"utilities": tuple(u for u in how.utilities if u.variable or u.score in scored)}
    )
