"""Sections: rows stand in config's order, whatever order a table has."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cesp_analysis.cells import MASKED_DATE
from cesp_analysis.clean.copied import REPEATING
from cesp_analysis.declared.problems import KINDS, OF_IDS
from cesp_analysis.declared.source_list import SOURCES, read_sources
from cesp_analysis.declared.wording import Wording
from cesp_analysis.economics.words import USUALLY
from cesp_analysis.figures.draw import instead_of
from cesp_analysis.figures.fmi import fmi
from cesp_analysis.models.link_worker_words import INDEPENDENT
from cesp_analysis.models.tables import Standardised
from cesp_analysis.models.two_sites import SITES_APART
from cesp_analysis.numbers import percent
from cesp_analysis.report.blocks import Figure, Paragraph, Table
from cesp_analysis.report.in_short import in_short
from cesp_analysis.report.sections.answers import _instruments
from cesp_analysis.report.sections.balance import balance
from cesp_analysis.report.sections.data import _shown, _sources, data
from cesp_analysis.report.sections.estimates import RECORDS, common_cautions, estimates
from cesp_analysis.report.sections.figure import figure
from cesp_analysis.report.sections.follow_up import follow_up
from cesp_analysis.report.sections.means import means_table
from cesp_analysis.report.sections.people import _odd
from cesp_analysis.report.sections.standardised import AS_WITHOUT, SHOCKS, standardised
from cesp_analysis.report.sections.study import study
from cesp_analysis.report.wording_spec import wording_spec
from cesp_analysis.report.write import SECTIONS, Section
from cesp_analysis.schemas import Estimates
from cesp_analysis.study.read import read_study
from plain_results import plain
from small_study import Study

NOTHING = ("problems", "account", "estimates", "estimands", "costs", "economics", "contacts")


def words() -> Wording:
    """A study with three times whose names do not sort as they follow each other."""
    times = [("baseline", "Baseline"), ("6m", "6 months"), ("12m", "12 months")]
    spec: dict[str, Any] = {
        "study": {"id": "s", "title": "T", "about": "A", "synthetic": True, "seed": 1},
        "banner": "",
        "arms": {"intervention": "New", "control": "Usual"},
        "times": [
            {"name": name, "label": label, "position": float(i)}
            for i, (name, label) in enumerate(times)
        ],
        "outcomes": {},
        "models": {},
        "files": {},
    }
    return Wording.model_validate(spec)


def test_no_section_is_entered_without_saying_who_reads_it() -> None:
    """One that nobody decided upon would be missing outside, and nobody told."""
    with pytest.raises(TypeError, match="'public'"):
        Section()  # type: ignore[call-arg]
    assert {name for name, one in SECTIONS.items() if not one.public} == {
        "data", "answers", "dictionary", "models", "residuals", "process", "interviews",
    }  # fmt: skip


def test_instrument_scores_follow_the_study_in_time() -> None:
    counts = {
        "records": 3,
        "scored": 2,
        "partly": 1,
        "prorated": 0,
        "incomplete": 0,
        "mean": 1.0,
        "sd": None,
    }
    rows = [
        {"level": "person", "score": score, "time": time, **counts}
        for score in ("a.total", "b.total")
        for time in ("12m", "6m", "baseline")
    ]
    table = _instruments(SimpleNamespace(answered=rows, words=words()))  # type: ignore[arg-type]
    assert [group.title for group in table.groups] == ["a.total (people)", "b.total (people)"]
    for group in table.groups:
        assert [row.stub for row in group.rows] == ["Baseline", "6 months", "12 months"]


def test_balance_stands_in_the_study_s_order_with_its_labels(tmp_path: Path) -> None:
    """Diagnostics are sorted by name; a report is not."""
    covariates = {"old": {"label": "Age", "variable": "a"}, "alone": {"label": "Lives alone",
                  "variable": "b"}}  # fmt: skip
    outcome = {"variable": "y", "unit": "points", "direction": "neither"}
    outcomes = {"z": outcome | {"label": "First"}, "a": outcome | {"label": "Second"}}
    model = {"label": "Arms alike", "kind": "weighted_did", "level": "person", "weighs": True}
    study = Wording.model_validate(
        words().model_dump()
        | {"covariates": covariates, "outcomes": outcomes, "models": {"m": model}}
    )
    numbers: dict[str, Any] = {
        f"{what}_{when}": 1.0
        for what in ("mean_one", "mean_other", "difference", "ratio")
        for when in ("before", "after")
    }
    pair = {"model": "m", "one": "intervention arm", "other": "control arm", "reason": None}
    rows = [
        pair | numbers | {"outcome": outcome, "time": time, "covariate": covariate}
        for outcome in ("a", "z")
        for time in ("12m", "6m")
        for covariate in ("alone[yes]", "old", "old squared")
    ]
    sizes = {"model": "m", "n": 3, "effective": 2.5, "largest_share": 0.5}
    weights = [
        sizes | {"outcome": outcome, "time": time, "group": f"{arm} arm"}
        for outcome in ("a", "z")
        for time in ("12m", "6m")
        for arm in ("control", "intervention")
    ]
    about = {"caption": "c", "alt": "a", "svg": "b.svg", "png": "b.png", "csv": "b.csv"}
    about = about | {"rows": []}
    results = SimpleNamespace(
        words=study, balance=rows, balance_weights=weights, figure=lambda name: about,
        public=False, leaves=lambda name: True,
    )  # fmt: skip
    _, told, _, covariates_made, sizes_made = balance(results)  # type: ignore[arg-type]
    assert "does not remove a site shock" in told.text  # type: ignore[union-attr]
    assert covariates_made.caption == "Arms alike: covariates, change in First to 12 months."  # type: ignore[union-attr]
    (group,) = covariates_made.groups  # type: ignore[union-attr]
    assert group.title == "Intervention arm and control arm"
    assert [row.stub for row in group.rows] == ["Age", "Age, squared", "Lives alone: yes"]
    assert [group.title for group in sizes_made.groups] == [  # type: ignore[union-attr]
        f"Change in {outcome} to {time} months" for outcome in ("First", "Second")
        for time in (6, 12)]  # fmt: skip
    assert [row.stub for row in sizes_made.groups[0].rows] == [  # type: ignore[union-attr]
        "Intervention arm",
        "Control arm",
    ]
    assert sizes_made.groups[0].rows[0].cells == ("3", "2.5", "50%")  # type: ignore[union-attr]


def test_predicted_means_by_arm_are_shown_by_arm() -> None:
    """With a random site the model's means are those of the arms, though the study has sites."""
    places = [{"name": "n", "label": "North", "arm": "intervention"},
              {"name": "s", "label": "South", "arm": "control"}]  # fmt: skip
    outcome = {"label": "Y", "variable": "y", "unit": "points", "direction": "neither"}
    study = Wording.model_validate(
        words().model_dump() | {"sites": places, "outcomes": {"y": outcome}}
    )
    row = {
        "outcome": "y",
        "time": "baseline",
        "mean": 1.0,
        "ci_low": 0.5,
        "ci_high": 1.5,
        "n": 7,
        "reason": None,
    }
    arms = ("intervention", "control")
    rows = [row | {"group": arm, "model_time": ""} for arm in arms]
    made = means_table(SimpleNamespace(words=study), rows, "person", "a", "c", "m.csv")  # type: ignore[arg-type]
    assert [column.spanner for column in made.columns] == ["New"] * 3 + ["Usual"] * 3
    assert made.groups[0].rows[0].cells == ("7", "1.00", "0.50 to 1.50") * 2
    times = [moment.name for moment in study.times]
    own = [r | {"time": t, "model_time": times[-1]} for r in rows for t in (times[0], times[-1])]
    other = means_table(SimpleNamespace(words=study), own, "person", "a", "c", "m.csv")  # type: ignore[arg-type]
    ends = [study.times[0].label, study.times[-1].label]
    assert [line.stub for line in other.groups[0].rows] == [
        f"{e} (model of {ends[-1]})" for e in ends
    ]


