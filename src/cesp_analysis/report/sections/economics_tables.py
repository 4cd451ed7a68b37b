"""Tables of incremental costs, QALYs and net benefit."""

from collections.abc import Collection, Iterable

from cesp_analysis.columns import Row as Read
from cesp_analysis.economics.words import (
    APPROACHES,
    DEPARTURE,
    MISSING_DATA,
    SUBGROUP,
    approaches_in,
)
from cesp_analysis.numbers import NONE, degrees, fixed, interval, percentage
from cesp_analysis.report.blocks import Column, Group, Note, Row, Table
from cesp_analysis.report.notes import Notes, sentence
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.economics_drawn import of_estimates

SHOWN = ("cost", "qaly", "inmb")
LINEAR = "net_benefit"
MODELS = {
    "joint": "two equations together",
    "net_benefit": "linear",
    "gamma": "costs by a gamma model",
    "two_part": "costs in two parts",
}


def base_case(results: Results) -> Table:
    """The base case: cost, QALYs and net benefit by each approach."""
    own, notes = of_base(results), Notes()
    of_all = _of_all(own)
    groups = [
        Group(
            APPROACHES[approach] if len(_approaches(own)) > 1 else "",
            tuple(_row(row, of_all, notes) for row in own if row["approach"] == approach),
        )
        for approach in _approaches(own)
    ]
    methods = dict.fromkeys(row["method"] for row in own if row["method"])
    arms = results.words.arms
    return Table(
        id="economics_base",
        caption=f"Base case: {arms['intervention']} less {arms['control']}, a person.",
        stub="Quantity",
        columns=(Column("Difference"), Column(results.words.interval(), "wrap"), Column("df")),
        groups=tuple(groups),
        notes=(*_methods([*methods, *of_all]), *of_estimates(own), *notes.notes()),
        csv="tables/economics.csv",
    )


def of_base(results: Results) -> list[Read]:
    """The rows of the base case."""
    missing_data = main_missing_data(results)
    own = [
        row
        for row in results.economics
        if row["scenario"] == "base"
        and row["missing_data"] == missing_data
        and row["quantity"] in SHOWN
    ]
    models = dict.fromkeys(row["model"] for row in own)
    return [row for row in own if row["model"] == next(iter(models))]


def _of_all(rows: list[Read]) -> list[str]:
    """What must be known of each of these rows."""
    first = _warnings(rows[0]) if rows else []
    return [word for word in first if all(word in _warnings(row) for row in rows)]


def main_missing_data(results: Results) -> str:
    """How missing answers are dealt with in the base case."""
    there = {row["missing_data"] for row in results.economics}
    return next(name for name in MISSING_DATA if name in there)


def missing_ways(results: Results) -> Table:
    """The base case by each that is done about missing answers, unadjusted means among
    them."""
    own = [
        row for row in results.economics if row["scenario"] == "base" and row["quantity"] in SHOWN
    ]
    notes, groups = Notes(), []
    for approach in _approaches(own):
        rows = [row for row in own if row["approach"] == approach]
        lines = [
            _wide(f"{words}: {MODELS[model]}", own_rows, results, notes)
            for name, words in MISSING_DATA.items()
            for model in MODELS
            if (
                own_rows := [
                    row for row in rows if (row["missing_data"], row["model"]) == (name, model)
                ]
            )
        ]
        groups.append(Group(APPROACHES[approach], tuple(lines)))
    return Table(
        id="economics_missing_ways",
        caption="The same, by what is done about missing answers.",
        stub="Missing answers",
        columns=_columns(results),
        groups=tuple(groups),
        notes=notes.notes(),
        csv="tables/economics.csv",
    )


def by_scenario(results: Results) -> Table | None:
    """Perspectives, value sets, departures from missing at random, by imputed sets."""
    assert results.words.economics is not None
    labels = {"base": "Base case"} | results.words.economics.scenarios
    caption = "One thing changed at a time, by multiple imputation."
    return _varied(results, labels, "economics_scenarios_table", caption, "What is changed")


def by_departure(results: Results) -> Table | None:
    """Departures from missing at random once more, by bootstrap, then imputation."""
    assert results.words.economics is not None
    named = results.words.economics.scenarios.items()
    labels = {"base": "Base case"} | {n: label for n, label in named if n.startswith(DEPARTURE)}
    caption = (
        "Answers missing otherwise, by bootstrap, then imputation: what was imputed of times after"
        " the first is multiplied."
    )
    which = ("boot_impute", "joint")
    return _varied(results, labels, "economics_departures", caption, "What is changed", which)


