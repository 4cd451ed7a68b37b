"""Imputation looked at: values beside answers, chains, what the gaps take, and the words."""

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cesp_analysis import contracts
from cesp_analysis.cli import main
from cesp_analysis.declared.wording import Wording
from cesp_analysis.describe import specs as describe_specs
from cesp_analysis.figures.fmi import FmiRow
from cesp_analysis.figures.imputed_values import compared, imputed_values
from cesp_analysis.figures.kinds import KINDS
from cesp_analysis.figures.small_panels import round_ticks
from cesp_analysis.figures.style import save
from cesp_analysis.figures.traces import MOST, alt_text, selection, shown, traced, traces
from cesp_analysis.missing.imputed import Trace
from cesp_analysis.missing.imputed_values import edges_of, value_rows
from cesp_analysis.missing.recipe import Column, Recipe
from cesp_analysis.missing.set_tables import trace_table
from cesp_analysis.missing.tables import NO_CHAINS, Fmi, ImputationTable, ImputedValues, Traces
from cesp_analysis.report.blocks import Paragraph
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.imputation import handled, imputation, made
from cesp_analysis.report.wording_spec import wording_spec
from cesp_analysis.study.read import read_study
from cesp_analysis.whole_files import write_json, write_text
from small_study import Study, inside, missing_command

VALUES = ["imputed_values", "--panel", "data/processed/panel.parquet",
          "--imputed", "data/processed/imputed.parquet",
          "--handled", "data/processed/handled.parquet",
          "--out", "results/tables/imputed_values.csv"]  # fmt: skip