def test_an_id_is_printed_on_no_page() -> None:
    for kind in OF_IDS:
        assert _shown(kind, {"value": "P017"}) == "(an id)"
    assert set(KINDS) > OF_IDS and "unknown_person" in OF_IDS and "short_record" in OF_IDS


def test_what_stays_in_the_raw_file_is_no_quotation() -> None:
    assert _shown("not_a_number", {"value": MASKED_DATE}) == MASKED_DATE
    assert _shown("not_a_number", {"value": "x" * 30}) == f"‘{'x' * 23}…’"


def test_every_raw_file_is_listed_with_those_that_say_how_it_is_read(tmp_path: Path) -> None:
    study = Study(tmp_path)
    study.config["files"]["before"]["redcap"] = {"dictionary": "data/raw/dictionary.csv"}
    study.config["files"]["after"]["header"] = {"syntax": "data/raw/syntax.R"}
    study.files |= {"dictionary.csv": "a", "syntax.R": "b"}
    study.write()
    results = SimpleNamespace(
        words=Wording.model_validate_json(wording_spec(read_study(tmp_path))),
        sources=read_sources(tmp_path / SOURCES),
        sources_file=SOURCES,
    )
    rows = _sources(results).groups[0].rows  # type: ignore[arg-type]
    assert [row.stub.removeprefix("data/raw/") for row in rows] == [
        "people.csv", "before.csv", "dictionary.csv", "after.csv", "syntax.R",
    ]  # fmt: skip
    assert rows[2].cells == ("test", "2026-01-01", "CC0-1.0")


