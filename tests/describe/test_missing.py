"""Who is missing: patterns by hand, differences and models against R, sentences, a map."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cesp_analysis import contracts
from cesp_analysis.cli import main
from cesp_analysis.declared.wording import Wording
from cesp_analysis.describe.answering import NOT_IN, Answering, Differs, Group
from cesp_analysis.describe.differing import ALONE, ONE_SIDED, apart, error_of_numbers
from cesp_analysis.describe.missing_asked import MissingSpec
from cesp_analysis.describe.missing_compared import Compared, compared
from cesp_analysis.describe.missing_model import ALIKE, modelled
from cesp_analysis.describe.missing_patterns import pattern_rows, places_of
from cesp_analysis.describe.missing_predictors import NOT_MODELLED, predictor_rows
from cesp_analysis.describe.tables import Missing
from cesp_analysis.figures.kinds import KINDS
from cesp_analysis.report.wording_spec import wording_spec
from cesp_analysis.study.read import read_study
from measured_study import measured
from small_study import Study, inside, missing_command

HERE = Path(__file__).parents[1] / "reference"
R: dict[str, Any] = json.loads((HERE / "missing.json").read_text(encoding="utf-8"))
ROWS = {
    "site.south": ("site", "south"), "age": ("age", ""), "sex.m": ("sex", "m"),
    "sex.x": ("sex", "x"), "alone.yes": ("alone", "yes"), "before": ("mood", ""),
}  # fmt: skip
TIMES = [{"name": f"t{at}", "label": f"Visit {at}", "position": at} for at in range(3)]


def spec(**more: Any) -> MissingSpec:
    """One primary outcome, three times, two kinds of events."""
    told = {
        "times": TIMES,
        "ends": {"left": "withdrawal", "dead": "death"},
        "outcomes": {"mood": {"label": "Mood", "level": "person", "primary": True}},
        "ci_level": 0.95,
    }
    return MissingSpec.model_validate(told | more)


def panel(values: dict[str, list[float | None]], outcome: str = "mood") -> pd.DataFrame:
    """Unit → its values at the times, None: no answer; every second at the other site."""
    rows = [
        (unit, ("north", "south")[at % 2], f"t{t}", value)
        for at, (unit, own) in enumerate(values.items())
        for t, value in enumerate(own)
    ]
    made = pd.DataFrame(rows, columns=["unit", "group", "time", "value"])
    made = made.assign(level="person", outcome=outcome, site=made["group"])
    made["value"] = made["value"].astype(float)
    kinds = dict.fromkeys(("unit", "group", "time", "level", "outcome", "site"), "category")
    return made.astype(kinds)


def events(*rows: tuple[str, str, float | None]) -> pd.DataFrame:
    """(event, unit, elapsed)."""
    made = pd.DataFrame(rows, columns=["event", "unit", "elapsed"])
    return made.astype({"elapsed": float})


def patterns(table: pd.DataFrame, ended: pd.DataFrame, how: MissingSpec) -> list[tuple[Any, ...]]:
    rows = pattern_rows(places_of(table, ended, how))
    return [(r["group"], r["pattern"], r["n"], r["of"], r["monotone"]) for r in rows]


def test_patterns_by_hand() -> None:
    """Six people: all answers; a gap; withdrew; died at a moment not known; withdrew, then died;
    one whose withdrawal is dated before an answer, so that they had not left."""
    table = panel({
        "A": [1, 2, 3], "B": [1, None, 3], "C": [1, None, None],
        "D": [1, 2, None], "E": [1, None, None], "F": [None, 2, None],
    })  # fmt: skip
    ended = events(("left", "C", 0.5), ("dead", "D", None), ("left", "E", 0.5), ("dead", "E", 1.5),
                   ("left", "F", 0.5), ("moved", "A", 0.1))  # fmt: skip
    assert patterns(table, ended, spec()) == [
        ("north", "answered, answered, answered", 1, 3, "yes"),
        ("north", "answered, withdrew, died", 1, 3, "yes"),
        ("north", "answered, withdrew, withdrew", 1, 3, "yes"),
        ("south", "answered, answered, died", 1, 3, "yes"),
        ("south", "answered, no answer, answered", 1, 3, "no"),
        ("south", "no answer, answered, withdrew", 1, 3, "no"),
    ]


def test_an_event_counts_until_the_end_of_the_window() -> None:
    table, ended = panel({"A": [1, 2, None], "B": [1, 2, 3]}), events(("dead", "A", 2.4))
    assert patterns(table, ended, spec())[0][1] == "answered, answered, no answer"
    wide = spec(windows={"t2": (1.5, 2.5)})
    assert patterns(table, ended, wide)[0][1] == "answered, answered, died"


def test_who_answers_something_else_had_not_left() -> None:
    one, other = panel({"A": [1, None, None]}), panel({"A": [1, 2, None]}, "sleep")
    both = pd.concat([one.astype("object"), other.astype("object")])
    kinds = dict.fromkeys(("unit", "group", "time", "level", "outcome", "site"), "category")
    both = both.astype({"value": "float64"} | kinds)
    outcomes = {name: {"label": name, "level": "person"} for name in ("mood", "sleep")}
    found = patterns(both, events(("left", "A", 0.5)), spec(outcomes=outcomes))
    assert [row[1] for row in found] == [
        "answered, no answer, withdrew",
        "answered, answered, withdrew",
    ]


answers = st.lists(st.sampled_from([1.0, None]), min_size=3, max_size=3)


@given(
    st.lists(answers, min_size=2, max_size=12),
    st.lists(st.tuples(st.sampled_from(["left", "dead"]), st.integers(0, 11),
                       st.sampled_from([None, 0.5, 1.5])), max_size=6),
)  # fmt: skip
def test_patterns_add_up_to_people(
    values: list[list[float | None]], ended: list[tuple[str, int, float | None]]
) -> None:
    table = panel({f"P{at}": own for at, own in enumerate(values)})
    gone = events(*((event, f"P{at}", when) for event, at, when in ended))
    rows = list(pattern_rows(places_of(table, gone, spec())))
    people = table.drop_duplicates("unit").groupby("group", observed=True).size()
    for group, n in people.items():
        own = [row for row in rows if row["group"] == group]
        assert sum(row["n"] for row in own) == n and {row["of"] for row in own} == {n}
        assert sum(row["share"] for row in own) == pytest.approx(1)
    # answers, counted another way
    assert sum(row["n"] * row["answered"] for row in rows) == table["value"].notna().sum()


@pytest.fixture(scope="module")
def reference() -> dict[tuple[str, str], dict[str, Any]]:
    """(variable, category) → the row of the reference's data."""
    data = pd.read_csv(HERE / "missing.csv")
    values = {
        unit: [before if before == before else None, None if gone else 1.0]
        for unit, before, gone in zip(data["unit"], data["before"], data["gone"], strict=True)
    }
    table = panel(values)
    site = pd.Categorical(table["unit"].astype("str").map(data.set_index("unit")["site"]))
    table = table.assign(group=site, site=site)
    for name in ("age", "sex", "alone"):
        table[name] = table["unit"].astype("str").map(data.set_index("unit")[name])
    table = table.astype({"sex": "category", "alone": "category"})
    covariates = {"age": {"label": "Age"}, "sex": {"label": "Sex"}, "alone": {"label": "Alone"}}
    how = spec(times=TIMES[:2], covariates=covariates, groups={"south": "South"})
    rows = predictor_rows(table, places_of(table, events(), how), how)
    return {(r["variable"], r["category"] or ""): r for r in rows if r["time"] == "t1"}