def by_subgroup(results: Results) -> Table | None:
    """Categories of declared covariates, each by itself, by imputed sets."""
    names = [row["scenario"] for row in results.economics if row["scenario"].startswith(SUBGROUP)]
    labels = {"base": "Everybody"} | {name: _category(name, results) for name in names}
    caption = (
        "Parts of the people, each by itself, by multiple imputation: a description, not a test of"
        " a difference."
    )
    return _varied(results, labels, "economics_subgroups", caption, "Who")


def _category(scenario: str, results: Results) -> str:
    name, _, category = scenario.removeprefix(SUBGROUP).partition(": ")
    return f"{results.words.covariates[name].label}: {category}"


def _varied(
    results: Results,
    labels: dict[str, str],
    called: str,
    caption: str,
    stub: str,
    which: tuple[str, str] = ("imputed", LINEAR),
) -> Table | None:
    """The base case and others, by default by imputed sets; None where there are no others."""
    own = [
        row
        for row in results.economics
        if (row["missing_data"], row["model"]) == which
        and row["scenario"] in labels
        and row["quantity"] in SHOWN
    ]
    if {row["scenario"] for row in own} <= {"base"}:
        return None
    notes, groups = Notes(), []
    for approach in _approaches(own):
        rows = [row for row in own if row["approach"] == approach]
        names = dict.fromkeys(row["scenario"] for row in rows)
        lines = [
            _wide(labels[name], [r for r in rows if r["scenario"] == name], results, notes)
            for name in sorted(names, key=list(labels).index)
        ]
        title = APPROACHES[approach] if len(_approaches(own)) > 1 else ""
        groups.append(Group(title, tuple(lines)))
    return Table(
        id=called,
        caption=caption,
        stub=stub,
        columns=_columns(results),
        groups=tuple(groups),
        notes=notes.notes(),
        csv="tables/economics.csv",
    )


def _columns(results: Results) -> tuple[Column, ...]:
    """Cost, QALYs and net benefit at the first threshold, each with its interval."""
    words = results.words.economics
    assert words is not None
    at = f"Net benefit at £{words.thresholds[0]:,.0f}"
    limits = results.words.interval()
    found = []
    for spanner in ("Cost, £", "QALYs", f"{at}, £"):
        found += [Column("Difference", "right", spanner), Column(limits, "wrap", spanner)]
    return tuple(found)


def _wide(label: str, rows: list[Read], results: Results, notes: Notes) -> Row:
    words = results.words.economics
    assert words is not None
    cells: list[str] = []
    marks: list[str] = []
    said = _of_all(of_base(results))  # under the base case
    for quantity in SHOWN:
        own = [
            row
            for row in rows
            if row["quantity"] == quantity
            and (quantity != "inmb" or row["threshold"] == words.thresholds[0])
        ]
        cells += _numbers(own[0]) if own else [NONE, NONE]
        marks += [notes.mark(sentence(row["reason"])) for row in own if row["reason"]]
        marks += [notes.mark(sentence(w)) for r in own for w in _warnings(r) if w not in said]
        marks += [notes.mark(_zeros(r["zeros"])) for r in own if r["zeros"] is not None]
    return Row(label, tuple(cells), " ".join(dict.fromkeys(marks)))


def _zeros(share: float) -> str:
    return f"Without any cost: {percentage(share, 0)} of people."


def _row(row: Read, of_all: Collection[str], notes: Notes) -> Row:
    label = {"cost": "Cost, £", "qaly": "QALYs"}.get(row["quantity"])
    label = label or f"Net benefit, £, at £{row['threshold']:,.0f} a QALY"
    marks = [notes.mark(sentence(row["reason"]))] if row["reason"] else []
    marks += [notes.mark(sentence(word)) for word in _warnings(row) if word not in of_all]
    return Row(label, (*_numbers(row), degrees(row["df"])), " ".join(marks))


def _numbers(row: Read) -> list[str]:
    decimals = 3 if row["unit"] == "QALYs" else 0
    return [fixed(row["estimate"], decimals), interval(row["ci_low"], row["ci_high"], decimals)]


def _warnings(row: Read) -> list[str]:
    return [word for word in row["warnings"].split(" | ") if word]


def _methods(methods: Iterable[str]) -> list[Note]:
    return [Note(sentence(method)) for method in methods]


def _approaches(rows: list[Read]) -> list[str]:
    there = {row["approach"] for row in rows}
    return approaches_in(there)
