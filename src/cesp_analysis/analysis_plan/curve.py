"""The step `specification_curve`: one question in every way that was declared in advance.

Source: Simonsohn, Simmons & Nelson (2020), Nature Human Behaviour 4, 1208-1214. Its inferential
part is left out: it permutes a treatment that nobody assigned at random here.
"""

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cesp_analysis import contracts
from cesp_analysis.analysis_plan.tables import SpecificationCurve
from cesp_analysis.errors import CespError
from cesp_analysis.given import hold
from cesp_analysis.models.imputed import fitted_to
from cesp_analysis.models.prior import Prior, read_prior
from cesp_analysis.models.results import Estimate
from cesp_analysis.models.shocks import augmented
from cesp_analysis.models.spec import ModelSpec
from cesp_analysis.models.together import read_together
from cesp_analysis.schemas import Panel

if TYPE_CHECKING:
    import pandas as pd


def specification_curve(
    spec: str,
    panel: Path,
    out: Path,
    imputed: list[Path] | None = None,
    prior: list[Path] | None = None,
    checksums: str = "",
) -> None:
    """Fit every specification that the analysis plan declares, and those alone.

    `imputed`: the files of imputed sets, if a way is pooled over them; `prior`: the study's own
    file of how large shocks to a site may be; `checksums`: its own.
    """
    hold(checksums)
    import pandas as pd

    told = json.loads(spec)
    table, known = contracts.read(panel, Panel), read_prior(prior[0] if prior else None)
    rows = [
        row
        for name, model in read_together(told).items()
        for row in _rows(name, model, told["times"], table, imputed, known)
    ]
    for row in rows:
        row["standing"] = told["standing"].get(row["specification"], "")
        row["withdrawn"] = told["withdrawn"]
    frame = pd.DataFrame(rows, columns=list(SpecificationCurve.columns()))
    contracts.write(frame, out, SpecificationCurve)


def _rows(
    name: str,
    model: ModelSpec,
    times: list[str],
    panel: "pd.DataFrame",
    imputed: list[Path] | None,
    prior: Prior,
) -> Iterator[dict[str, Any]]:
    found = augmented(fitted_to(model, panel, imputed).estimates, model, panel, prior)
    base, covariates, _ = name.split("/")
    outcomes = model.context.outcomes
    made = [row for row in found if row.time in times and row.unit == outcomes[row.outcome].unit]
    made = list({(row.outcome, row.time): row for row in reversed(made)}.values())[::-1]
    told = {(row.outcome, row.time) for row in made}
    for outcome, time in product(model.outcomes, times):
        if (outcome, time) not in told:
            raise CespError(
                f"config.yaml: analysis_plan.specification_curve: {name} has no estimate of"
                f" {outcome} at {time} in {outcomes[outcome].unit}; leave the model, the outcome or"
                " the time out"
            )
    for row in made:
        yield (
            {
                "specification": f"{name}/{row.outcome}/{row.time}",
                "model": base,
                "covariates": covariates,
                "adjusted_for": ", ".join(model.covariates),
                "analysis_set": model.analysis_set,
            }
            | _numbers(row)
        )


def _numbers(row: Estimate) -> dict[str, Any]:
    names = (
        "kind", "level", "outcome", "time", "estimand", "status", "reason", "estimate", "std_error",
        "df", "ci_low", "ci_high", "ci_level", "ci_low_shock", "ci_high_shock", "n_units", "unit",
        "method",
    )  # fmt: skip
    return {name: getattr(row, name) for name in names} | {"warnings": " | ".join(row.warnings)}
