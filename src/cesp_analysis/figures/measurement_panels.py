"""From the tables of measurability to what their figures draw."""

from typing import TYPE_CHECKING, Any

from cesp_analysis.figures.distributions import Bin, Histogram
from cesp_analysis.figures.reliability import Limits, Measured

if TYPE_CHECKING:
    import pandas as pd

    from cesp_analysis.declared.wording import Wording


def histograms(table: "pd.DataFrame", words: "Wording", level: str) -> list[Histogram]:
    """A panel for each candidate of a level, in config's order."""
    own = table[table["level"] == level]
    panels = []
    for name, outcome in words.outcomes.items():
        rows = own[own["outcome"] == name].to_dict("records")
        if rows:
            bins = tuple(
                Bin(
                    row["low"], row["high"], row["share"],
                    row["extreme"] if isinstance(row["extreme"], str) else "",
                    row["flag"] == "yes",
                )
                for row in rows
            )  # fmt: skip
            n = int(sum(row["n"] for row in rows))
            time = words.moment(rows[0]["time"]).label
            panels.append(Histogram(outcome.label, outcome.unit, time, n, bins))
    return panels


def measured(table: "pd.DataFrame", words: "Wording", level: str) -> list[Measured]:
    """A row for each candidate of a level, in order of rank, else of config."""
    own = table[table["level"] == level].reset_index(drop=True)
    own = own.sort_values("rank", kind="stable", na_position="last")
    return [_measured(row, words) for row in own.to_dict("records")]


def _measured(row: dict[Any, Any], words: "Wording") -> Measured:
    columns = {"alpha": "alpha", "omega": "omega", "retest ICC": "retest_icc"}
    found = {name: _limits(row, column) for name, column in columns.items()}
    known = {name: value for name, value in found.items() if value is not None}
    told = [row[name] for name in ("reliability", "retest") if isinstance(row[name], str)]
    difference = shock = None
    if row["mid"] == row["mid"] and row["estimate"] == row["estimate"]:
        turn = -1 if row["direction"] == "lower_is_better" else 1
        difference = (turn * row["estimate"] / row["mid"], *_turned(row, "ci", turn))
        shaken = _turned(row, "ci_shock", turn)
        shock = None if shaken[0] is None or shaken[1] is None else (shaken[0], shaken[1])
    return Measured(
        outcome_label=words.outcomes[row["outcome"]].label,
        known=known,
        without="; ".join(told),
        difference=difference,
        shock=shock,
        no_difference=row["mid_reason"] if isinstance(row["mid_reason"], str) else "no difference",
    )


def _limits(row: dict[Any, Any], column: str) -> Limits | None:
    if row[column] != row[column]:
        return None
    return (
        float(row[column]), _number(row[f"{column}_low"]), _number(row[f"{column}_high"])
    )  # fmt: skip


def _turned(row: dict[Any, Any], ends: str, turn: int) -> tuple[float | None, float | None]:
    """An interval's ends in MIDs, the lower first, an improvement being positive."""
    ending = ends.removeprefix("ci")
    low, high = _number(row[f"ci_low{ending}"]), _number(row[f"ci_high{ending}"])
    if low is None or high is None:
        return None, None
    one, other = sorted((turn * low / row["mid"], turn * high / row["mid"]))
    return one, other


def _number(value: float) -> float | None:
    return None if value != value else float(value)
