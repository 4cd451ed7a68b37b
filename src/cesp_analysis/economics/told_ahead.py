"""What is wrong with use, contacts, utilities and dates, told beside prices that stop a run.

Files of prices are read when the study is opened, and a fault of theirs ends the run before a raw
file is read. What the step `cost` would say of these is told with it, by the same code.
"""

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
from cesp_analysis.economics.cost_spec import CostSpec, beside_of
from cesp_analysis.economics.cube import cube_of
from cesp_analysis.economics.priced import Priced
from cesp_analysis.economics.specs import cost
from cesp_analysis.errors import CespError
from cesp_analysis.instruments.scoring import score
from cesp_analysis.intake.intake import looked_into
from cesp_analysis.panel.panel import PanelSpec, listed_units
from cesp_analysis.schemas import DataProblems, Events, Records, Scores, Visits
from cesp_analysis.study import specs
from cesp_analysis.study.study import Study

ASIDE = Path(".snakemake")
"""In which what is read for this is made, and removed: the study's own, which no one shares."""

RECORDS = "records"
NAMED = " of unit '"
"""A line that names somebody, by a pseudonym that holds nowhere else: left to the step that has
the right one."""


def faults_of_data(study: Study, priced: Priced, corrections: Sequence[str]) -> list[str]:
    """A line for each fault of the raw files that an evaluation reads, or of what keeps a file from
    being read; priced: what has a price. Nothing where the system cannot read one: intake says why.
    """
    own = study.resolved()
    clean = CleanSpec.model_validate_json(specs.clean(own))
    how = CostSpec.model_validate_json(cost(own))
    try:
        ASIDE.mkdir(exist_ok=True)
        with TemporaryDirectory(dir=ASIDE) as folder:
            records, scores = Path(folder, RECORDS), Path(folder, "scores.parquet")
            units, people, visits = _made(own, clean, Path(folder), [*map(Path, corrections)])
            scored = contracts.read(scores, Scores)
            known = {*scored["score"].astype("str")}
            how = how.model_copy(update={"ahead": _there(how.ahead, known)})
            sources = sources_of(how.ahead, records, [scores])
            ahead = faults_ahead(how.ahead, sources, visits, units)
            events = contracts.read(Path(folder, "events.parquet"), Events)
            problems = Path(folder, "problems.parquet")
            beside = beside_of(how, units, visits, events, problems, sources)
            cube_of(how, priced, records, people, beside, ahead)
    except CespError as error:
        return [line for line in error.problems if line not in priced.faults and NAMED not in line]
    except OSError:
        return []
    return []


def _made(
    study: Study, clean: CleanSpec, folder: Path, corrections: list[Path]
) -> tuple["pd.Index[str]", pd.DataFrame, pd.DataFrame]:
    """Units and rows of the study's people, and Visits; scores are in the folder, records in one of
    their own, since files are called as their study likes."""
    if found := stops_ahead(specs.clean(study), study.raw_paths()):
        raise CespError(found)
    as_read = looked_into(specs.intake(study), corrections)
    tables = {name: spread(as_read[name], file, clean.items) for name, file in clean.files.items()}
    cleaned, visits, events = typed(tables, clean)
    contracts.write(visits, folder / "visits.parquet", Visits)
    contracts.write(events, folder / "events.parquet", Events)
    problems = pd.concat([part.problems for part in cleaned.values()], ignore_index=True)
    contracts.write(problems, folder / "problems.parquet", DataProblems)
    records = folder / RECORDS
    records.mkdir()
    for name, part in cleaned.items():
        contracts.write(part.records, records / f"{name}.parquet", Records)
    score(specs.score(study), records, folder / "scores.parquet")
    people = _people(study, records)
    seen = contracts.read(folder / "visits.parquet", Visits)
    return pd.Index(people["unit"].astype("object")), people, seen


def _people(study: Study, records: Path) -> pd.DataFrame:
    """People as the panel has them, whatever their outcomes are read from."""
    how = PanelSpec.model_validate_json(specs.panel(study))
    listing = [
        name for name, role in how.files.items() if role.lists_people and role.level == "person"
    ]
    tables = {
        name: contracts.read(records / f"{name}.parquet", Records, coded=["unit"])
        for name in listing
    }
    people = listed_units(how, tables, "person")
    if people is None:
        raise CespError([])  # of nobody is anything known
    return people


def _there(how: Ahead, scored: set[str]) -> Ahead:
    """Without utilities by tables of the study's own, which nobody has looked up yet."""
    return how.model_copy(
        update={"utilities": tuple(u for u in how.utilities if u.variable or u.score in scored)}
    )
