"""A small study of coded interviews beside estimates, as tests join them."""

from typing import Any

import pandas as pd

from cesp_analysis.declared.integration import Integration
from cesp_analysis.declared.outcomes import Outcome
from cesp_analysis.integration.beside import Numbers
from cesp_analysis.interviews.tables import Excerpts
from cesp_analysis.schemas import Estimates


def outcome(direction: str = "higher_is_better", level: str = "person", **more: Any) -> Outcome:
    """An outcome in points."""
    return Outcome.model_validate(
        {"label": "Own", "unit": "points", "direction": direction, "level": level,
         "variable": "x", **more}
    )  # fmt: skip


OUTCOMES = {
    "wellbeing": outcome(),
    "loneliness": outcome("lower_is_better"),
    "community": outcome(level="respondent"),
}


def coding(excerpt: str, construct: str, valence: str = "", **more: Any) -> dict[str, Any]:
    """A row of Excerpts."""
    blank = dict.fromkeys(Excerpts.columns())
    return blank | {
        "excerpt": excerpt, "interview": f"of {excerpt}", "site": "here", "role": "service_user",
        "order": 1, "theme": "going out", "code": "going out", "construct": construct or None,
        "valence": valence or None, "text": f"words of {excerpt}", "cleared": "yes", **more,
    }  # fmt: skip


def codings(*rows: dict[str, Any]) -> pd.DataFrame:
    """The long table."""
    return pd.DataFrame(list(rows), columns=list(Excerpts.columns()))


def estimate(name: str, value: float, half: float = 1.0, **more: Any) -> dict[str, Any]:
    """A row of Estimates: model/outcome/time."""
    model, of, time = name.split("/")[:3]
    blank = dict.fromkeys(Estimates.columns())
    return blank | {
        "estimate_id": name, "model": model, "outcome": of, "time": time, "status": "estimated",
        "level": OUTCOMES[of].level, "estimate": value, "ci_low": value - half,
        "ci_high": value + half, "ci_low_shock": value - 3 * half,
        "ci_high_shock": value + 3 * half, "ci_level": 0.95, "unit": "points", **more,
    }  # fmt: skip


def numbers(*rows: dict[str, Any], **more: Any) -> Numbers:
    """What the joint display reads of the numbers; did speaks first."""
    table = pd.DataFrame(list(rows), columns=list(Estimates.columns()))
    own: dict[str, Any] = {
        "outcomes": OUTCOMES, "foremost": {}, "models": ("did", "mixed"),
        "moments": ("baseline", "6m", "12m", "wave1", "wave2"),
    }  # fmt: skip
    return Numbers(table, **(own | more))


def integration(**more: Any) -> Integration:
    """A section with the construct wellbeing."""
    own = {"constructs": {"wellbeing": {"label": "Wellbeing", "outcome": "wellbeing"}}}
    return Integration.model_validate(own | more)
