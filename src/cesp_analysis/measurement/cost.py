"""What a candidate would cost in the definitive trial that config declares."""

from cesp_analysis.columns import Row
from cesp_analysis.declared.measurement import SampleSize
from cesp_analysis.measurement.asked import MeasureSpec
from cesp_analysis.measurement.candidate import Candidate
from cesp_analysis.measurement.sample_size import (
    FORMULA,
    Needed,
    baseline_factor,
    design_effect,
    needed,
)

FEW = 70
"""Measured people below which an SD is too uncertain to plan by (Teare 2014, Trials 15:264)."""


def cautions(row: Row) -> str | None:
    """What to keep in mind of a row before it is planned by, separated by ' | '."""
    told = []
    if row["sd_within"] is not None and row["n"] < FEW:
        told.append(f"SD from {row['n']} values: fewer than {FEW} leave it uncertain (Teare 2014)")
    if row.get("extreme_flag"):
        told.append(f"more than the limit at the {row['extreme_flag']}")
    return " | ".join(told) or None


def cost(own: Candidate, row: Row, how: MeasureSpec) -> Row:
    """The columns of Measurability from effect to sample_size."""
    planned, mid = how.sample_size.get(own.outcome.level), own.outcome.mid
    effect = how.effects.get(own.name)
    value = effect.value if effect else mid.value if mid else None
    source = effect.source if effect else mid.source if mid else None
    made: Row = {"effect": value, "effect_source": source}
    if planned is None:
        return made | {"sample_size": "no trial to plan is declared (measurement.sample_size)"}
    factor = baseline_factor(planned, row["correlation"])
    made |= {"design_effect": design_effect(planned), "baseline_factor": factor}
    if value is None:
        why = "neither an important difference nor one to plan for is declared"
    elif row["sd_within"] is None:
        why = (
            "nothing varies within sites: there is no SD"
            if row["sd_df"]
            else "nobody has a value: there is no SD"
            if not row["n"]
            else "no site has two values: there is no SD"
        )
    elif factor is None:
        why = f"analysis {planned.analysis} needs the correlation of first and last value"
    else:
        small = needed(row["sd_within"], value, planned, factor)
        large = needed(row["sd_upper"], value, planned, factor)
        return made | {
            **_columns(small, ""),
            **_columns(large, "_upper"),
            "sample_size": inputs(planned, row["correlation"]),
        }
    return made | {"sample_size": why}


def _columns(found: Needed | None, ending: str) -> Row:
    return {
        f"locations{ending}": found.locations if found else None,
        f"people{ending}": found.people if found else None,
    }


def inputs(planned: SampleSize, correlation: float | None) -> str:
    """What the number was made from."""
    told = [
        f"power {planned.power:g}, alpha {planned.alpha:g} two-sided",
        f"{planned.cluster_size:g} people a location (CV {planned.cluster_size_cv:g})",
        f"ICC {planned.icc:g} ({planned.icc_source})",
    ]
    if planned.analysis != "follow_up":
        told.append(
            f"analysis {planned.analysis}, correlation {correlation:.2f},"
            f" CAC {planned.autocorrelation:g}"
        )
    told.append(f"loss {planned.loss:g}")
    return f"{'; '.join(told)}. {FORMULA}"
