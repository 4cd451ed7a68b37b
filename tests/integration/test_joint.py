"""The joint display: what is matched, what is flagged, and that no inference is made or changed."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cesp_analysis import contracts
from cesp_analysis.errors import CespError
from cesp_analysis.integration.beside import direction_of
from cesp_analysis.integration.inferences import Inference
from cesp_analysis.integration.joint import Joint, joint_display
from cesp_analysis.integration.joint_checks import compare
from cesp_analysis.integration.tables import JointDisplay, JointQuotes, JointThemes
from cesp_analysis.report.blocks import Paragraph, Report, as_dict
from cesp_analysis.report.html import render_html
from joined import coding, codings, estimate, integration, numbers, outcome

BETTER = (estimate("did/wellbeing/6m", -9), estimate("did/wellbeing/12m", 4))
CONFIRM = {"wellbeing": Inference("confirm", "All say so.", "A. B.", "2025-01-01")}


def shown(*rows: dict[str, Any], written: Any = None, **more: Any) -> Joint:
    own = {"how": integration(), "numbers": numbers(*BETTER), "progression": None} | more
    return joint_display(
        own["how"], codings(*rows), own["numbers"], own["progression"], written or {},
        own.get("control", ()),
    )  # fmt: skip


def row(joint: Joint, name: str = "wellbeing") -> dict[str, Any]:
    return joint.display.set_index("construct").loc[name].to_dict()


def test_the_estimate_is_of_the_first_model_at_the_last_time_with_both_intervals() -> None:
    more = (estimate("mixed/wellbeing/12m", 1), estimate("did/wellbeing/12m/panel", 2))
    own = row(shown(numbers=numbers(*BETTER, *more)))
    assert (own["estimate_id"], own["time"]) == ("did/wellbeing/12m", "12m")
    assert (own["ci_low"], own["ci_high"]) == (3, 5)
    assert (own["ci_low_shock"], own["ci_high_shock"]) == (1, 7)
    first = numbers(*BETTER, *more, foremost={"wellbeing": ("mixed",)})
    assert row(shown(numbers=first))["estimate"] == 1


def test_an_estimate_that_is_named_speaks() -> None:
    named = {"label": "W", "outcome": "wellbeing", "estimate": "did/wellbeing/6m"}
    own = row(shown(how=integration(constructs={"wellbeing": named})))
    assert (own["estimate"], own["direction"]) == (-9, "worse")
    for wrong, said in (("did/wellbeing/9m", "did you mean"), ("did/loneliness/6m", "is of lone")):
        named["estimate"] = wrong
        with pytest.raises(CespError, match=said):
            shown(
                how=integration(constructs={"wellbeing": named}),
                numbers=numbers(*BETTER, estimate("did/loneliness/6m", 1)),
            )


def test_from_which_shock_on_the_interval_holds_no_difference() -> None:
    ladder = pd.DataFrame(
        {"estimate_id": ["did/wellbeing/12m"] * 2, "rung": ["breakdown_interval", "breakdown_sign"],
         "shock": [2.5, 4.0]}
    )  # fmt: skip
    assert row(shown(numbers=numbers(*BETTER, ladder=ladder)))["shock_breaks"] == 2.5


@pytest.mark.parametrize(
    ("value", "half", "direction", "more", "said"),
    [
        (4, 1, "higher_is_better", {}, "better"),
        (4, 1, "lower_is_better", {}, "worse"),
        (-4, 1, "lower_is_better", {}, "better"),
        (4, 4, "higher_is_better", {}, "unclear"),
        (4, 5, "higher_is_better", {}, "unclear"),
        (4, 1, "neither", {}, "unclear"),
        (1.5, 0.2, "higher_is_better", {"unit": "ratio"}, "better"),
        (0.5, 0.2, "higher_is_better", {"unit": "ratio"}, "worse"),
        (1.1, 0.2, "higher_is_better", {"unit": "ratio"}, "unclear"),
        (0.5, 0.1, "higher_is_better", {"unit": "proportion 4 or more"}, "unclear"),
    ],
)
def test_the_direction_is_where_the_sampling_interval_lies(
    value: float, half: float, direction: str, more: dict[str, Any], said: str
) -> None:
    own = estimate("did/wellbeing/12m", value, half, **more)
    assert direction_of(own, outcome(direction)) == said


@pytest.mark.parametrize(
    ("direction", "majority", "said"),
    [
        ("better", "positive", "agree"), ("worse", "negative", "agree"),
        ("better", "negative", "discord"), ("worse", "positive", "discord"),
        ("better", "mixed", "unclear"), ("unclear", "negative", "unclear"),
        ("better", "none", "unclear"), ("", "negative", "not compared"),
        ("better", "", "not compared"),
    ],
)  # fmt: skip
def test_direction_beside_valence(direction: str, majority: str, said: str) -> None:
    assert compare(direction, majority) == said


def test_discord_is_flagged_and_an_inference_that_says_otherwise_stands_as_it_is() -> None:
    bad = [coding(f"X{n}", "wellbeing", "negative") for n in range(3)]
    own = row(shown(*bad, coding("Y", "wellbeing", "positive"), written=CONFIRM))
    assert own["compared"] == "discord" and own["majority"] == "negative"
    assert "discord: the estimate is better, most excerpts are negative" in own["flags"]
    assert "the inference says confirm where sources are in discord" in own["flags"]
    assert (own["inference"], own["inference_text"]) == ("confirm", "All say so.")


def test_where_all_agree_nothing_is_flagged() -> None:
    three = [coding(name, "wellbeing", "positive") for name in "XYZ"]
    own = row(shown(*three, written=CONFIRM))
    assert own["compared"] == "agree" and own["flags"] is None


def test_half_is_no_majority() -> None:
    four = [coding(name, "wellbeing", word) for name, word in zip(
        "WXYZ", ("positive", "positive", "negative", "mixed"), strict=True)]  # fmt: skip
    own = row(shown(*four))
    assert (own["majority"], own["compared"]) == ("none", "unclear")


def test_excerpts_of_control_sites_are_counted_and_not_compared() -> None:
    there = [coding(f"X{n}", "wellbeing", "negative", site="there") for n in range(5)]
    here = [coding(f"Y{n}", "wellbeing", "positive") for n in range(3)]
    own = row(shown(*here, *there, control=("there",)))
    assert (own["excerpts"], own["of_control"], own["positive"]) == (8, 5, 3)
    assert own["majority"] == "positive"
    valences = ("positive", "negative", "mixed", "neutral", "not_said", "of_control", "of_unknown")
    assert sum(own[name] for name in valences) == own["excerpts"]
    alone = row(shown(*there, control=("there",)))
    assert alone["compared"] == "not compared" and "not compared with numbers" in alone["flags"]


def test_who_is_of_no_known_site_is_not_taken_for_one_with_the_intervention() -> None:
    """Of three agreeing interviews of no site nothing follows where a site is a control; where none
    is, they are compared."""
    nowhere = [coding(f"Z{n}", "wellbeing", "positive", site=None) for n in range(3)]
    joint = shown(*nowhere, control=("there",))
    own = row(joint)
    assert (own["of_unknown"], own["of_control"], own["positive"], own["spoke"]) == (3, 0, 0, 0)
    assert own["compared"] == "not compared" and own["majority"] is None
    assert "with numbers: they are of sites that are not known" in own["flags"]
    assert "the site of some of its interviews is not known" in own["flags"]
    assert set(joint.quotes["of_control"]) == {"not known"}
    here = coding("Y", "wellbeing", "negative")
    quotes = shown(*nowhere, here, control=("there",)).quotes
    assert quotes["excerpt"].tolist() == ["Y"], "known sites are quoted first"
    without = row(shown(*nowhere))
    assert (without["of_unknown"], without["compared"]) == (0, "agree")
    assert "not known" not in without["flags"]


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([coding("A", "wellbeing", "negative", site="there")], "they are of control sites"),
        ([coding("A", "wellbeing")], "they have no valence"),
        ([coding("A", "wellbeing", "negative")], "they are of fewer than three interviews"),
        (
            [coding("A", "wellbeing", site="there"), coding("B", "wellbeing")],
            "they are of control sites or have no valence",
        ),
        (
            [coding("A", "wellbeing", "negative"), coding("B", "wellbeing")],
            "they are of fewer than three interviews, and others have no valence",
        ),
    ],
)
def test_why_excerpts_are_not_compared_is_said_as_it_is(rows: list[Any], why: str) -> None:
    flags = row(shown(*rows, control=("there",)))["flags"].split(" | ")
    assert f"its excerpts are not compared with numbers: {why}" in flags


def test_an_excerpt_counts_once_and_codings_that_differ_make_it_mixed() -> None:
    twice = [
        coding("X", "wellbeing", "positive", theme="a", coder="Ada"),
        coding("X", "wellbeing", "negative", theme="b", coder="Ben"),
        coding("Y", "wellbeing", "", theme="a"),
        coding("Y", "wellbeing", "positive", theme="a", coder="Ben"),
    ]
    joint = shown(*twice)
    own = row(joint)
    assert (own["excerpts"], own["mixed"], own["positive"]) == (2, 1, 1)
    assert own["themes"] == "a: 2 excerpts, 2 interviews | b: 1 excerpt, 1 interview"
    assert joint.themes["excerpts"].tolist() == [2, 1]


def test_quotes_are_whole_cleared_by_all_and_of_both_sides() -> None:
    long = "So it went. " * 400
    rows = [
        coding("A", "wellbeing", "positive", order=2, text=long),
        coding("B", "wellbeing", "positive", order=1, cleared="no"),
        coding("C", "wellbeing", "positive", order=1, coder="Ada"),
        coding("C", "loneliness", "positive", order=1, coder="Ben", cleared="no"),
        coding("D", "wellbeing", "positive", order=3),
        coding("E", "wellbeing", "negative", order=4),
        coding("F", "wellbeing", "positive", order=1, text="  "),
    ]
    quotes = shown(*rows).quotes
    assert quotes["excerpt"].tolist() == ["A", "E"]
    assert quotes["text"].tolist() == [long, "words of E"]
    own = row(shown(*rows))
    assert own["cleared"] == 3
    none = row(shown(coding("B", "wellbeing", cleared="no")))
    assert "no excerpt is cleared for quotation" in none["flags"]


def test_two_quotes_are_of_two_people_where_two_can_be_quoted() -> None:
    rows = [coding(n, "wellbeing", "positive", interview="Avocet") for n in ("A", "B")]
    more = coding("C", "wellbeing", "positive", interview="Bittern", order=9)
    assert shown(*rows, more).quotes["excerpt"].tolist() == ["A", "C"]
    assert shown(*rows).quotes["excerpt"].tolist() == ["A", "B"]


def test_what_is_lacking_is_said() -> None:
    how = integration(constructs={"delivery": {"label": "Delivery", "criterion": "uptake"}})
    progression = pd.DataFrame({"criterion": ["uptake"], "zone": ["amber"]})
    own = row(shown(how=how, progression=progression), "delivery")
    assert own["light"] == "amber" and own["inference"] == "to be written"
    assert own["flags"].split(" | ") == [
        "no outcome is named, a criterion alone", "no excerpt speaks to it",
        "the inference is to be written",
    ]  # fmt: skip


def test_a_construct_that_excerpts_alone_have_is_a_row_of_its_own() -> None:
    joint = shown(coding("X", "delivery", "negative"), coding("Y", "wellbeing", "positive"))
    assert joint.display["construct"].tolist() == ["wellbeing", "delivery"]
    own = row(joint, "delivery")
    assert own["declared"] == "no" and own["excerpts"] == 1
    assert own["flags"].startswith("excerpts have it, config.yaml does not")


def test_excerpts_word_for_a_construct() -> None:
    named = {"label": "W", "outcome": "wellbeing", "excerpts_construct": "feeling well"}
    joint = shown(
        coding("X", "feeling well", "positive"), coding("Y", "wellbeing", "positive"),
        how=integration(constructs={"wellbeing": named}),
    )  # fmt: skip
    assert joint.display["construct"].tolist() == ["wellbeing", "wellbeing (in excerpts)"]
    assert joint.display["excerpts"].tolist() == [1, 1]


def test_no_estimate_says_why_and_is_not_compared() -> None:
    refused = estimate("did/wellbeing/12m", 1, status="refused", reason="one site an arm")
    own = row(shown(coding("X", "wellbeing", "positive"), numbers=numbers(refused)))
    assert (own["reason"], own["compared"]) == ("one site an arm", "not compared")
    assert "no estimate of people: one site an arm" in own["flags"]
    assert row(shown(numbers=numbers()))["reason"] == "no model estimates it"


def test_three_sources_two_of_which_are_numbers() -> None:
    both = {"label": "C", "outcome": "wellbeing", "survey_outcome": "community"}
    apart = numbers(*BETTER, estimate("did/community/wave2", -2))
    own = row(shown(how=integration(constructs={"c": both}), numbers=apart), "c")
    assert (own["direction"], own["survey_direction"]) == ("better", "worse")
    assert "discord: the estimate is better, the survey's estimate worse" in own["flags"]


@pytest.mark.parametrize(("word", "said"), [("confirm", "fewer than two"), ("silence", None)])
def test_inferences_beside_the_sources_that_speak(word: str, said: str | None) -> None:
    written = {"wellbeing": Inference(word, "…", "A. B.", "2025-01-01")}
    flags = row(shown(written=written))["flags"]
    assert (f"says {word}" in flags) == (said is not None)
    unsigned = {"wellbeing": Inference("expand", "…")}
    assert "who wrote the inference, and when" in row(shown(written=unsigned))["flags"]


def test_tables_keep_their_contracts(tmp_path: Path) -> None:
    joint = shown(coding("X", "wellbeing", "positive", text="<script>alert('x')</script> & more"))
    for frame, contract in (
        (joint.display, JointDisplay), (joint.themes, JointThemes), (joint.quotes, JointQuotes),
    ):  # fmt: skip
        path = tmp_path / f"{contract.__name__}.csv"
        contracts.write(frame, path, contract)
        assert len(contracts.read(path, contract)) == len(frame)


def test_html_in_quotes_is_text_on_the_page(tmp_path: Path) -> None:
    said = "<script>alert('x')</script> & <img src=x onerror=alert(1)>"
    joint = shown(coding("X", "wellbeing", "positive", text=said))
    (quote,) = joint.quotes["text"]
    assert quote == said
    report = Report("T", "", "", "en", blocks=(Paragraph(quote),))
    page = render_html(as_dict(report), tmp_path)
    assert "<script>alert" not in page and "<img src=x" not in page
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &lt;img" in page


def test_one_who_says_much_is_no_majority() -> None:
    """Ten excerpts of one interview against one of each of four: neither way; of two none."""
    much = [coding(f"X{n}", "wellbeing", "negative", interview="A") for n in range(10)]
    others = [coding(f"Y{n}", "wellbeing", "positive", interview=f"B{n}") for n in range(4)]
    assert row(shown(*much, *others))["majority"] == "none"
    few = row(shown(*much, others[0]))
    assert few["majority"] is None
    assert "of fewer than three interviews" in few["flags"]


def test_inferences_that_do_not_fit_what_is_named() -> None:
    """Silence where all that is named speaks; confirm where what is compared is unclear; discord
    where it agrees. The words of people stand as they are."""
    three = [coding(name, "wellbeing", "positive") for name in "XYZ"]

    def flags(word: str, value: float = 3) -> str:
        written = {"wellbeing": Inference(word, "As we see it", "We", "2026-01-01")}
        known = numbers(estimate("did/wellbeing/12m", value))
        made = row(shown(*three, numbers=known, written=written))
        assert made["inference"] == word and made["inference_text"] == "As we see it"
        return str(made["flags"])

    assert "says silence, but every source that is named speaks" in flags("silence")
    assert "says confirm where what is compared is unclear" in flags("confirm", value=0.5)
    assert "says discord where what is compared agrees" in flags("discord")
    assert flags("confirm") == "None"


def test_the_first_quote_is_of_the_majority_whoever_was_held_before() -> None:
    """A is held first and says the opposite of B, C and D; at a control site F agrees with them."""
    rows = [
        coding("A", "wellbeing", "negative", order=1),
        *(coding(name, "wellbeing", "positive", order=n) for n, name in enumerate("BCD", 2)),
        coding("F", "wellbeing", "positive", order=1, site="there"),
    ]
    quotes = shown(*rows, control=("there",)).quotes
    assert quotes["excerpt"].tolist() == ["B", "A"]
    alone = shown(*rows[-1:], control=("there",)).quotes
    assert (alone["excerpt"].tolist(), alone["of_control"].tolist()) == (["F"], ["yes"])


def test_a_part_of_a_time_does_not_speak_for_it_though_it_stands_first() -> None:
    part = estimate("did/wellbeing/12m/panel", 2)
    assert row(shown(numbers=numbers(part, *BETTER)))["estimate_id"] == "did/wellbeing/12m"
    assert row(shown(numbers=numbers(part)))["estimate_id"] is None
