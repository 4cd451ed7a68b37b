"""The step `impute`: the sets of multiple imputation, made once for all models that use them."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cesp_analysis import contracts
from cesp_analysis.given import hold
from cesp_analysis.instruments.types import read_instrument
from cesp_analysis.missing.after_events import After, after_events, dates_of
from cesp_analysis.missing.asked import ImputeSpec, Share
from cesp_analysis.missing.chained import impute as engine
from cesp_analysis.missing.enough import enough
from cesp_analysis.missing.equations import Equations, equations_of, groups_of, sites_of
from cesp_analysis.missing.imputed import Imputations, extended
from cesp_analysis.missing.item_answers import Scored, scored_of
from cesp_analysis.missing.made_sets import sets_of, without_sites
from cesp_analysis.missing.people import People, people_of
from cesp_analysis.missing.set_tables import (
    covariate_table,
    handled_table,
    imputed_table,
    trace_table,
)
from cesp_analysis.missing.sets import Sets
from cesp_analysis.missing.summary import summary
from cesp_analysis.missing.tables import (
    Handled,
    ImputationSets,
    ImputationTable,
    Imputed,
    ImputedCovariates,
    Traces,
)
from cesp_analysis.models.kinds import read_model
from cesp_analysis.panel.came_by import due_of
from cesp_analysis.schemas import Events, Panel, Visits
from cesp_analysis.streams import seed_of

if TYPE_CHECKING:
    import pandas as pd


def impute(
    spec: str,
    panel: Path,
    events: Path,
    visits: Path,
    records: Path,
    out: Path,
    covariates: Path,
    handled: Path,
    traces: Path,
    table: Path,
    sets: Path,
    checksums: str = "",
) -> None:
    """Impute what people did not answer, in so many sets that the primary estimates are settled.

    `checksums`: of the study's own instruments, see given.py.
    """
    import pandas as pd

    hold(checksums)

    asked = ImputeSpec.model_validate_json(spec)
    whole = contracts.read(panel, Panel)
    people = people_of(whole, tuple(one.name for one in asked.times), list(asked.outcomes))
    happened, dated = contracts.read(events, Events), contracts.read(visits, Visits)
    items = _items(asked, records)
    runs = [_run(people, asked, share, happened, dated, items) for share in asked.shares]

    def more(m: int) -> Sets:
        for run in runs:
            run.extend(m)
        return sets_of((run.equations, run.kept()) for run in runs)

    specs = [read_model(json.dumps(own)) for own in asked.models.values()]
    made, tried = enough(specs, whole, asked.imputation, more)
    told = [(run.equations, run.kept()) for run in runs]
    contracts.write(imputed_table(made), out, Imputed)
    contracts.write(covariate_table(made), covariates, ImputedCovariates)
    contracts.write(handled_table([run.equations for run in runs]), handled, Handled)
    contracts.write(trace_table(told), traces, Traces)
    rows = [row for equations, own in told for row in summary(equations, own, asked)]
    contracts.write(pd.DataFrame(rows, columns=list(ImputationTable.columns())), table,
                    ImputationTable)  # fmt: skip
    columns = list(ImputationSets.columns())
    contracts.write(pd.DataFrame(tried, columns=columns), sets, ImputationSets)


@dataclass
class _Run:
    """The imputations of one handling, as many as there are so far."""

    equations: Equations
    asked: ImputeSpec
    made: list[Imputations] = field(default_factory=list)

    def extend(self, m: int) -> None:
        """Make as many sets as are lacking of m."""
        people, share = self.equations.people, self.equations.share
        first = self.made[0].m if self.made else 0
        new = engine(
            self.equations.table,
            self.equations.recipe,
            m - first,
            seed_of(self.asked.seed, "impute", share.handling.name),
            groups_of(people, self.asked),
            people.codes(share.cluster) if share.cluster else None,
            first=first,
        )
        self.made = [extended(self.made[0], new) if self.made else new]

    def kept(self) -> Imputations:
        """The imputations without what no answer of a site tells of."""
        return without_sites(self.made[0], sites_of(self.equations.people, self.asked))


def _run(
    people: People,
    asked: ImputeSpec,
    share: Share,
    events: "pd.DataFrame",
    visits: "pd.DataFrame",
    items: dict[str, Scored],
) -> _Run:
    answered = {name: np.isfinite(own) for name, own in people.answers.items()}
    times = tuple((one.name, one.position, due_of(one, asked.windows)) for one in asked.times)
    names = tuple(share.handling.events)
    dates = dates_of(people.units, times, visits, events, names)
    after: dict[str, After] = {
        name: after_events(share.handling, dates, own, name in share.outcomes)
        for name, own in answered.items()
    }
    return _Run(equations_of(people, share, asked, after, items), asked)


def _items(asked: ImputeSpec, records: Path) -> dict[str, Scored]:
    """The answers to items of the outcomes that are imputed item by item."""
    found = {}
    for name in asked.imputation.items:
        if name in asked.outcomes:
            instrument, _, score = (asked.outcomes[name].score or "").rpartition(".")
            read = read_instrument(asked.instruments[instrument])
            found[name] = scored_of(instrument, read, score, asked.files, records)
    return found
