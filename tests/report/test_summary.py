"""The summary in plain words: sizes and ranges of any sign, no verdict, nothing that is not so."""

from pathlib import Path
from typing import Any

import pytest

from cesp_analysis.declared.outcomes import which
from cesp_analysis.figures.raincloud_panels import rain_outcomes
from cesp_analysis.numbers import MINUS
from cesp_analysis.report.blocks import Block, Heading
from cesp_analysis.report.claims import prose, what_it_can_tell
from cesp_analysis.report.headcounts import last_asked
from cesp_analysis.report.main_estimates import called, main_estimates
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections import limitations_of_design as design
from cesp_analysis.report.sections.missing_patterns import missing_patterns
from cesp_analysis.report.sections.study import study
from cesp_analysis.report.sections.summary import summary
from cesp_analysis.report.sections.summary_found import found
from cesp_analysis.report.sections.summary_unknown import next_steps, unknown
from plain_results import ESTIMATE, missing, plain
from small_study import Study


def said(blocks: tuple[Block, ...]) -> str:
    return " ".join(text for block in blocks for text in prose(block))


def gap(tmp_path: Path, **row: Any) -> str:
    """What is told of one estimate."""
    return next(iter(found(plain(tmp_path, estimates=[ESTIMATE | row]))))


def test_a_gap_is_told_with_its_range_and_which_way_is_better(tmp_path: Path) -> None:
    assert gap(tmp_path) == (
        "By After, Score had moved 2.50 points further up at North than at South. Higher is better."
        " Allowing for the luck of who took part, the true gap most likely lies from 0.50 to 4.50"
        " further up."
    )


@pytest.mark.parametrize(
    ("there", "ending"),
    [
        (300, "led to 300 full answers."),
        (298, "led to 300 full answers by its list (298 are in the files)."),
    ],
)
def test_answers_that_are_not_those_of_the_invitations_are_told(
    tmp_path: Path, there: int, ending: str
) -> None:
    results = plain(
        tmp_path,
        {"waves": {"w1": {"label": "Wave 1", "position": 0}}},
        dispositions=[{"complete": 300, "invited": 900}],
        survey_waves=[{"wave": "w1", "respondents": there}],
    )
    (told,) = (text for text in unknown(results) if "invitations" in text)
    assert told == (
        f"900 invitations to the survey {ending} Those who did not answer may think differently."
    )


@pytest.mark.parametrize(
    ("low", "high", "between"),
    [
        (0.5, 4.5, "from 0.50 to 4.50 further up."),
        (-4.5, -0.5, "from 0.50 to 4.50 further down."),
        (-1.0, 6.0, "from 1.00 further down to 6.00 further up. So there may be no gap at all."),
        (0.0, 2.0, "from 0.00 further down to 2.00 further up. So there may be no gap at all."),
    ],
)
def test_no_range_has_a_minus(tmp_path: Path, low: float, high: float, between: str) -> None:
    told = gap(tmp_path, estimate=(low + high) / 2, ci_low=low, ci_high=high)
    assert told.endswith(f"most likely lies {between}") and MINUS not in told


def test_a_shock_widens_the_range_in_words(tmp_path: Path) -> None:
    told = gap(tmp_path, ci_low_shock=-1.5, ci_high_shock=6.5)
    assert told.endswith(
        "Allowing for that as well, it may lie from 1.50 further down to 6.50 further up."
        " So there may be no gap at all."
    )


def test_a_shock_that_rounding_hides_is_told_all_the_same(tmp_path: Path) -> None:
    """Outside the team both ranges may be rounded to the same words: the second is wider."""
    told = gap(tmp_path, ci_low_shock=0.496, ci_high_shock=4.504)
    assert told.endswith(
        "from 0.50 to 4.50 further up. Places also change for reasons of their own. Allowing for"
        " that as well, the range is wider, by less than these rounded numbers show."
    )


def test_shares_are_percentage_points_and_alike_is_no_gap(tmp_path: Path) -> None:
    told = gap(tmp_path, unit="proportion", estimate=-0.13, ci_low=-0.25, ci_high=0.0)
    assert "moved 13 percentage points further down" in told
    assert "from 25 further down to 0 further up" in told
    assert "moved alike at North and at South" in gap(tmp_path / "none", estimate=0.0)


def test_people_who_started_alike_are_not_said_to_have_moved(tmp_path: Path) -> None:
    told = gap(tmp_path, estimand="difference in means at equal baseline")
    assert "Score was 2.50 points higher at North than at South. Those who started alike" in told