def test_entries_of_one_file_are_told_apart_and_the_file_counts_once() -> None:
    files = {
        "base": {"path": "data/raw/rc.csv", "level": "person"},
        "contacts": {"path": "data/raw/rc.csv", "level": "person"},
        "jan": {"path": "data/raw/w.xlsx", "level": "person", "sheet": "Jan"},
        "feb": {"path": "data/raw/w.xlsx", "level": "person", "sheet": "Feb"},
        "alone": {"path": "data/raw/x.csv", "level": "person"},
    }
    study = Wording.model_validate(words().model_dump() | {"files": files})
    assert [study.place(name) for name in files] == [
        "data/raw/rc.csv (base)", "data/raw/rc.csv (contacts)", "data/raw/w.xlsx: sheet 'Jan'",
        "data/raw/w.xlsx: sheet 'Feb'", "data/raw/x.csv",
    ]  # fmt: skip
    rows = [
        {"file": "base", "status": "kept", "reason": "", "records": 2, "raw": 2},
        {"file": "base", "status": "other entry", "reason": "other_form", "records": 3, "raw": 0},
        {"file": "contacts", "status": "kept", "reason": "", "records": 2, "raw": 2},
        {
            "file": "contacts",
            "status": "other entry",
            "reason": "other_form",
            "records": 2,
            "raw": 0,
        },
        {"file": "contacts", "status": "set aside", "reason": "blank_id", "records": 1, "raw": 1},
    ]
    source = SimpleNamespace(row="r", supplier="s", received="d", licence="l")
    results = SimpleNamespace(
        words=study, account=rows, linking=[], corrections=[], problems=[],
        sources_file=SOURCES, sources=dict.fromkeys(("rc.csv", "w.xlsx", "x.csv"), source),
    )  # fmt: skip
    _, said, made, *_ = data(results)  # type: ignore[arg-type]
    assert said.text.startswith("Of 5 raw records in 3 files, 4 were kept and 1 set aside")  # type: ignore[union-attr]
    assert [row.cells[1:] for row in made.groups[0].rows[:2]] == [  # type: ignore[union-attr]
        ("5", "2", "3", "0", ""), ("5", "2", "2", "1", "blank id 1"),
    ]  # fmt: skip


def test_a_caution_stands_above_all_only_if_it_holds_for_all() -> None:
    row = {"status": "estimated", "warnings": SITES_APART}
    other = {"status": "estimated", "warnings": ""}
    refused = {"status": "refused", "warnings": ""}
    assert common_cautions(SimpleNamespace(estimates=[row, refused])) == [SITES_APART]  # type: ignore[arg-type]
    assert common_cautions(SimpleNamespace(estimates=[row, other])) == []  # type: ignore[arg-type]


