"""From the tables of the community surveys to what their figures draw."""

from typing import TYPE_CHECKING

from cesp_analysis.figures.composition import Share
from cesp_analysis.figures.stacked import Bar, Question
from cesp_analysis.withheld import whole_number

if TYPE_CHECKING:
    import pandas as pd

    from cesp_analysis.declared.wording import Wording


def waves_frame(table: "pd.DataFrame", words: "Wording") -> "pd.DataFrame":
    """Means and proportions of sites by wave, as figures/means.py draws them."""
    own = table[(table["of"] == "site") & table["since"].isna() & table["category"].isna()]
    frame = own.rename(columns={"estimate": "mean"}).assign(time=own["wave"])
    return frame[
        ["outcome", "group", "time", "mean", "ci_low", "ci_high", "n", "reason", "measure"]
    ]


def questions_of(table: "pd.DataFrame", words: "Wording") -> list[Question]:
    """Ordinal outcomes: the shares of their categories by site and wave."""
    own = table[(table["of"] == "site") & table["since"].isna() & table["category"].notna()]
    own = own[~own["category"].astype("str").str.startswith("at least ")]
    questions = []
    for name, outcome in words.outcomes.items():
        part = own[own["outcome"] == name]
        if part.empty:
            continue
        labels = list(dict.fromkeys(part["label"]))
        bars = [
            _bar(words.group(group), moment.label, cell, labels)
            for group in words.groups()
            for moment in words.waves
            for cell in [part[(part["group"] == group) & (part["wave"] == moment.name)]]
        ]
        called = tuple(str(label).removeprefix(f"{outcome.label}: ") for label in labels)
        questions.append(Question(outcome.label, called, tuple(bars)))
    return questions


NOT_ASKED = "not asked"


def _bar(group: str, moment: str, cell: "pd.DataFrame", labels: list[str]) -> Bar:
    """The bar of a site and wave; where none of its shares is known, why."""
    if cell.empty:
        return Bar(group, moment, (), 0, NOT_ASKED)
    n = whole_number(cell["n"].iloc[0])
    if cell["estimate"].isna().all():
        return Bar(group, moment, (), n, str(cell["reason"].iloc[0]))
    return Bar(group, moment, _shares(cell, labels), n)


def _shares(cell: "pd.DataFrame", labels: list[str]) -> tuple[float, ...]:
    """Of each label; NaN: not shown, because few gave it or it would tell of them."""
    found = dict(zip(cell["label"], cell["estimate"].astype(float), strict=True))
    return tuple(found.get(label, 0.0) for label in labels)


def shares_of(table: "pd.DataFrame", words: "Wording") -> list[Share]:
    """Categories of respondents' covariates: shares by design weights, beside the population."""
    own = table[table["category"].notna()]
    rows = []
    for name, covariate in words.covariates.items():
        part = own[own["variable"] == name]
        for category in dict.fromkeys(part["category"]):
            for group in words.groups():
                at = part[(part["category"] == category) & (part["site"] == group)]
                known = {row["wave"]: row for row in at.to_dict("records")}
                shares = [_share(known, m.name, "by_design") for m in words.waves]
                people = [_share(known, m.name, "population") for m in words.waves]
                if known:
                    rows.append(
                        Share(
                            covariate.label,
                            str(category),
                            words.group(group),
                            tuple(shares),
                            tuple(people),
                        )
                    )
    return rows


def _share(known: "dict[object, dict[object, object]]", wave: str, column: str) -> float | None:
    value = known.get(wave, {}).get(column)
    return value if isinstance(value, float) and value == value else None


def completeness_frame(table: "pd.DataFrame", words: "Wording") -> "pd.DataFrame":
    """Questions by site and wave, as figures/missingness.py draws them: expected are the asked."""
    groups, waves = words.groups(), [moment.name for moment in words.waves]
    ranks = {
        "_group": table["site"].map(groups.index),
        "_wave": table["wave"].map(waves.index),
        "_asked": table["question"].map({q: k for k, q in enumerate(table["question"].unique())}),
    }
    frame = table.assign(**ranks).sort_values(["_asked", "_group", "_wave"], kind="stable")
    return frame.assign(
        outcome_label=frame["label"].fillna(frame["question"]),
        group_label=frame["site"].map(words.group),
        time_label=frame["wave"].map(lambda wave: words.moment(wave).label),
        n_expected=frame["asked"],
        n_missing=frame["asked"] - frame["answered"],
    )
