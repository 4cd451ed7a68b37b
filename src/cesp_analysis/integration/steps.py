"""The steps `join`, `process` and `theorise`."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.clean.evaluate import evaluated
from cesp_analysis.columns import Row, Table
from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.delivery import Activity, Dose
from cesp_analysis.declared.expressions import names_in
from cesp_analysis.declared.integration import Integration
from cesp_analysis.declared.outcomes import Outcome
from cesp_analysis.feasibility.tables import Progression
from cesp_analysis.few_sites.tables import Ladder
from cesp_analysis.fidelity.people import people_of
from cesp_analysis.given import hold
from cesp_analysis.integration.beside import Numbers
from cesp_analysis.integration.context import read_context
from cesp_analysis.integration.inferences import read_inferences
from cesp_analysis.integration.joint import joint_display
from cesp_analysis.integration.tables import (
    JointDisplay,
    JointQuotes,
    JointThemes,
    ProcessEvents,
    TheoryLinks,
    TheoryNodes,
)
from cesp_analysis.integration.theory import theory_of_change
from cesp_analysis.integration.timeline import (
    by_month,
    context_rows,
    meetings,
    process_events,
    waves,
)
from cesp_analysis.interviews.counted import analysed
from cesp_analysis.interviews.tables import Excerpts, Pseudonyms
from cesp_analysis.schemas import Estimates, Panel, Records


class JoinSpec(Frozen):
    """Constructs, their outcomes, which models speak for each first, times and waves in order,
    sites of the control arm."""

    integration: Integration
    outcomes: dict[str, Outcome] = {}
    foremost: dict[str, tuple[str, ...]] = {}
    models: tuple[str, ...] = ()
    moments: tuple[str, ...] = ()
    control: tuple[str, ...] = ()


class TheorySpec(Frozen):
    """Constructs, boxes and links; sites of the control arm."""

    integration: Integration
    control: tuple[str, ...] = ()


class Ratings(Frozen):
    """The file of fidelity, its components (each 0 to 1), and how many of them a score needs; by
    default all."""

    file: str
    components: tuple[str, ...]
    minimum_components: int | None = None

    def score(self, table: pd.DataFrame) -> "pd.Series[Any]":
        """Of each rating the mean of its components, NaN where too few are known."""
        parts = table[list(self.components)].astype("float64")
        enough = parts.notna().sum(axis=1) >= (self.minimum_components or len(self.components))
        return parts.mean(axis=1).where(enough)


class ProcessSpec(Frozen):
    """Sections of delivery; waves → labels, the files of respondents, sites in order."""

    dose: Dose | None = None
    ratings: Ratings | None = None
    activity: Activity | None = None
    waves: dict[str, str] = {}
    surveys: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()


def join(
    spec: str,
    excerpts: Path,
    pseudonyms: Path,
    estimates: Path,
    ladder: Path,
    out: Path,
    themes: Path,
    quotes: Path,
    progression: Path | None = None,
    inferences: Path | None = None,
    checksums: str = "",
) -> None:
    """Set interviews, outcomes of people, community surveys and progression criteria side by side,
    construct by construct, with what people inferred of it.

    `inferences`: the file in which people wrote that; nothing is inferred here. `pseudonyms`: by
    which nobody may be called in what leaves; each row says whether its words do.
    """
    hold(checksums)
    how = JoinSpec.model_validate_json(spec)
    numbers = Numbers(
        contracts.read(estimates, Estimates), how.outcomes, how.foremost, how.models, how.moments,
        contracts.read(ladder, Ladder),
    )  # fmt: skip
    written = {} if inferences is None else read_inferences(inferences, how.integration.constructs)
    judged = None if progression is None else contracts.read(progression, Progression)
    told = analysed(contracts.read(excerpts, Excerpts))
    names = contracts.read(pseudonyms, Pseudonyms)["interview"]
    found = joint_display(how.integration, told, numbers, judged, written, how.control, names)
    contracts.write(found.display, out, JointDisplay)
    contracts.write(found.themes, themes, JointThemes)
    contracts.write(found.quotes, quotes, JointQuotes)


def theorise(
    spec: str,
    excerpts: Path,
    estimates: Path,
    nodes: Path,
    links: Path,
    progression: Path | None = None,
) -> None:
    """Lay out the theory of change; say of each link what it is held to."""
    how = TheorySpec.model_validate_json(spec)
    boxes, arrows = theory_of_change(
        how.integration,
        contracts.read(estimates, Estimates),
        None if progression is None else contracts.read(progression, Progression),
        analysed(contracts.read(excerpts, Excerpts)),
        how.control,
    )
    contracts.write(boxes, nodes, TheoryNodes)
    contracts.write(arrows, links, TheoryLinks)


def process(
    spec: str,
    records: Path,
    panel: Path,
    out: Path,
    context: Path | None = None,
    checksums: str = "",
) -> None:
    """Put contacts, ratings, meetings, survey waves and what happened around the study on one time
    line by site."""
    hold(checksums)
    how = ProcessSpec.model_validate_json(spec)
    people = people_of(contracts.read(panel, Panel))
    site_of = dict(zip(people["unit"].map(str), people["site"].map(str), strict=True))
    rows = [*_delivered(how, records, site_of), *_asked(how, records)]
    if context is not None:
        rows += context_rows(read_context(context, how.sites))
    contracts.write(process_events(rows, how.sites), out, ProcessEvents)


def _delivered(how: ProcessSpec, records: Path, site_of: dict[str, str]) -> Iterator[Row]:
    """Contacts kept, ratings and meetings; contacts of whom the register does not know stay out of
    dose.csv, and here they have no site."""
    if how.dose is not None:
        words = names_in(how.dose.attended) if how.dose.attended else ()
        table = _read(records, how.dose.file, words)
        kept = table[evaluated(table, how.dose.attended) == 1] if how.dose.attended else table
        yield from by_month("contacts", kept, "Contacts kept", "contacts", site_of)
    if how.ratings is not None:
        table = _read(records, how.ratings.file, how.ratings.components)
        scored = table.assign(score=how.ratings.score(table))
        yield from by_month("fidelity", scored, "Fidelity ratings", "ratings", site_of)
    if (own := how.activity) is not None:
        table = _read(records, own.file, [own.panel, *filter(None, [own.attended])])
        yield from meetings(table, own.panel, own.panels, own.attended)


def _asked(how: ProcessSpec, records: Path) -> Iterator[Row]:
    """Survey waves."""
    tables = [_read(records, name) for name in how.surveys]
    if tables:
        yield from waves(pd.concat(tables, ignore_index=True), how.waves)


def _read(records: Path, name: str, beyond: Iterable[str] = ()) -> pd.DataFrame:
    contract: type[Table] = Records
    return contracts.read(records / f"{name}.parquet", contract, beyond=list(beyond))