def table_of(rows: list[dict[str, Any]]) -> Any:
    """The table of estimates of one outcome, whose rows say this beside what all say."""
    outcome = {"label": "Y", "variable": "y", "unit": "points", "direction": "neither"}
    named = {"label": "M", "kind": "did", "level": "person"}
    study = Wording.model_validate(
        words().model_dump() | {"outcomes": {"y": outcome}, "models": {"m": named}}
    )
    text = dict.fromkeys(Estimates.columns(), "") | {"level": "person", "outcome": "y"}
    text |= {"model": "m", "estimate_id": "m/y", "unit": "points", "status": "estimated"}
    text |= dict.fromkeys(("estimate", "ci_low", "ci_high", "std_error", "df"), 1.0)
    text |= {"analysis_set": "all_recruited", "n_units": 40, "n_clusters": 40, "n_obs": 40}
    results = SimpleNamespace(
        words=study, estimates=[text | row for row in rows],
        grades=[{"estimate_id": "m/y", "grade": "none"}], planned={}, public=False,
        figure=lambda name: dict.fromkeys(("caption", "alt", "svg", "png", "csv", "rows"), "x"),
    )  # fmt: skip
    results.grades[0] |= {"published_design": "", "reason": "r", "level": "person"}
    return list(estimates(results))[-1]  # type: ignore[arg-type]


@pytest.mark.parametrize(("records", "cell"), [(40, "40"), (1234, "40 (1,234)")])
def test_records_are_told_where_they_are_more_than_people(records: int, cell: str) -> None:
    """In one column: a table of both was wider than the page."""
    table = table_of([{"n_obs": records}])
    at = [column.header for column in table.columns].index("People (records)")
    assert table.groups[0].rows[0].cells[at] == cell
    assert table.notes[-1].text == RECORDS


def test_what_rows_say_of_link_workers_is_one_note_with_the_range_of_its_numbers() -> None:
    told = [f"{INDEPENDENT}: 5 link workers for {n} people, {m} times" for n, m in
            ((96, 1.94), (110, 2.05), (110, 2.05))]  # fmt: skip
    table = table_of([{"warnings": f"{text} | 3 left out"} for text in told[:2]])
    notes = [note.text for note in table.notes if INDEPENDENT[1:] in note.text]
    assert notes == [
        f"P{INDEPENDENT[1:]}: 5 link workers for 96 to 110 people, 1.94 to 2.05 times."
    ]
    first, second = table.groups[0].rows
    assert first.marks == second.marks
    table = table_of([{"warnings": text} for text in told[1:]])
    assert [n.text for n in table.notes if "110 people, 2.05 times." in n.text]
    table = table_of([{"warnings": f"{n} records left out"} for n in (3, 4)])  # others as they are
    assert {"3 records left out.", "4 records left out."} <= {note.text for note in table.notes}


def test_published_numbers_that_differ_are_told_at_the_end_of_a_run() -> None:
    rows = [{"agrees": "yes"}, {"agrees": "no"}]
    none = dict.fromkeys(NOTHING, ())
    seen = SimpleNamespace(times=(), windows={})
    results = SimpleNamespace(**none, changed_since_lock=[], published=rows, words=seen, visits=[])
    (line,) = in_short(results)  # type: ignore[arg-type]
    assert line.startswith("Published numbers that differ from ours: 1 of 2")


def test_costs_that_look_like_codes_or_lack_copies_are_told_at_the_end_of_a_run() -> None:
    """Each once, and nothing else that rows of costs say."""
    code = f"use.csv: 3 rows of gp with amount 99, {USUALLY} of it: counted as it stands"
    total = f"1 person has paid 9999, {USUALLY} of economics.costs: counted as it stands"
    copies = f"use.csv: 12 rows {REPEATING}: taken for the same row twice"
    contacts = f"log.csv: 1 contact {REPEATING}: taken for the same contact twice"
    none = dict.fromkeys({*NOTHING} - {"costs", "economics", "contacts"}, ())
    results = SimpleNamespace(
        **none,
        changed_since_lock=[],
        published=[],
        words=SimpleNamespace(times=(), windows={}),
        visits=[],
        costs=[{"warnings": f"2 rows without minutes | {code} | {copies}"}, {"warnings": ""}],
        economics=[{"warnings": f"{copies} | {total}"}, {"warnings": f"few people | {total}"}],
        contacts=[{"warnings": contacts}, {"warnings": ""}],
    )
    assert list(in_short(results)) == [  # type: ignore[arg-type]
        f"Costs and QALYs: {code} (by line in results/tables/cost_exceptions.csv)",
        f"Costs and QALYs: {copies} (by line in results/tables/cost_exceptions.csv)",
        f"Costs and QALYs: {total}",
        f"Contacts: {contacts}",
    ]