@pytest.mark.parametrize("name", ROWS)
def test_average_differences_are_those_of_glm(
    reference: dict[tuple[str, str], dict[str, Any]], name: str
) -> None:
    row = reference[ROWS[name]]
    assert (row["model_n"], row["model_events"]) == (R["n"], R["events"])
    found = [row["average"], row["average_low"], row["average_high"]]
    # numDeriv's Richardson derivatives are right to some 1e-9
    assert found == pytest.approx(R["average"][name], abs=1e-8)


@pytest.mark.parametrize("name", ["site.south", "sex.m", "sex.x", "alone.yes"])
def test_standardised_differences_of_shares_are_those_of_r(
    reference: dict[tuple[str, str], dict[str, Any]], name: str
) -> None:
    row = reference[ROWS[name]]
    found = [row["difference"], row["difference_low"], row["difference_high"]]
    assert found == pytest.approx(R["difference"][name], abs=1e-8)  # as above


@pytest.mark.parametrize("name", ["age", "before"])
def test_standardised_differences_of_numbers_are_those_of_metafor(
    reference: dict[tuple[str, str], dict[str, Any]], name: str
) -> None:
    """metafor multiplies by the small-sample factor, in the error too: undone on our side."""
    row, own = reference[ROWS[name]], R["difference"][name]
    data = pd.read_csv(HERE / "missing.csv").dropna(subset=[name])
    one, other = (data.loc[data["gone"] == g, name].to_numpy(dtype=float) for g in (1, 0))
    assert row["difference"] * own["factor"] == pytest.approx(own["yi"], rel=1e-10)
    error, _ = error_of_numbers(own["yi"], one, other)
    assert (error * own["factor"]) ** 2 == pytest.approx(own["vi"], rel=1e-10)
    half = 1.959963984540054 * error_of_numbers(row["difference"], one, other)[0]
    ends = (row["difference"] - half, row["difference"] + half)
    assert (row["difference_low"], row["difference_high"]) == pytest.approx(ends, rel=1e-12)


