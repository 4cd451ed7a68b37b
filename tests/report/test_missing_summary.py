"""What a reader in a hurry is told of missing answers: every number is one of the tables."""

from pathlib import Path
from typing import Any

import pytest

from cesp_analysis.declared.wording import Wording
from cesp_analysis.models.two_sites import SAMPLING_ONLY
from cesp_analysis.report.blocks import Paragraph
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.missing_summary import missing_summary
from cesp_analysis.report.wording_spec import wording_spec
from cesp_analysis.study.read import read_study
from small_study import Study

OWN = {
    "estimate_id": "did/score/after", "model": "did", "outcome": "score", "time": "after",
    "unit": "points", "status": "estimated",
}  # fmt: skip


def assumed(name: str, estimate: float, low: float, high: float) -> dict[str, Any]:
    row = {"assumption": name, "label": name.replace("_", " "), "estimate": estimate}
    return OWN | row | {"ci_low": low, "ci_high": high}


def tips(along: str, shift: float | None, in_sd: float | None) -> dict[str, Any]:
    ways = {"intervention": (1, 0), "control": (0, 1), "both": (1, 1), "opposite": (1, -1)}
    own = [None if shift is None else shift * way for way in ways[along]]
    return OWN | {
        "of": "none", "value": 0.0, "along": along, "held": "no", "searched": 20.0, "in_sd": in_sd,
        "shift_intervention": own[0], "shift_control": own[1],
    }  # fmt: skip


ROWS = [
    assumed("complete_records", 9.0, 8.0, 10.0),
    assumed("missing_at_random", 2.0, 0.5, 3.5),
    assumed("jump_to_reference", 1.5, 0.2, 2.8),
    assumed("delta", 1.0, -0.4, 2.4),
]
TIPS = [tips("intervention", -3.0, 0.75), tips("control", 1.2, 0.3), tips("both", None, None)]


@pytest.fixture
def results(tmp_path: Path) -> Results:
    study = Study(tmp_path)
    study.config["models"]["did"]["missing_data"] = "imputed"
    study.write()
    words = Wording.model_validate_json(wording_spec(read_study(tmp_path)))
    found = Results(words, tmp_path, tmp_path)
    vars(found).update({
        "missing": [
            {"level": "person", "outcome": "score", "time": time, "group": group,
             "n_expected": 20, "n_missing": n}
            for group, time, n in (("north", "before", 1), ("north", "after", 4),
                                   ("south", "before", 0), ("south", "after", 6))
        ],
        "imputation_sets": [{"m": 20}, {"m": 55}],
        "imputation": [{"handling": "h", "n_missing": 9, "n_imputed": 9}],
        "estimates": [OWN],
        "sensitivity": ROWS[:3],
        "tipping_points": TIPS,
    })  # fmt: skip
    return found


def told(results: Results) -> tuple[str, tuple[str, ...]]:
    paragraph, *bullets = missing_summary(results)
    if bullets:  # North against South
        assert bullets[1:] == [Paragraph(SAMPLING_ONLY)]
    return paragraph.text, bullets[0].items if bullets else ()  # type: ignore[union-attr]


def test_how_many_what_was_done_and_whether_it_matters(results: Results) -> None:
    text, (line,) = told(results)
    assert text.startswith(
        "At After no value is known of 10 of 40 people (25%) for Score. The model 'did' fills the"
        " gaps (not those after a death) 55 times over, with values drawn from what else is known,"
        " and counts the spread"
    )
    assert text.endswith(
        " Of 1 imputed estimate at the last time 1 says the same of no difference in every row that"
        " could be estimated (wholly above it, wholly below it, or open). The smallest"
        " shift of what was imputed (on one side, alike on both, or opposite) that was found to"
        " change what one of them says is 0.30 SD of the answers at the reference time."
    )
    assert line == (
        "Score at After, did: 2.00 points (95% interval 0.50 to 3.50), which lies wholly above no"
        " difference. Other assumptions (1 row of the table) have 1.50; each interval says the same"
        " of no difference. The smallest shift found that changes what it says: if those lost at"
        " South had answered 1.20 points higher than imputed (0.3 SD)."
    )


def test_an_assumption_that_changes_what_is_read_is_named(results: Results) -> None:
    """Complete records are a description: they count on neither side."""
    results.__dict__["sensitivity"] = ROWS
    text, (line,) = told(results)
    assert " Of 1 imputed estimate at the last time 0 say the same" in text
    assert "Other assumptions (2 rows of the table) have 1.00 to 1.50; the interval says" in line
    assert "something else of no difference in 1 of 2: 'delta'." in line
    results.__dict__["sensitivity"] = [assumed("missing_at_random", 1.0, -1.0, 3.0), *ROWS[3:]]
    text, (line,) = told(results)
    assert "which leaves open whether there is a difference." in line
    assert "each interval says the same" in line and "last time 1 says the same" in text


