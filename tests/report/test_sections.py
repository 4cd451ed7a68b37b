"""Sections: rows stand in config's order, whatever order a table has."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from cesp_analysis.cells import MASKED_DATE
from cesp_analysis.clean.problems import KINDS, OF_IDS
from cesp_analysis.intake.sources import SOURCES, read_sources
from cesp_analysis.models.two_sites import SITES_APART
from cesp_analysis.numbers import percent
from cesp_analysis.report.sections.answers import _instruments
from cesp_analysis.report.sections.data import _shown, _sources
from cesp_analysis.report.sections.estimates import _common
from cesp_analysis.report.sections.means import means_table
from cesp_analysis.report.write import in_short
from cesp_analysis.study import specs
from cesp_analysis.study.read import read_study
from cesp_analysis.study.wording import Wording
from small_study import Study


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


def test_predicted_means_by_arm_are_shown_by_arm() -> None:
    """With a random site the model's means are those of the arms, though the study has sites."""
    places = [{"name": "n", "label": "North", "arm": "intervention"},
              {"name": "s", "label": "South", "arm": "control"}]  # fmt: skip
    outcome = {"label": "Y", "variable": "y", "unit": "points", "direction": "neither"}
    study = Wording.model_validate(
        words().model_dump() | {"sites": places, "outcomes": {"y": outcome}}
    )
    row = {"outcome": "y", "time": "baseline", "mean": 1.0, "ci_low": 0.5, "ci_high": 1.5, "n": 7}
    rows = [row | {"group": arm} for arm in ("intervention", "control")]
    made = means_table(SimpleNamespace(words=study), rows, "person", "a", "c", "m.csv")  # type: ignore[arg-type]
    assert [column.spanner for column in made.columns] == ["New"] * 3 + ["Usual"] * 3
    assert made.groups[0].rows[0].cells == ("7", "1.00", "0.50 to 1.50") * 2


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
        words=Wording.model_validate_json(specs.wording(read_study(tmp_path))),
        sources=read_sources(tmp_path / SOURCES),
        sources_file=SOURCES,
    )
    rows = _sources(results).groups[0].rows  # type: ignore[arg-type]
    assert [row.stub.removeprefix("data/raw/") for row in rows] == [
        "people.csv", "before.csv", "dictionary.csv", "after.csv", "syntax.R",
    ]  # fmt: skip
    assert rows[2].cells == ("test", "2026-01-01", "CC0-1.0")


def test_a_caution_stands_above_all_only_if_it_holds_for_all() -> None:
    row = {"status": "estimated", "warnings": SITES_APART}
    other = {"status": "estimated", "warnings": ""}
    refused = {"status": "refused", "warnings": ""}
    assert _common(SimpleNamespace(estimates=[row, refused])) == [SITES_APART]  # type: ignore[arg-type]
    assert _common(SimpleNamespace(estimates=[row, other])) == []  # type: ignore[arg-type]


def test_published_numbers_that_differ_are_told_at_the_end_of_a_run() -> None:
    rows = [{"agrees": "yes"}, {"agrees": "no"}]
    results = SimpleNamespace(problems=[], account=[], estimates=[], published=rows)
    (line,) = in_short(results)  # type: ignore[arg-type]
    assert line.startswith("Published numbers that differ from ours: 1 of 2")


def test_without_sites_each_arm_stands_once_in_a_table_of_means() -> None:
    outcome = {"label": "Y", "variable": "y", "unit": "points", "direction": "neither"}
    study = Wording.model_validate(words().model_dump() | {"outcomes": {"y": outcome}})
    row = {"outcome": "y", "time": "baseline", "mean": 1.0, "ci_low": 0.5, "ci_high": 1.5, "n": 7}
    rows = [row | {"group": arm} for arm in ("intervention", "control")]
    made = means_table(SimpleNamespace(words=study), rows, "person", "a", "c", "m.csv")  # type: ignore[arg-type]
    assert [column.spanner for column in made.columns] == ["New"] * 3 + ["Usual"] * 3


def test_what_is_not_quite_none_or_all_is_not_printed_so() -> None:
    shares = [percent(part, 1000) for part in (0, 1, 9, 10, 991, 1000)]
    assert shares == ["0%", "<1%", "<1%", "1%", ">99%", "100%"]
    assert percent(0, 0) == "–"