def test_a_difference_turns_with_its_sides_and_not_with_the_unit() -> None:
    rng = np.random.default_rng(3)
    one, other = rng.normal(1, 2, 30), rng.normal(0, 1, 50)
    found, turned = apart(one, other, False, 0.9), apart(other, one, False, 0.9)
    assert (turned.value, turned.low, turned.high) == pytest.approx(
        (-found.value, -found.high, -found.low)
    )
    scaled = apart(5 + 9 * one, 5 + 9 * other, False, 0.9)
    assert (scaled.value, scaled.low) == pytest.approx((found.value, found.low))


def test_differences_without_an_interval_say_why() -> None:
    one, nobody = np.array([1.0]), np.array([])
    assert apart(np.zeros(4), np.array([0.0, 1, 1]), True, 0.95).reason == ONE_SIDED
    assert (
        apart(one, np.array([2.0, 3.0]), False, 0.95).reason
        == "a side has one value: no spread is known"
    )
    assert apart(nobody, one, False, 0.95).reason == "a side has nobody with a value"
    assert error_of_numbers(0.1, one, np.array([2.0, 3.0]))[1] == ALONE


def column(name: str, values: "np.ndarray", share: bool = True, enters: bool = True) -> Compared:
    return Compared(name, "yes" if share else "", name, values.astype(float), share, enters)


def test_categories_are_as_they_are_brackets_and_all() -> None:
    rows = pd.DataFrame(
        {"unit": ["1", "2", "3"], "says": ["no", "Other [specify]", "[none]"], "age": [1.0, 2, 3]}
    )
    rows["says"] = pd.Categorical(rows["says"])
    rows = rows.assign(level="person", site=None, time="t", outcome="y", value=1.0)
    rows["group"] = pd.Categorical(["a"] * 3)
    how = MissingSpec.model_validate(
        {
            "outcomes": {"y": {"label": "Y", "level": "person"}},
            "covariates": {
                "says": {"label": "Says", "reference": "no"},
                "age": {"label": "Age"},
            },
            "ci_level": 0.95,
        }
    )
    before, _ = compared(rows, pd.Index(["1", "2", "3"]), "t", how)
    assert [one.category for one in before] == ["Other [specify]", "[none]", ""]