def test_other_models_of_missing_at_random_are_no_other_assumptions(results: Results) -> None:
    alike = [assumed("likelihood", 2.6, 1.0, 4.0), assumed("at_random_alone", 2.8, 1.0, 4.6)]
    results.__dict__["sensitivity"] = [*ROWS[:2], *alike, *ROWS[2:]]
    _, (line,) = told(results)
    assert (
        "Other models that take answers as missing at random (2 rows of the table) have 2.60 to"
        " 2.80, other assumptions (2 rows of the table) have 1.00 to 1.50; the interval says"
        " something else of no difference in 1 of 4: 'delta'."
    ) in line


def test_opposite_shifts_count_as_the_smallest(results: Results) -> None:
    results.__dict__["tipping_points"] = [*TIPS, tips("opposite", -0.8, 0.2)]
    text, (line,) = told(results)
    assert "change what one of them says is 0.20 SD" in text
    assert line.endswith(
        "if those lost at North had answered 0.80 points lower than imputed and those lost at South"
        " as much higher (0.2 SD each)."
    )


def test_what_has_no_estimate_says_the_same_as_nothing(results: Results) -> None:
    """'Every interval says the same' is true of no interval at all."""
    blank = {"estimate": None, "ci_low": None, "ci_high": None, "status": "not_estimable"}
    none = [row | blank | {"reason": "nobody answered it"} for row in ROWS[1:]]
    results.__dict__["sensitivity"] = none
    text, (line,) = told(results)
    assert text.endswith("; of the imputed estimates none could be made at the last time.")
    assert line == "Score at After, did: no estimate: nobody answered it."
    results.__dict__["sensitivity"] = [*ROWS[:2], *none[1:]]
    text, (line,) = told(results)
    assert "2 rows could not be estimated; a note to each says why." in line
    assert "each interval says the same" not in line


def test_gaps_that_stay_are_counted(results: Results) -> None:
    results.__dict__["imputation"] = [
        {"handling": "h", "n_missing": 9, "n_imputed": 2},
        {"handling": "other", "n_missing": 9, "n_imputed": 8},
    ]
    assert " 7 gaps could not be filled; 'What was imputed' says why." in told(results)[0]


def test_many_imputed_models_are_counted(results: Results) -> None:
    one = results.words.models["did"]
    models = dict.fromkeys(("did", "m1", "m2", "m3"), one)
    results.__dict__["words"] = results.words.model_copy(update={"models": models})
    assert " 4 models fill the gaps" in told(results)[0]


def test_a_ratio_has_no_difference_at_one(results: Results) -> None:
    ratio = {"unit": "ratio"}
    results.__dict__["sensitivity"] = [
        assumed("missing_at_random", 1.3, 0.8, 1.9) | ratio, assumed("delta", 1.6, 1.1, 2.2) | ratio
    ]  # fmt: skip
    _, (line,) = told(results)
    assert "leaves open whether there is a difference" in line and "in 1 of 1: 'delta'" in line


def test_where_nothing_tips_it_says_how_far_was_looked(results: Results) -> None:
    results.__dict__["tipping_points"] = TIPS[2:]
    text, (line,) = told(results)
    assert "SD" not in text
    assert line.endswith(" No shift of what is missing by up to 20.00 points changes what it says.")


def test_where_nothing_was_imputed_or_tried_it_says_so(results: Results) -> None:
    results.__dict__["sensitivity"] = []
    text, lines = told(results)
    assert text.endswith(
        "Whether a conclusion depends on it was not tried: no estimate of a model was made again"
        " under other assumptions on the missing answers."
    )
    assert lines == ()
    model = results.words.models["did"].model_copy(update={"imputed": False})
    words = results.words.model_copy(update={"models": {"did": model}})
    plain = Results(words, results.folder, results.folder)
    own = {"missing": results.missing, "estimates": results.estimates}
    vars(plain).update(own | {"sensitivity": [], "imputation_sets": [], "imputation": []})
    assert "No model imputes: each uses the answers that there are" in told(plain)[0]


@pytest.mark.parametrize(
    ("scenarios", "status", "says"),
    [
        (["base"], "estimated", "are imputed by themselves: 'Costs and QALYs' says how."),
        (["base", "departure worse"], "estimated",
         "are imputed by themselves, and made again with imputed values multiplied: 'Costs"),
        (["base"], "not_estimable", ""),
    ],
)  # fmt: skip
def test_that_costs_and_qalys_are_imputed_is_said(
    scenarios: list[str], status: str, says: str, results: Results
) -> None:
    """No sentence on models says that nothing was imputed, or tried, in the whole report."""
    complete = {"scenario": "base", "missing_data": "complete", "status": "estimated"}
    rows = [complete | {"scenario": s, "missing_data": "imputed", "status": status}
            for s in scenarios]  # fmt: skip
    vars(results).update({"sensitivity": [], "economics": [complete, *rows]})
    text, _ = told(results)
    assert says in text and ("Costs and QALYs" in text) == bool(says)
    assert "Nothing" not in text and "no estimate was" not in text


def test_of_models_without_any_estimate_it_says_that_nothing_was_tried_with_the_gaps(
    results: Results,
) -> None:
    vars(results).update({"estimates": [OWN | {"status": "not_estimable"}], "sensitivity": []})
    assert told(results)[0].endswith(
        " The gaps were filled 55 times over (not those after a death), with values drawn from what"
        " else is known; no imputed model has an estimate, and Estimates says why."
    )