@pytest.mark.parametrize(("off", "said"), [(6, True), (5, False)])
def test_most_visits_outside_their_window_are_told_at_the_end_of_a_run(
    off: int, said: bool
) -> None:
    """Two files whose times are exchanged have dates after the first all the same."""
    none = dict.fromkeys(NOTHING, ())
    month = SimpleNamespace(name="6m", label="6 months")
    seen = SimpleNamespace(times=(month,), windows={"6m": (5.0, 8.0)})
    visits = [{"time": "6m", "early": off, "late": 0, "within": 10 - off}]
    results = SimpleNamespace(
        **none, changed_since_lock=[], published=[], words=seen, visits=visits
    )
    lines = list(in_short(results))  # type: ignore[arg-type]
    told = "Visits: 6 of 10 at 6 months lie outside its window"
    assert [line.startswith(told) for line in lines] == [True] * said


def test_without_sites_each_arm_stands_once_in_a_table_of_means() -> None:
    outcome = {"label": "Y", "variable": "y", "unit": "points", "direction": "neither"}
    study = Wording.model_validate(words().model_dump() | {"outcomes": {"y": outcome}})
    row = {
        "outcome": "y",
        "time": "baseline",
        "mean": 1.0,
        "ci_low": 0.5,
        "ci_high": 1.5,
        "n": 7,
        "reason": None,
    }
    arms = ("intervention", "control")
    rows = [row | {"group": arm, "model_time": ""} for arm in arms]
    made = means_table(SimpleNamespace(words=study), rows, "person", "a", "c", "m.csv")  # type: ignore[arg-type]
    assert [column.spanner for column in made.columns] == ["New"] * 3 + ["Usual"] * 3


def test_what_is_not_quite_none_or_all_is_not_printed_so() -> None:
    shares = [percent(part, 1000) for part in (0, 1, 9, 10, 991, 1000)]
    assert shares == ["0%", "<1%", "<1%", "1%", ">99%", "100%"]
    assert percent(0, 0) == "–"


def standardised_row(**known: Any) -> dict[str, Any]:
    """A row of standardised.csv of outcome y."""
    blank = dict.fromkeys(Standardised.columns(), "")
    row = blank | {"estimate_id": "m/y/after", "model": "m", "level": "person", "outcome": "y"}
    row |= {"time": "after", "contrast": "New − Usual, change", "method": "A method"}
    row |= {"effect": 0.25, "effect_low": 0.05, "effect_high": 0.5, "sd": 4.0, "sd_n": 1234}
    row |= {"sd_time": "baseline", "mid": 1.0, "unit": "points"}
    row |= {"reading": "The interval excludes zero."}
    return row | known


