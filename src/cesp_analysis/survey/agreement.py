"""The step `agreement`: do design-based and model-based change agree, and if not, why?

Both estimate how differently two sites changed. They differ in two things, one after the other:
the weights (least squares without them less with them), and how a mixed model weighs records of
small and large neighbourhoods, of members and others (its estimate less least squares without
weights). The two parts sum to the whole difference, exactly.
"""

import json
from collections.abc import Iterator
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cesp_analysis import contracts
from cesp_analysis.columns import Row
from cesp_analysis.declared.design import Moment
from cesp_analysis.models.frame import frame_of
from cesp_analysis.models.kinds import read_model
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.student import t_interval
from cesp_analysis.models.survey import Survey
from cesp_analysis.models.survey_drawn import drawn_of
from cesp_analysis.models.survey_linear import linearised
from cesp_analysis.models.survey_parts import regressed
from cesp_analysis.models.survey_words import CLUSTERED, refuse_one
from cesp_analysis.numbers import fixed
from cesp_analysis.schemas import Estimates, Panel
from cesp_analysis.survey.beside_tables import Agreement

if TYPE_CHECKING:
    import pandas as pd

SCALES = {
    "binary": (
        "on the scale of probability: both compare proportions, by linear models; odds are under"
        " kind glm"
    ),
    "ordinal": (
        "on the scale of the codes, taken as numbers of equal distance: both compare mean codes;"
        " the shares of each answer are under kind ordinal"
    ),
}
"""Type of outcome → on which scale the two are compared; of others, in the outcome's unit."""
CLOSE = 1.0
"""In standard errors of the design-based estimate: up to this, the two agree. A convention, no
test: both rest on the same answers, so that the error of their difference is less than either's."""
LIKE_THESE = (
    "; both answer whether neighbourhoods like these would change differently (the design-based one"
    " by its row 'clustered')"
)


def agreement(spec: str, panel: Path, estimates: Path, out: Path) -> None:
    """Set each survey model's change beside a mixed model's, and take their difference apart."""
    import pandas as pd

    told = json.loads(spec)
    table = contracts.read(panel, Panel)
    made = {row["estimate_id"]: row for row in contracts.rows(estimates, Estimates)}
    rows: list[Row] = []
    for pair in told["pairs"]:
        model = read_model(json.dumps(pair["survey"]))
        rows += rows_of(model, pair["mixed"], pair["outcomes"], table, made)
    frame = pd.DataFrame(rows, columns=list(Agreement.columns()))
    contracts.write(frame, out, Agreement)


def rows_of(
    model: Survey,
    mixed: str,
    outcomes: list[str],
    panel: "pd.DataFrame",
    made: dict[str, Row],
) -> Iterator[Row]:
    """A row an outcome and later wave; made: estimate_id → its row of estimates.csv."""
    for outcome in outcomes:
        for time in model.moments():
            end = f"{outcome}/{time.name}"
            own = f"{model.context.model}/{end}"
            one = made.get(f"{own}/{CLUSTERED}") or made.get(own)  # a mixed model's question
            other = made.get(f"{mixed}/{end}")
            if one is not None and other is not None:
                yield _row(model, panel, time, one, other)