def test_a_model_that_cannot_be_fitted_says_why_and_gives_no_number() -> None:
    at = np.arange(60)
    gone, half = at % 3 == 0, at % 2
    fine, same = column("A", half), column("B", np.ones(60))
    told = modelled(gone, [fine, same, column("C", at % 5, False, enters=False)], 0.95)
    assert set(told.averages) == {0} and told.reasons == {1: ALIKE, 2: NOT_IN}
    assert modelled(gone & (at < 9), [fine], 0.95).reasons[0] == (
        "3 people without an answer of 60 in the model, where 1 coefficient asks for 5"
    )
    few = modelled(at > 2, [fine], 0.95).reasons[0]
    assert few.startswith("3 people with an answer of 60")
    everybody = modelled(np.zeros(60, dtype=bool), [fine], 0.95)
    assert everybody.reasons[0] == "of 60 people in the model all answered"
    assert modelled(gone, [column("A", np.full(60, np.nan))], 0.95).reasons[0] == ALIKE
    twice = modelled(gone, [fine, column("A", half), column("D", 1 - half)], 0.95)
    assert not twice.averages and "can be computed from what else" in twice.reasons[0]


def test_an_outcome_that_is_a_covariate_too_stands_in_the_model_once() -> None:
    """A baseline that is both (Beat the Blues) left the study without a model at all times."""
    at = np.arange(60)
    gone = at % 3 == 0
    own = column("BDI at baseline", (at * 7 % 31).astype(float), False)
    again = column("Depression", own.values, False)
    alone, both = modelled(gone, [own], 0.95), modelled(gone, [own, again], 0.95)
    assert both.averages == alone.averages and set(alone.averages) == {0}
    assert both.reasons == {1: "it is BDI at baseline, which is in the model"}


def test_a_category_that_tells_exactly_is_set_aside_and_a_number_ends_the_model() -> None:
    at = np.arange(80)
    gone, fine = at % 4 == 0, column("A", at % 3 == 0)
    rare = column("B", (at == 1) | (at == 2))
    told = modelled(gone, [fine, rare], 0.95)
    without = modelled(np.delete(gone, [1, 2]), [column("A", np.delete(at % 3 == 0, [1, 2]))], 0.95)
    assert told.n == 78 and told.averages == {0: pytest.approx(without.averages[0])}
    assert told.reasons[1].startswith("separation: of 2 people with B all answered")
    number = column("C", np.where(gone, 1.0, 0) * 10 + at / 80, share=False)
    told = modelled(gone, [fine, number], 0.95)
    assert not told.averages and told.reasons[1].startswith("separation: A and C tell")


def test_outcomes_that_are_not_primary_are_described_and_not_modelled() -> None:
    table = panel({f"P{at}": [at % 4, None if at % 3 else 1.0] for at in range(20)})
    how = spec(times=TIMES[:2], outcomes={"mood": {"label": "Mood", "level": "person"}})
    rows = list(predictor_rows(table, places_of(table, events(), how), how))
    assert {row["model_reason"] for row in rows} == {NOT_MODELLED}
    assert [row["variable"] for row in rows] == ["site", "site", "mood"]  # mood at the first: later


def told(**more: Any) -> str:
    groups = (Group("North", 12, 10, 1, 1), Group("South", 10, 7, 1, 0))
    own = {"time": "12 months", "groups": groups, "differs": (), "interval": "95% interval"}
    return Answering(**(own | more)).sentence()