@pytest.fixture(scope="module")
def imputed(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Forty people; every fourth did not answer after, some not before, and one had died."""
    study, rng = Study(tmp_path_factory.mktemp("imputed")), np.random.default_rng(5)
    start = rng.normal(20, 4, 40).round(1)
    site = ["North" if i % 2 else "South" for i in range(40)]
    study.files["people.csv"] = "id,site,near,age,sex,died\n" + "".join(
        f"P{i:02},{site[i]},n{i % 4},{30 + i},f,{'2024-02-01' if i == 6 else ''}\n"
        for i in range(40)
    )
    for t, name in enumerate(("before", "after")):
        values = np.clip(start + t * rng.normal(1, 3, 40), 0, 40).round(1)
        study.files[f"{name}.csv"] = "id,date,score,u_1,u_2,u_3\n" + "".join(
            f"P{i:02},2024-0{5 * t + 1}-10,{values[i]},1,2,2\n"
            for i in range(40)
            if (i % 7 != 3 if t == 0 else i % 4 and i != 6)
        )
    people = study.config["files"]["people"]
    people["variables"]["died"] = {"type": "date", "format": "%Y-%m-%d"}
    study.config["events"] = {
        "died": {"label": "Died", "kind": "death", "file": "people", "date": "died"}
    }
    study.config["models"]["did"]["missing_data"] = "imputed"
    study.config["missing_data"] = {"imputation": {"sets": 8, "most": 8, "monte_carlo": 0.5}}
    ran = study.run()
    assert (ran.status, ran.shown) == (0, "")
    with inside(study.folder):
        assert main(VALUES) == 0
        assert main(missing_command(read_study())) == 0
        known = ["--diagnostics", "results/models/did/diagnostics.json"]
        assert main(["fmi", *known, "--out", "results/tables/fmi.csv"]) == 0
    return study


def words_of(study: Study) -> Wording:
    return Wording.model_validate_json(wording_spec(read_study(study.folder)))


def test_imputed_stand_beside_observed_by_site_and_time(imputed: Study) -> None:
    found = contracts.read(imputed.folder / "results/tables/imputed_values.csv", ImputedValues)
    whole = found.drop_duplicates(["group", "time", "source"])
    told = [tuple(row) for row in whole[["group", "time", "source", "n", "sets"]].to_numpy()]
    # after, every fourth (all South) is missing, and number 6 of the South had died; before, six
    assert sorted(told) == [
        ("north", "after", "observed", 20, 1), ("north", "before", "imputed", 3, 8),
        ("north", "before", "observed", 17, 1), ("south", "after", "imputed", 10, 8),
        ("south", "after", "observed", 9, 1), ("south", "before", "imputed", 3, 8),
        ("south", "before", "observed", 17, 1),
    ]  # fmt: skip
    panel = pd.read_parquet(imputed.folder / "data/processed/panel.parquet")
    own = panel[(panel["site"] == "south") & (panel["time"] == "after")]
    mean = own.loc[own["outcome"] == "score", "value"].mean()
    row = whole[(whole["time"] == "after") & (whole["source"] == "observed")].set_index("group")
    assert row.loc["south", "mean"] == pytest.approx(mean)
    sets = pd.read_parquet(imputed.folder / "data/processed/imputed.parquet")
    values = sets.loc[sets["time"] == "after", "value"]
    made_up = whole[(whole["source"] == "imputed") & (whole["time"] == "after")].iloc[0]
    assert (made_up["mean"], made_up["sd"]) == pytest.approx((values.mean(), values.std()))
    shares = found.groupby(["group", "time", "source"])["share"].sum()
    assert shares.to_numpy() == pytest.approx(1)


def test_answers_set_aside_are_not_observed() -> None:
    made_of = {"unit": ["a", "b"], "group": ["n", "n"], "time": ["t", "t"]}
    observed = pd.DataFrame(made_of | {"value": [1.0, 3.0]})
    imputed_too = pd.DataFrame(
        {"unit": ["c", "c"], "group": "n", "time": "t", "value": [0.0, 2.0], "set": [1, 2]}
    )
    rows = list(value_rows({"handling": "h", "outcome": "y"}, observed, imputed_too))
    ends = [(row["low"], row["high"], row["share"]) for row in rows if row["source"] == "imputed"]
    assert ends == [(-0.5, 0.5, 0.5), (0.5, 1.5, 0), (1.5, 2.5, 0.5), (2.5, 3.5, 0)]
    assert {(row["n"], row["outside"]) for row in rows} == {(2, 0.0), (1, 0.5)}


numbers = st.lists(st.floats(-1e6, 1e6, allow_subnormal=False), min_size=1, max_size=30)


@given(numbers, numbers)
def test_intervals_hold_every_value(observed: list[float], imputed_too: list[float]) -> None:
    one, other = np.array(observed), np.array(imputed_too)
    edges = edges_of(one, other)
    if len(edges) < 10_000:  # answers that hardly vary, far from what was imputed
        for values in (one, other):
            assert np.histogram(values, edges)[0].sum() == len(values)


@given(numbers, st.floats(0, 1))
def test_no_interval_beyond_what_was_answered_holds_an_answer(
    observed: list[float], further: float
) -> None:
    one = np.array(observed)
    assume(not np.all(one == np.round(one)))  # of whole numbers: below
    width = one.max() - one.min()
    edges = edges_of(one, one.max() + np.array([0.0, further * width]))
    last = np.flatnonzero(np.histogram(one, edges)[0])[-1]
    beyond = edges[last + 1] - one.max()
    assert edges[0] == one.min()
    assert width == 0 or beyond <= 1e-9 * max(1.0, float(np.abs(one).max()))


@pytest.mark.parametrize(("low", "high"), [(0, 63), (3, 9), (7, 35), (0, 27), (1, 100)])
def test_intervals_of_a_scale_have_as_many_of_its_numbers(low: int, high: int) -> None:
    """Unequal ones make a comb: a scale of 0 to 63 in 14 intervals has 4 or 5 numbers in each."""
    edges = edges_of(np.arange(low, high + 1.0), np.array([low - 4.3, high + 6.2]))
    own = edges[(edges >= low - 0.5) & (edges <= high + 0.5)]
    held = np.histogram(np.arange(low, high + 1), own)[0]
    assert own[0] == low - 0.5 and len(set(held)) == 1
    assert high + 0.5 - own[-1] < held[0]  # what is left over is less than an interval


def test_headings_of_imputed_values_stay_above_their_own_panel(imputed: Study) -> None:
    """Five times of a long label stood across each other."""
    words = words_of(imputed)
    moments = tuple(
        words.times[0].model_copy(update={"name": f"t{t}", "label": f"{t} months after allocation"})
        for t in range(5)
    )
    words = words.model_copy(update={"times": moments})
    table = contracts.read(imputed.folder / "results/tables/imputed_values.csv", ImputedValues)
    table = table.replace({"time": {"before": "t0", "after": "t1"}})
    more = [table, *(table.replace({"time": {"t0": f"t{t}"}}) for t in (2, 3, 4))]
    table = pd.concat(more).drop_duplicates(["group", "time", "source", "low"])
    figure = imputed_values(compared(table, words))
    figure.canvas.draw()
    axes = figure.axes[0]
    found = [(text.get_text(), text.get_window_extent()) for text in axes.texts]
    heads = [box for text, box in found if "allocation" in text or "n 2" in text or "n 1" in text]
    assert len(heads) > 6
    assert not any(a.overlaps(b) for at, a in enumerate(heads) for b in heads[at + 1 :])
    assert "Dotted: the lowest and highest answer" in str(figure.get_supxlabel()).replace("\n", " ")


def test_r_hat_on_the_figure_is_that_of_the_table(imputed: Study) -> None:
    table = contracts.read(imputed.folder / "data/processed/traces.parquet", Traces)
    rows = contracts.read(imputed.folder / "results/tables/imputation.csv", ImputationTable)
    known = rows[rows["r_hat"].notna()].set_index(["group", "time"])["r_hat"]
    found = traced(table, words_of(imputed))
    assert len(found) == len(known) == 2  # in the other group gaps are monotone: one pass
    for own in found:
        time = own.trace.column.partition("@")[2]
        assert own.trace.r_hat == pytest.approx(known[own.trace.group, time], rel=1e-12)
        assert own.trace.mean.shape == (10, 8) and own.label.startswith("Score,")


def test_of_many_variables_those_of_primary_outcomes_and_the_unsettled_are_drawn(
    imputed: Study,
) -> None:
    rng, rows = np.random.default_rng(2), []
    columns = ["score@after", *(f"lonely@after.{item}" for item in range(20))]
    for at, column in enumerate(columns):
        for chain in range(3):
            for iteration in range(6):
                mean = rng.normal() + (chain * 5 if at == 20 else 0)
                rows.append(("h", "control", column, iteration + 1, chain + 1, mean, 1.0))
    names = ["handling", "group", "column", "iteration", "set", "mean", "sd"]
    words = words_of(imputed)
    found = traced(pd.DataFrame(rows, columns=names), words)
    labels = shown(found)
    assert len(labels) == MOST and labels[0].startswith("Score")
    assert any(label.endswith("item 19") for label in labels)  # the one whose chains disagree
    said = (
        f"{MOST} of 21 variables that were imputed in rounds: those of primary outcomes first, then"
        " those whose R-hat is largest."
    )
    assert said in str(traces(found, labels).get_supxlabel()).replace("\n", " ")
    assert said in alt_text(found, labels)
    drawn = [int(label.rpartition(" ")[2]) for label in labels[1:]]
    assert drawn == sorted(drawn)  # as the questionnaire has them, not by their R-hat
    few = [own for own in found if own.label in labels[:3]]
    assert selection(few, labels[:3]) == "All 3 variables that were imputed in rounds. "
    none = {
        name: own.model_copy(update={"role": "secondary"}) for name, own in words.outcomes.items()
    }
    found = traced(pd.DataFrame(rows, columns=names), words.model_copy(update={"outcomes": none}))
    told = f"{MOST} of 21 variables that were imputed in rounds: those whose R-hat is largest. "
    assert selection(found, shown(found)) == told


def test_traces_stand_in_the_order_of_the_questionnaire() -> None:
    """Chains take columns by how much is missing of them; a reader looks items up by number."""
    columns = tuple(Column(name, "norm") for name in ("u@t.1", "u@t.2", "u@t.10"))
    chain = np.zeros((2, 1))
    made_of: Any = SimpleNamespace(share=SimpleNamespace(handling=SimpleNamespace(name="h")))
    run: Any = SimpleNamespace(
        recipe=Recipe(columns),
        traces=[Trace(name, "", chain, chain) for name in ("u@t.10", "u@t.1", "u@t.2")],
    )
    found = trace_table([(made_of, run)])
    assert list(dict.fromkeys(found["column"])) == ["u@t.1", "u@t.2", "u@t.10"]


def test_where_other_seeds_would_put_the_fraction() -> None:
    low, high = FmiRow("Y", "m", 50, 0.4, 0.03).range() or (0, 0)
    for end, sign in ((low, -1), (high, 1)):
        assert math.log(end / (1 - end)) == pytest.approx(
            math.log(0.4 / 0.6) + sign * 1.959963984540054 * 0.2, rel=1e-12
        )
    assert FmiRow("Y", "m", 50, 0.0, 0.0).range() is None


@given(st.floats(-1e5, 1e5), st.floats(1e-3, 1e5))
def test_ticks_are_few_round_and_inside(low: float, width: float) -> None:
    ticks = round_ticks(low, low + width)
    slack = 1e-6 * (width + abs(low))
    assert 2 <= len(ticks) <= 8
    assert all(low - slack <= tick <= low + width + slack for tick in ticks)


@pytest.mark.parametrize("kind", ["traces", "imputed_values", "fmi"])
def test_figures_draw_say_and_repeat_themselves(imputed: Study, kind: str, tmp_path: Path) -> None:
    own = KINDS[kind]
    table = contracts.read(imputed.folder / own.table, own.contract)
    said = {
        "traces": ("R-hat", "Score, After: Usual"),
        "imputed_values": ("After: n 9 + 10", "South, After: answered 9 people, mean"),
        "fmi": ("Fraction of missing information", "did, After 0."),
    }[kind]
    drawn = []
    for turn in range(2):
        figure, _, alt, _ = own.draw(table, words_of(imputed), "person")
        svg, png = tmp_path / f"{turn}.svg", tmp_path / f"{turn}.png"
        save(figure, svg, png, "SYNTHETIC DATA")
        drawn.append((svg.read_bytes(), png.read_bytes()))
    assert drawn[0] == drawn[1]
    assert said[0] in drawn[0][0].decode() and said[1] in alt


@pytest.mark.parametrize("kind", ["traces", "imputed_values", "fmi"])
def test_figures_of_nothing_say_so(imputed: Study, kind: str) -> None:
    own = KINDS[kind]
    empty = pd.DataFrame({name: [] for name in own.contract.columns()})
    _, _, alt, _ = own.draw(empty, words_of(imputed), "person")
    assert "Nothing was imputed" in alt or "No imputed model" in alt


def test_a_study_without_imputed_models_has_no_such_figures(study: Study) -> None:
    study.write()
    none = describe_specs.nothing_to_draw(read_study(study.folder))
    assert none == ["traces", "imputed_values", "fmi"]


def test_the_report_says_how_it_was_imputed(imputed: Study) -> None:
    results = Results(words_of(imputed), imputed.folder / "results", Path("none"))
    assert results.words.imputed
    about = {"caption": "A.", "alt": "A.", "svg": "a.svg", "png": "a.png", "csv": "a.csv"}
    write_text("x\n", imputed.folder / "results/figures/a.csv")
    for name in ("traces", "imputed_values", "fmi"):
        write_json(about, imputed.folder / f"results/figures/{name}_person.json")
    blocks = {getattr(block, "id", block.kind): block for block in imputation(results)}
    handling = results.imputation[0]["handling"]
    equations: Any = blocks[f"imputation_{handling}"]
    shown_rows = [row for group in equations.groups for row in group.rows]
    assert [(row.stub, row.cells[:4]) for row in shown_rows] == [
        ("Score, Before", ("17", "0", "3", "3")),  # of the intervention arm
        ("Score, Before", ("17", "0", "3", "3")),
        ("Score, After", ("9", "1", "10", "10")),
    ]
    values: Any = blocks["imputed_values"]
    assert [row.stub for row in values.groups[0].rows] == [
        "North, Before", "North, After", "South, Before", "South, After"
    ]  # fmt: skip
    taken: Any = blocks["fmi"]
    known = contracts.read(imputed.folder / "results/tables/fmi.csv", Fmi).iloc[0]
    assert taken.groups[0].rows[0].cells[:2] == ("8", f"{known['fmi']:.2f}")


def test_sentences_of_sets_and_events(imputed: Study) -> None:
    words = words_of(imputed)
    row = {"estimate_id": "did/score/after", "m": 50, "share": 0.07, "limit": 0.05, "met": "no"}
    more = row | {"m": 90, "share": 0.0412, "met": "yes"}
    assert made(words, [row, more]) == (
        "90 sets of answers were made. The Monte Carlo error of a pooled estimate of a primary"
        " outcome, its distance from infinitely many sets (another seed differs by some 1.4 times"
        " that), is at most 0.041 of its standard"
        " error (did, of Score, After), within the declared limit of 0.05."
    )
    assert "above the declared limit" in made(words, [row])
    assert made(words, [row | {"share": None}]).startswith(
        "50 sets of answers were made. Whether more are needed"
    )
    assert made(words, []).startswith("No model of a primary outcome")
    alive = {"handling": "while_alive", "events": "Died: none | Left: all"}
    assert list(handled([alive])) == ["Died: none.", "Left: all."]
    none = {"handling": "treatment_policy", "events": ""}
    (said,) = handled([none])
    assert said.startswith("The study declares no event") and "olicy" not in said
    assert list(handled([alive, none])) == [
        "While alive: Died: none; Left: all.", f"Treatment policy: {said}"
    ]  # fmt: skip


def test_what_was_imputed_has_few_notes_in_the_study_s_words(imputed: Study) -> None:
    """Of forty items each was said by its raw name, in a note of its own."""
    words = words_of(imputed)
    row = {
        "handling": "h", "events": "", "group": "intervention", "variable": "lonely",
        "kind": "outcome", "time": "after", "n_people": 40, "n_answered": 30, "n_not_there": 0,
        "n_missing": 10, "n_imputed": 10, "method": "pmm", "r_hat": 1.0, "drift": 0.2,
        "drift_limit": 3.4, "reason": "",
    }  # fmt: skip
    rows = [
        row | {
            "item": str(item),
            "warnings": f"it is matched among {30 + item} answers, fewer than 10 for each of 5"
            f" donors | it is left out of the model of 'lonely@after.{item % 7}': it repeats"
            " others",
        }
        for item in range(40)
    ]  # fmt: skip
    results = Results(words, imputed.folder / "results", Path("none"))
    results.__dict__["imputation"] = rows
    (table,) = (block for block in imputation(results)
                if getattr(block, "id", "") == "imputation_h")  # fmt: skip
    marked = [note for note in table.notes if note.mark]  # type: ignore[union-attr]
    assert [note.text for note in marked] == [
        "It is matched among 30 to 69 answers, fewer than 10 for each of 5 donors.",
        "It is left out of the model of several variables (the CSV names them): it repeats others.",
    ]
    results.__dict__["imputation"] = rows[:1]
    (table,) = (block for block in imputation(results)
                if getattr(block, "id", "") == "imputation_h")  # fmt: skip
    said = [note.text for note in table.notes]  # type: ignore[union-attr]
    assert "It is left out of the model of Lonely, After, item 0: it repeats others." in said
    for one, times in ((rows[0], 1), (rows[0] | {"r_hat": None}, 0)):
        results.__dict__["imputation"] = [one]
        (table,) = (block for block in imputation(results)
                    if getattr(block, "id", "") == "imputation_h")  # fmt: skip
        heads = [column.header for column in table.columns]  # type: ignore[union-attr]
        assert heads.count("R\u2011hat") == times
        assert len(heads) == len(table.groups[0].rows[0].cells)  # type: ignore[union-attr]
        about = str(table.notes)  # type: ignore[union-attr]
        assert about.count("R-hat: whether") == times
    assert table.caption == "What was imputed."  # type: ignore[union-attr]


def test_where_there_are_no_chains_a_sentence_says_so_and_no_empty_figure(imputed: Study) -> None:
    results = Results(words_of(imputed), imputed.folder / "results", Path("none"))
    path = imputed.folder / "results/figures/traces_person.json"
    about = {"caption": "A.", "svg": "a.svg", "png": "a.png", "csv": "a.csv"}
    write_text("x\n", imputed.folder / "results/figures/a.csv")
    for alt, there in ((f"Chains. {NO_CHAINS}", False), ("Chains of imputations, 5.", True)):
        write_json(about | {"alt": alt}, path)
        blocks = list(imputation(results))
        ids = [getattr(block, "id", "") for block in blocks]
        said = [block.text for block in blocks if isinstance(block, Paragraph)]
        assert ("figure_traces_person" in ids) == there
        assert (NO_CHAINS in said) != there
