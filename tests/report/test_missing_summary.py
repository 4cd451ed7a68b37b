"""What a reader in a hurry is told of missing answers: every number is one of the tables."""

from pathlib import Path
from typing import Any

import pytest

from cesp_analysis.models.two_sites import SAMPLING_ONLY
from cesp_analysis.report.blocks import Paragraph
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.missing_summary import missing_summary
from cesp_analysis.study import specs
from cesp_analysis.study.read import read_study
from cesp_analysis.study.wording import Wording
from small_study import Study

OWN = {
    "estimate_id": "did/score/after", "model": "did", "outcome": "score", "time": "after",
    "unit": "points", "status": "estimated",
}  # fmt: skip


def assumed(name: str, estimate: float, low: float, high: float) -> dict[str, Any]:
    row = {"assumption": name, "label": name.replace("_", " "), "estimate": estimate}
    return OWN | row | {"ci_low": low, "ci_high": high}


def tips(along: str, shift: float | None, in_sd: float | None) -> dict[str, Any]:
    own = {"intervention": (shift, 0.0), "control": (0.0, shift), "both": (shift, shift)}[along]
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
    words = Wording.model_validate_json(specs.wording(read_study(tmp_path)))
    found = Results(words, tmp_path, tmp_path)
    vars(found).update({
        "missing": [
            {"level": "person", "outcome": "score", "time": time, "group": group,
             "n_expected": 20, "n_missing": n}
            for group, time, n in (("north", "before", 1), ("north", "after", 4),
                                   ("south", "before", 0), ("south", "after", 6))
        ],
        "imputation_sets": [{"m": 20}, {"m": 55}],
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
        "At After no value is known of 10 of 40 people (25%) for Score. The model 'did' fills each"
        " gap 55 times over, with values drawn from what else is known, and counts the spread"
    )
    assert text.endswith(
        "for 1 of 1 of them at the last time every interval says the same of no difference as"
        " before (above it, below it, or open). The smallest shift of what was imputed that would"
        " change what one of them says is 0.3 SD of the answers at the reference time."
    )
    assert line == (
        "Score at After, did: 2.00 points (95% interval 0.50 to 3.50), which lies wholly above no"
        " difference. Under other assumptions (1 row of the table) it lies between 1.50 and 1.50;"
        " each interval says the same of no difference. The smallest shift that changes what it"
        " says: if those lost at South had answered 1.20 points higher than imputed (0.3 SD)."
    )


def test_an_assumption_that_changes_what_is_read_is_named(results: Results) -> None:
    """Complete records are a description: they count on neither side."""
    results.__dict__["sensitivity"] = ROWS
    text, (line,) = told(results)
    assert "under other assumptions: for 0 of 1 of them" in text
    assert "(2 rows of the table) it lies between 1.00 and 1.50; the interval says" in line
    assert "something else of no difference in 1 of 2: 'delta'." in line
    results.__dict__["sensitivity"] = [assumed("missing_at_random", 1.0, -1.0, 3.0), *ROWS[3:]]
    text, (line,) = told(results)
    assert "which leaves open whether there is a difference." in line
    assert "each interval says the same" in line and "for 1 of 1" in text


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
        "Whether a conclusion depends on it was not tried: no estimate was made again under other"
        " assumptions on the missing answers."
    )
    assert lines == ()
    model = results.words.models["did"].model_copy(update={"imputed": False})
    words = results.words.model_copy(update={"models": {"did": model}})
    plain = Results(words, results.folder, results.folder)
    vars(plain).update({"missing": results.missing, "sensitivity": [], "imputation_sets": []})
    assert "Nothing was imputed: every analysis uses the answers that there are" in told(plain)[0]
