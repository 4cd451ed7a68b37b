"""The step `evaluate`: incremental costs, QALYs and net benefit of people, and what to decide."""

from pathlib import Path
from typing import Any

import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.clean.copied import said_of_copies
from cesp_analysis.columns import Table
from cesp_analysis.economics import tables
from cesp_analysis.economics.ahead import said_ahead
from cesp_analysis.economics.arm_means import observed_means
from cesp_analysis.economics.asked import EvaluateSpec
from cesp_analysis.economics.cases import cases_of
from cesp_analysis.economics.completed_samples import analyses_of
from cesp_analysis.economics.evaluated import evaluated
from cesp_analysis.economics.imputed_tables import EconomicsImputation
from cesp_analysis.economics.read_people import read_people
from cesp_analysis.economics.rows import say
from cesp_analysis.economics.sample_rows import read_samples
from cesp_analysis.given import hold
from cesp_analysis.models.prior import read_prior


def evaluate(
    spec: str,
    panel: Path,
    events: Path,
    visits: Path,
    records: Path,
    scores: list[Path],
    samples: list[Path],
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

    `samples`: the parts of the bootstrap samples; `ledger`: which rows of use cleaning took for
    copies; `costs`: what each person's services cost, where the study has no total; `curve`,
    `plane`, `quadrants`, `information`, `known`: where the acceptability curve goes, draws of cost
    and QALYs, their shares by quadrant, what more evidence is worth, what planning a trial needs to
    know of net benefit; `means`: mean utilities and QALYs by arm; `imputation`: how each column was
    imputed, and how well; `prior`: the study's own pairs of correlations (`checksums`: see
    given.py).
    """
    hold(checksums)
    how = EvaluateSpec.model_validate_json(spec)
    read = read_people(how, panel, events, visits, records, scores, costs)
    given, units = read.given, read.given.people.units
    cases = cases_of(how, given.people, given.known, given.priced, given.dated)
    drawn = read_samples(samples, analyses_of(how), how.economics.missing)
    made = evaluated(how, cases, read_prior(prior), drawn)
    say(made.rows, read.said)
    if ledger is not None:
        of_costs = [row for row in made.rows if not row["quantity"].startswith("qaly")]
        say(of_costs, said_of_copies(ledger, how.copied, "row"))
    of_totals = said_ahead(how.ahead, given.known, units)
    for said, others in zip(of_totals, ("qaly", "cost"), strict=True):
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
