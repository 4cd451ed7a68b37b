"""The step `evaluate`: incremental costs, QALYs and net benefit of people, and what to decide."""

from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.clean.copied import said_of_copies
from cesp_analysis.columns import Table
from cesp_analysis.economics import sources, tables
from cesp_analysis.economics.ahead import faults_ahead, known_at, said_ahead, sources_of
from cesp_analysis.economics.arm_means import observed_means
from cesp_analysis.economics.asked import EvaluateSpec
from cesp_analysis.economics.cases import cases_of
from cesp_analysis.economics.evaluated import evaluated
from cesp_analysis.economics.imputed_tables import EconomicsImputation
from cesp_analysis.economics.rows import say
from cesp_analysis.economics.undated import placed_deaths
from cesp_analysis.errors import CespError
from cesp_analysis.given import hold
from cesp_analysis.missing.people import people_of
from cesp_analysis.models.prior import read_prior
from cesp_analysis.schemas import Events, Panel, Visits


def evaluate(
    spec: str,
    panel: Path,
    events: Path,
    visits: Path,
    records: Path,
    scores: list[Path],
    out: Path,
    curve: Path,
    plane: Path,
    quadrants: Path,
    information: Path,
    known: Path,
    means: Path,
    imputation: Path,
    ledger: Path | None = None,
    costs: Path | None = None,
    prior: Path | None = None,
    checksums: str = "",
) -> None:
    """Estimate incremental costs, QALYs and net benefit in every scenario that the study asks for.

    `ledger`: which rows of use cleaning took for copies; `costs`: what each person's services
    cost, where the study has no total; `curve`, `plane`,
    `quadrants`, `information`, `known`: where the acceptability curve goes, draws of cost and
    QALYs, their shares by quadrant, what more evidence is worth, what planning a trial needs to
    know of net benefit; `means`: mean utilities and QALYs by arm; `imputation`: how each column was
    imputed, and how well; `prior`: the study's own pairs of correlations (`checksums`: see
    given.py).
    """
    hold(checksums)
    how = EvaluateSpec.model_validate_json(spec)
    whole = contracts.read(panel, Panel)
    people = people_of(whole, how.names, list(how.outcomes))
    found = sources_of(how.ahead, records, scores)
    priced = sources.read_costs(costs) if costs else None
    seen = contracts.read(visits, Visits)
    if costs is None and (faults := faults_ahead(how.ahead, found, seen, people.units)):
        raise CespError(faults)
    known_then = partial(known_at, how.ahead, found, people.units)
    deaths = [name for name, event in how.handling.events.items() if event.kind == "death"]
    places = {one.name: one.position for one in how.times}
    dead = placed_deaths(
        contracts.read(events, Events), deaths, people.units, places, seen, how.days, known_then
    )
    cases = cases_of(how, people, found, priced, (dead.events, seen))
    made = evaluated(how, cases, read_prior(prior))
    say(made.rows, dead.said)
    if ledger is not None:
        of_costs = [row for row in made.rows if not row["quantity"].startswith("qaly")]
        say(of_costs, said_of_copies(ledger, how.copied, "row"))
    for said, others in zip(
        said_ahead(how.ahead, found, people.units), ("qaly", "cost"), strict=True
    ):
        say([row for row in made.rows if not row["quantity"].startswith(others)], said)
    for rows, path, contract in (
        (made.rows, out, tables.Economics),
        (made.curve, curve, tables.Acceptability),
        (made.plane, plane, tables.Plane),
        (made.quadrants, quadrants, tables.Quadrants),
        (made.information, information, tables.Information),
        (made.known, known, tables.NetBenefitKnown),
        (list(observed_means(cases, how.names, how.ci_level)), means, tables.ArmMeans),
        (made.imputation, imputation, EconomicsImputation),
    ):
        contracts.write(_frame(rows, contract), path, contract)


def _frame(rows: list[dict[str, Any]], contract: type[Table]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(contract.columns()))