def test_an_estimate_without_a_number_is_not_told_and_no_range_is(tmp_path: Path) -> None:
    refused = ESTIMATE | {"status": "refused", "estimate": None}
    (line,) = found(plain(tmp_path, estimates=[refused]))
    assert line == "How far the groups were apart could not be worked out."
    assert "most likely lies" not in gap(tmp_path / "open", ci_low=None, ci_high=None)


def test_the_last_time_with_a_number_speaks_in_the_outcome_s_unit(tmp_path: Path) -> None:
    first = ESTIMATE | {"estimate_id": "did/score/before", "time": "before"}
    ratio = ESTIMATE | {"estimate_id": "ratio", "unit": "ratio"}
    late = ESTIMATE | {"status": "not_estimable"}
    results = plain(tmp_path, estimates=[ratio, first, late])
    assert [row["estimate_id"] for row in main_estimates(results, "person")] == ["did/score/before"]


def test_who_gave_no_answer_is_counted_at_the_last_time_asked(tmp_path: Path) -> None:
    cells = (("north", "before", 1, 6), ("south", "before", 0, 6), ("north", "after", 2, 6))
    results = plain(tmp_path, missing=missing(*cells, ("south", "after", 3, 6)))
    assert last_asked(results, "score") == "after"
    assert "At After, 5 of 12 people gave no full answer on Score." in " ".join(unknown(results))
    at = {"outcome": "score", "times": "before, after"}
    vars(results)["missing_patterns"] = [
        at | {"pattern": "answered, died", "n": 1},
        at | {"pattern": "answered, answered", "n": 8},
        at | {"pattern": "died, no answer", "n": 1},
    ]
    (told,) = [line for line in unknown(results) if "no full answer" in line]
    assert "no full answer on Score (1 of them had died by then). If they fared" in told
    vars(results)["words"] = results.words.model_copy(update={"deaths": True})
    (told,) = [line for line in unknown(results) if "no full answer" in line]
    assert "If those of them who were alive fared better or worse than the others" in told
    vars(results)["missing"] = missing(*cells[:2])
    assert "At Before, 1 of 12 people" in " ".join(unknown(results))


@pytest.mark.parametrize(("kind", "dies"), [("death", True), ("withdrawal", False)])
def test_a_study_whose_events_are_deaths_has_deaths(tmp_path: Path, kind: str, dies: bool) -> None:
    event = {"label": "Gone", "kind": kind, "file": "people", "date": "gone"}
    own = Study(tmp_path)
    files = own.config["files"]
    dated = {"gone": {"type": "date", "format": "%Y-%m-%d", "column": "left"}}
    files["people"]["variables"] = files["people"].get("variables", {}) | dated
    results = plain(tmp_path, {"events": {"gone": event}, "files": files})
    assert results.words.deaths == dies


def progression(decided: str) -> list[dict[str, Any]]:
    row = {"kind": "proportion", "label": "Consent", "zone": "amber", "justification": ""}
    overall = {"kind": "overall", "zone": "red", "label": "All", "justification": decided}
    return [row, row | {"label": "Uptake", "zone": "red"}, overall]


@pytest.mark.parametrize(
    ("decided", "text"),
    [
        ("", "The team has not written down yet what it decided."),
        ("Go on.", "The team wrote this: “Go on.”"),
        ("It is effective: go on.", "What the team decided is told under Feasibility."),
        ("The intervention worked.", "What the team decided is told under Feasibility."),
    ],
)
def test_a_decision_is_quoted_unless_it_says_what_the_design_does_not_allow(
    tmp_path: Path, decided: str, text: str
) -> None:
    results = plain(tmp_path, progression=progression(decided))
    assert said(tuple(next_steps(results))) == text
    _, told, red = found(results)
    assert told.endswith("Found: 1 red and 1 amber.") and red == "The red one: Uptake."


def outcomes(*roles: str) -> dict[str, Any]:
    """A study with an outcome a role."""
    one = {"variable": "score", "unit": "points", "direction": "higher_is_better"}
    named = {f"o{at}": one | {"label": f"O{at}", "role": role} for at, role in enumerate(roles, 1)}
    did = {"kind": "did", "design": "change", "outcomes": ["o1"]}
    return {"outcomes": named, "models": {"did": did}}