def test_sentences() -> None:
    assert told() == (
        "At 12 months 10 of 12 in North and 7 of 10 in South answered; of the 5 others 1 had died"
        " and 2 had withdrawn by then."
    )
    assert told(groups=(Group("All", 5, 5, 0, 0),)) == "At 12 months 5 of 5 answered."
    assert told(groups=(Group("All", 5, 3, 0, 0),)) == (
        "At 12 months 3 of 5 answered; of the 2 others no death or withdrawal is on record."
    )
    age = Differs("Age", False, -0.31, -0.6, -0.02)
    alone = Differs("Alone: yes", True, 0.2, -0.1, 0.5)
    far = Differs("Rare", True, 0.15, None, None)
    assert told(differs=(alone, age, far)).endswith(
        " Before, those without an answer differed most from the others in Age, lower by 0.31 SD"
        " (95% interval 0.02 to 0.60), and Alone: yes, more frequent by 0.20 SD (−0.10 to 0.50)."
    )
    assert "Alone" not in told(differs=(alone, age), primary=False)
    assert told(differs=(far,)).endswith("in Rare, more frequent by 0.15 SD.")
    assert told(differs=(Differs("Age", False, 0.09, 0, 0.2),)).endswith(
        "Before, those without an answer lay within 0.1 SD of the others in all that was known of"
        " them."
    )


def test_items_of_the_map_are_of_those_that_came_back(study: Study) -> None:
    """One of twelve sent nothing after, another left item 2 blank."""
    after = study.files["after.csv"]
    assert isinstance(after, str)
    lines = after.splitlines(keepends=True)
    study.files["after.csv"] = "".join([lines[0], lines[1].replace(",2,2,2", ",2,,2"), *lines[3:]])
    ran = study.run("panel")
    assert (ran.status, ran.shown) == (0, "")
    found = ran.missing()["missing"]
    words = Wording.model_validate_json(wording_spec(read_study(study.folder)))
    _, _, alt, _ = KINDS["missing_items"].draw(found, words, "person")
    assert alt == (
        "Map of questionnaires and items, lowest to highest cell. UCLA three-item loneliness scale:"
        " 0% to 17% of those expected without a questionnaire; items blank in 0% to 17% of the"
        " others, most often 2 left out, North, After."
    )


def test_items_are_counted_as_measurability_counts_them(study: Study) -> None:
    """Of those that came back: items.csv holds the items of candidates by site and time."""
    before = study.files["before.csv"]
    assert isinstance(before, str)
    lines = before.splitlines(keepends=True)
    lines[1:4] = [line.replace(",2\n", ",\n") for line in lines[1:4]]
    study.files["before.csv"] = "".join(lines[:-1])
    items = [row for row in measured(study)["items"] if row["site"]]
    with inside(study.folder):
        assert main(missing_command(read_study())) == 0
    whole = contracts.rows(study.folder / "results/tables/missing.csv", Missing)
    counted = {
        (f"{row['instrument']}.{row['item']}", row["group"], row["time"]): row
        for row in whole
        if row["item"]
    }
    assert len(items) == len(counted) == 12
    for row in items:
        own = counted[row["item"], row["site"], row["time"]]
        assert own["n_returned"] == row["records"]
        assert own["n_expected"] - own["n_missing"] == row["n"]


@pytest.mark.parametrize(("sites", "variable"), [(12, "site"), (13, "arm")])
def test_of_many_sites_arms_are_compared(sites: int, variable: str) -> None:
    """13 sites are two arms; 12 are the first site and each other."""
    made = panel({f"u{n}": [1.0] for n in range(52)})
    number = made["unit"].cat.codes.to_numpy() % sites
    names = pd.Categorical([f"s{at:02}" for at in number])
    arms = pd.Categorical(np.where(number % 2, "intervention", "control"))
    made = made.assign(site=names, group=names, arm=arms)
    units = made.drop_duplicates("unit").set_index("unit").index
    how = spec(arms={"control": "Usual", "intervention": "New"})
    before, _ = compared(made, units, "t0", how)
    assert {own.variable for own in before} == {variable}
    assert len(before) == (11 if variable == "site" else 1)
    if variable == "arm":
        assert (before[0].category, before[0].label) == ("intervention", "New")
        assert before[0].values.sum() == (number % 2).sum()