def test_effects_in_sds_say_which_sd_how_many_and_how_they_lie_to_what_is_important() -> None:
    outcome = {"label": "Y", "variable": "y", "unit": "points", "direction": "neither"}
    outcome |= {"mid": {"value": 1.0, "source": "Somebody 2020"}}
    study = Wording.model_validate(
        words().model_dump()
        | {"outcomes": {"y": outcome}}
        | {"models": {"m": {"label": "M", "kind": "did", "level": "person"}}}
    )
    none = {"effect": None, "sd": None, "sd_n": None, "sd_time": "", "method": ""}
    rows = [
        standardised_row(caution=SITES_APART),
        standardised_row(estimate_id="m/y/no", reading="", reason="there is no estimate", **none),
        standardised_row(estimate_id="m/y/p", reason="differences are of proportions", **none),
        standardised_row(estimate_id="observed/y/baseline", model="", time="baseline", reading=""),
    ]
    estimates = [{"status": "estimated", "warnings": SITES_APART}]
    results = SimpleNamespace(words=study, standardised=rows, estimates=estimates)
    blocks = list(standardised(results))  # type: ignore[arg-type]
    assert [type(block).__name__ for block in blocks] == [
        "Heading", "Paragraph", "Callout", "Heading", "Table",
    ]  # fmt: skip
    assert blocks[2].text == SITES_APART  # the caution stays above all
    table = blocks[-1]
    assert table.caption.endswith("Minimally important difference: 1 (0.25 SD; Somebody 2020).")
    assert [group.title for group in table.groups] == ["Observed", "M"]
    model = table.groups[1].rows
    assert [row.under for row in model] == ["m/y/after", "m/y/p"]  # without anything to say: out
    assert model[0].cells == ("0.25", "0.05 to 0.50", "The interval excludes zero.")
    assert model[1].cells[0] == "–"
    notes = [note.text for note in table.notes]
    assert "Not in SDs: differences are of proportions." in notes
    assert SITES_APART not in notes
    for shaken, cell in (
        ("It includes zero.", "It includes zero."),
        (rows[0]["reading"], AS_WITHOUT),
    ):
        rows[0]["reading_shock"] = shaken
        table = list(standardised(results))[-1]  # type: ignore[arg-type]
        assert [row.cells[-1] for row in table.groups[1].rows] == [cell, "–"]
        assert SHOCKS.format(sizes="of published sizes") in [note.text for note in table.notes]
        assert [column.spanner for column in table.columns[2:]] == [
            "The minimally important difference"
        ] * 2
    results.words = study.model_copy(update={"own_prior": True})
    last = [note.text for note in list(standardised(results))[-1].notes]  # type: ignore[arg-type]
    assert SHOCKS.format(sizes="of the sizes in the study's own prior") in last
    assert "SD at Baseline, within arms: 4.00 points (1,234 people with a value then)." in notes
    assert notes[-1] == "1 without a number is left out here."


def test_without_models_or_rows_nothing_is_said_of_sds() -> None:
    empty = SimpleNamespace(words=words(), standardised=[], estimates=[])
    assert list(standardised(empty)) == []  # type: ignore[arg-type]


def test_steps_at_which_nobody_is_are_one_line_a_group(tmp_path: Path) -> None:
    """Whatever else is odd has a line of its own."""
    flow = [{"step": step, "label": step.title()} for step in ("before", "after")]
    odd = [{"step": step, "group": "north", "kind": "nobody", "n": 0, "said": "x"}
           for step in ("before", "after")]  # fmt: skip
    other = {"step": "", "group": "", "kind": "more", "n": 2, "said": "North: more than before."}
    results = plain(tmp_path, flow=flow, flow_checks=[*odd, other])
    _, lines = _odd(results)
    assert lines.items == ("North: nobody at Before and After.", "North: more than before.")


def test_an_arm_that_is_called_by_its_name_is_called_once(tmp_path: Path) -> None:
    config = Study(tmp_path).config
    results = plain(tmp_path, {"arms": config["arms"] | {"control": {"label": "Control"}}})
    said = [text for block in study(results) for text in getattr(block, "items", ())]
    assert "Control: South." in said and not [text for text in said if "Control: Control" in text]


def test_a_figure_of_nothing_is_its_sentence(tmp_path: Path) -> None:
    """No picture of words, no caption of what is not there."""
    results = plain(tmp_path)
    instead = instead_of(fmi([]))
    assert instead == "No imputed model has an estimate."
    about = {"caption": "C", "alt": "A", "svg": "f.svg", "png": "f.png", "csv": "f.csv", "rows": []}
    for more, expected in (({"instead": instead}, Paragraph), ({}, Figure)):
        vars(results)["figure"] = lambda _, more=more: about | more
        (block,) = figure(results, "fmi_person")
        assert isinstance(block, expected)


@pytest.mark.parametrize(("reasons", "told"), [(("ill", ""), True), (("ill",), False)])
def test_a_reason_that_is_not_known_is_told_only_where_there_is_one(
    reasons: tuple[str, ...], told: bool
) -> None:
    called = SimpleNamespace(
        groups=lambda: ["a"], group=str, events={"left": "Left"}, windows={}, time_unit="months"
    )
    rows = [{"event": "left", "reason": r, "to": "", "group": "a", "n": 3} for r in reasons]
    made: Any = SimpleNamespace(words=called, events=rows, visits=[], leaves=lambda _: False)
    (table,) = [block for block in follow_up(made) if isinstance(block, Table)]
    stubs = [row.stub for group in table.groups for row in group.rows]
    assert stubs == ["All", *(["not known"] if told else []), "ill"]
    assert ("Not known:" in table.notes[0].text) is told