@pytest.mark.parametrize(
    ("roles", "asked", "listed"),
    [
        (("secondary", "primary"), "The main questions: O2.", "Primary outcomes: O2."),
        (
            ("secondary", "secondary"),
            "The study names no primary outcome. It asked about: O1 and O2.",
            "No outcome is named as primary. Secondary outcomes: O1 and O2.",
        ),
        (
            ("secondary",) * 5,
            "The study names no primary outcome. It asked about (among others): O1, O2, O3 and O4.",
            "No outcome is named as primary. Secondary outcomes: O1, O2, O3, O4 and O5.",
        ),
    ],
)
def test_a_study_without_a_primary_outcome_says_so_wherever_it_names_them(
    tmp_path: Path, roles: tuple[str, ...], asked: str, listed: str
) -> None:
    results = plain(tmp_path, outcomes(*roles))
    told = said(tuple(summary(results)))
    assert asked in told and ("main questions" in told) == ("primary" in roles)
    about = said(tuple(study(results)))
    assert listed in about and ("named as primary" in about) != ("primary" in roles)


def test_captions_call_no_outcome_primary_that_is_none(tmp_path: Path) -> None:
    rows = [
        {"outcome": name, "times": "before, after", "group": "north", "pattern": "answered",
         "monotone": "yes", "n": 2, "of": 2}
        for name in ("o1", "o2")
    ]  # fmt: skip
    for roles, shown in (
        (("secondary", "primary"), "primary outcomes"),
        (("secondary", "secondary"), "outcomes, as none here is primary"),
    ):
        results = plain(tmp_path / roles[1], outcomes(*roles), missing_patterns=rows)
        own = results.words.outcomes
        assert missing_patterns(results).caption.split(": ")[1] == f"{shown}; people (percent)."
        assert called(results.words, own) == (
            "Main outcomes" if "primary" in roles else "Outcomes (none is primary)"
        )
        first = [own[name] for name in rain_outcomes(results.words, "person")]
        assert which(first) == ("primary outcomes" if "primary" in roles else ALONE)


ALONE = "an outcome, as none here is primary"


def test_what_a_study_does_not_have_leaves_no_gap(tmp_path: Path) -> None:
    """No counts, no estimates, no criteria, nobody asked."""
    blocks = tuple(summary(plain(tmp_path)))
    headings = [block.text for block in blocks if isinstance(block, Heading)]
    assert headings[0] == "Summary in plain words"
    assert headings[1:] == ["What was done", "What was found", "What is not known"]
    assert "Reading age of this summary: " in said(blocks)


def test_an_empty_arm_is_counted_as_such(tmp_path: Path) -> None:
    cells = (("north", "before", 0, 12), ("south", "before", 0, 0))
    results: Results = plain(tmp_path, missing=missing(*cells))
    assert "12 people took part: 12 at North and 0 at South." in said(tuple(summary(results)))


def test_a_study_that_nobody_has_answered_again_says_so(tmp_path: Path) -> None:
    """Two times are declared, a model too; the second wave of answers is still to come."""
    awaited = [("north", "before", 0, 12), ("north", "after", 12, 12),
               ("south", "before", 1, 9), ("south", "after", 9, 9)]  # fmt: skip
    none = ESTIMATE | {"status": "not_estimable", "estimate": None}
    results = plain(tmp_path, missing=missing(*awaited), estimates=[none])
    text = said(tuple(summary(results)))
    for told in (
        "They answered questions once: Before. Nobody has answered yet at After.",
        "Nobody has answered again: no change can be told, and no gap that came after.",
        "Nobody has answered again. So nobody can tell yet what came after.",
    ):
        assert told in text
    assert "gave no full answer" not in text and "One place was compared" not in text
    assert "of one time alone" in what_it_can_tell(results.words, once=True).text
    one = design.one_time(results)
    assert one and one.here == "Nobody has answered a second time: no change can be told."
    vars(results)["missing"] = missing(*awaited[:3], ("south", "after", 8, 9))
    text = said(tuple(summary(results)))
    assert "They answered questions twice: Before and After." in text
    assert "Nobody has answered" not in text and design.one_time(results) is None


def test_a_time_that_asks_nothing_is_not_awaited(tmp_path: Path) -> None:
    """A visit for something else than an outcome: nobody was to answer then."""
    times = {
        "before": {"label": "Before", "position": 0},
        "dose": {"label": "Second dose", "position": 3},
        "after": {"label": "After", "position": 6},
    }
    cells = [(group, time, 0, 6) for group in ("north", "south") for time in ("before", "after")]
    results = plain(tmp_path, {"times": times}, missing=missing(*cells))
    text = said(tuple(summary(results)))
    assert "They answered questions twice: Before and After." in text
    assert "Second dose" not in text