def _row(model: Survey, panel: "pd.DataFrame", time: Moment, one: Row, other: Row) -> Row:
    asked = model.context.outcomes[one["outcome"]]
    row: Row = {"outcome": one["outcome"], "wave": time.name, "unit": one["unit"]}
    kind = asked.type or ("binary" if _yes_or_no(panel, one["outcome"]) else "")
    row["scale"] = SCALES.get(kind, f"differences in mean, in {one['unit']}")
    for name, own in (("design", one), ("mixed", other)):
        row |= {f"model_{name}": own["model"]}
        row |= {f"{key}_{name}": own[key] for key in ("estimate", "std_error", "df")}
        row |= {f"{end}_{name}": own[end] for end in ("ci_low", "ci_high")}
    for own in (one, other):
        if own["status"] != "estimated":
            ended = own["estimate_id"].endswith(f"/{CLUSTERED}")
            name = own["estimate_id"] if ended else own["model"]
            return row | {"reason": f"{name} has no estimate: {own['reason']}"}
    whole = other["estimate"] - one["estimate"]
    try:
        weights, error, df = weights_part(model, panel, one["outcome"], time)
    except NotEstimable as fault:
        return row | {"difference": whole, "reason": f"the parts are not known: {fault}"}
    row |= {
        "difference": whole,
        "difference_in_se": whole / one["std_error"],
        "part_weights": weights,
        "part_weights_se": error,
        "part_random": whole - weights,
    }
    low, high = t_interval(weights, error, df, one["ci_level"]) if error > 0 else (0.0, 0.0)
    clustered = one["estimate_id"].endswith(f"/{CLUSTERED}")
    said = reading(row, low, high, asked.decimals)
    return row | {"reading": said + (LIKE_THESE if clustered else "")}


def _yes_or_no(panel: "pd.DataFrame", outcome: str) -> bool:
    """Whether all answers to an outcome are 0 or 1, as survey_means.csv knows it too."""
    own = (panel["outcome"] == outcome) & (panel["level"] == "respondent")
    known = panel.loc[own, "value"].dropna()
    return len(known) > 0 and bool(known.isin((0.0, 1.0)).all())


def weights_part(
    model: Survey, panel: "pd.DataFrame", outcome: str, time: Moment
) -> tuple[float, float, float]:
    """Least squares without weights less with them: estimate, linearised error, df.

    Both rest on the same records, so that the error is that of their difference, not of two
    independent numbers; margins are not taken as known, which is rather too wide.
    """
    pulls, numbers, inside = [], [], None
    plain = model.model_copy(update={"weighted": False})
    weighted = drawn_of(panel, model)
    kept = panel[panel["weight"] > 0]
    drawn = drawn_of(kept, plain)
    design = model.context.surveys  # the question of the clustered row, where there are two
    if design is not None:
        design = design.model_copy(update={"neighbourhoods": "sampled"})
    sample = drawn.sample(design)
    for spec, own in ((plain, drawn), (model, weighted)):
        frame = frame_of(kept, spec, outcome)
        one = regressed(spec, frame, _later(spec, outcome, frame), own, "all")
        refuse_one(one.rows, sample)
        contrast = one.fitted.contrast(time)
        pulls.append(one.pull(contrast[None, :], own.n)[:, 0])
        numbers.append(float(contrast @ one.fitted.fit.coef))
        inside = one.inside(own.n)
    found = linearised(pulls[0] - pulls[1], sample, inside)
    return numbers[0] - numbers[1], sqrt(float(found.covariance[0, 0])), found.df


def _later(model: Survey, outcome: str, frame: Any) -> list[Moment]:
    """The later waves at which both arms have the outcome."""
    order = {moment.name: index for index, moment in enumerate(model.moments())}
    later = [moment for moment in model.moments() if moment != model.reference_time()]
    return [moment for moment in later if frame.absent_at(order[moment.name]) is None]


def reading(row: Row, low: float, high: float, places: int) -> str:
    """What the difference is made of, in a sentence; low, high: interval of the weights' part;
    places: decimals, of proportions three."""
    size = abs(row["difference_in_se"])
    alike = size <= CLOSE
    told = (
        "they agree to within one standard error"
        if alike
        else "they differ by more than one standard error"
    )
    told += f" of the design-based estimate ({fixed(size, 2)} of them apart)"
    parts = (
        f"of the difference {fixed(row['difference'], places)} the weights make"
        f" {fixed(row['part_weights'], places)} (interval {fixed(low, places)} to"
        f" {fixed(high, places)}), how the mixed model weighs neighbourhoods and members"
        f" {fixed(row['part_random'], places)}"
    )
    said = f"{told}; {parts}"
    if not low <= 0 <= high:
        said += (
            "; the weights matter by more than chance: those who answered do not stand for the"
            " residents alike, and the design-based estimate is the one for the residents"
        )
    return said
