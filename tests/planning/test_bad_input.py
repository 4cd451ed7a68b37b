"""What is wrong with planning: a line each, all together, before a run."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cesp_analysis.declared.trial_designs import TrialDesign
from cesp_analysis.errors import CespError
from cesp_analysis.planning.designed import answer_of
from cesp_analysis.planning.size_spec import SizeSpec
from cesp_analysis.planning.size_warnings import of_level, timid_tests, told_of
from cesp_analysis.planning.sizes_file import read_sizes
from cesp_analysis.planning.specs import last_of
from cesp_analysis.planning.trials import same_arms
from cesp_analysis.study.read import read_study
from simulated_trials import simulated

ROOT = Path(__file__).resolve().parents[2]


def faults(**planning: Any) -> list[str]:
    """Lines for the root study with these settings of planning."""
    with pytest.raises(CespError) as raised:
        read_study(ROOT, {"planning": planning})
    return [line for line in raised.value.problems if "planning" in line]


def known(name: str, value: float) -> dict[str, Any]:
    return {"known": {name: {"value": value, "sd": 0, "source": "s"}}}


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("icc", 1.0, "is from 0 to below 1, not 1"),
        ("icc", -0.1, "is from 0 to below 1, not -0.1"),
        ("cac", 1.2, "is a correlation, above -1 and at most 1, not 1.2"),
        ("cac", -1.0, "is a correlation, above -1 and at most 1, not -1"),
        ("retention", 0.0, "is a share, above 0 and at most 1, not 0"),
        ("retention", 1.2, "is a share, above 0 and at most 1, not 1.2"),
        ("sd", 0.0, "is above 0, not 0"),
        ("size_cv", -1.0, "is from 0 to below 2, not -1"),
        ("correlation", 1.0, "is a correlation between -1 and 1, not 1"),
    ],
)
def test_numbers_that_cannot_be(name: str, value: float, said: str) -> None:
    (line,) = faults(**known(name, value))
    assert f"planning.known.{name}" in line and said in line


def test_a_law_that_a_share_cannot_have() -> None:
    wrong: list[tuple[str, float, float, str]] = [
        ("icc", 0.1, 0.5, "has an SD below 0.3, not 0.5"),
        ("icc", 0.0, 0.02, "from 0 to 1 has no spread at 0; write 0"),
        ("cac", 1.0, 0.1, "has no spread at 1; write 0"),
        ("correlation", -0.8, 0.7, "from -1 to 1, with a mean of -0.8, has an SD below 0.6"),
        ("size_cv", 0.4, 0.9, "from 0 to 2, with a mean of 0.4, has an SD below 0.8"),
        ("size_cv", 0.0, 0.1, "from 0 to 2 has no spread at 0"),
    ]
    for name, value, sd, said in wrong:
        (line,) = faults(known={name: {"value": value, "sd": sd, "source": "s"}})
        assert f"planning.known.{name}.sd" in line and said in line
    (line,) = faults(outcome="formal_care", difference=0.1, difference_source="s",
                     known={"control": {"value": 0.3, "sd": 0.6, "source": "s"}})  # fmt: skip
    assert "planning.known.control.sd" in line and "has an SD below 0.458, not 0.6" in line


def test_an_autocorrelation_that_the_structure_cannot_have() -> None:
    (line,) = faults(structure="block_exchangeable", **known("cac", -0.2))
    assert "of structure block_exchangeable it is from 0 to 1, not -0.2" in line
    for value in (0.6, 1.0):
        (line,) = faults(structure="exchangeable", **known("cac", value))
        assert "planning.known.cac: of structure exchangeable a location's periods are all" in line
        assert "remove it, or write structure: block_exchangeable" in line


def test_a_share_has_no_sd_of_its_own_and_its_other_arm_can_be() -> None:
    own: dict[str, Any] = {"outcome": "formal_care", "difference_source": "s"}
    (line,) = faults(difference=0.1, **own, **known("sd", 0.2))
    assert "planning.known.sd: 'formal_care' is binary: its SD follows from the share" in line
    (line,) = faults(difference=0.3, **own, **known("control", 0.8))
    assert "planning.difference: 0.3 from a control arm at 0.8 would be 1.1, which is no" in line
    counts: dict[str, Any] = {"outcome": "gp_contacts", "difference_source": "s"}
    direction = read_study(ROOT).outcomes["gp_contacts"].direction
    assert direction != "lower_is_better", "more of them is the difference"
    lower = {"gp_contacts": {"direction": "lower_is_better"}}
    with pytest.raises(CespError) as raised:
        read_study(ROOT, {"planning": {"difference": 3.0, **counts, **known("control", 2.0)},
                          "outcomes": lower})  # fmt: skip
    (line,) = [line for line in raised.value.problems if "planning" in line]
    assert "would be -1, which is no mean count above 0; plan for a smaller" in line


def test_what_is_empty_is_called_so() -> None:
    costs: dict[str, Any] = {"location": 1, "assessment": 1, "source": "s"}
    for more, said in (
        ({"source": None}, "costs.source: is empty; Whose figures"),
        ({"source": ""}, "costs.source: is empty; Whose figures"),
        ({"location": None}, "costs.location: is empty; "),
        ({"fixed": float("inf")}, "costs.fixed: "),
    ):
        (line,) = faults(costs=costs | more)
        assert said in line


def test_an_outcome_is_asked_when_it_is_compared() -> None:
    """Else the first answer would be the last one, and nobody seem lost."""
    first, *later = read_study(ROOT).times

    def told(times: list[str], **planning: Any) -> list[str]:
        with pytest.raises(CespError) as raised:
            read_study(ROOT, {"planning": planning, "outcomes": {"wellbeing": {"times": times}}})
        return [line for line in raised.value.problems if "planning" in line]

    (line,) = told([first])
    assert (
        f"planning.outcome: 'wellbeing' is asked at no time after the first (asked at: {first}"
        in (line)
    )
    (line,) = told([first], time=later[-1])
    assert f"planning.time: 'wellbeing' is not asked at {later[-1]} (asked at: {first})" in line
    (line,) = told([first, later[-1]], time=first)
    assert "planning.time: is the first time; name a later one" in line


def test_the_last_time_is_the_latest_however_they_are_listed() -> None:
    study = read_study(ROOT)
    backwards = {"wellbeing": {"times": list(study.times)[::-1]}}
    assert last_of(read_study(ROOT, {"outcomes": backwards})) == last_of(study)


def test_power_that_no_difference_needs() -> None:
    (line,) = faults(power=0.05)
    assert "planning.power: is above alpha (0.05), not 0.05" in line


def test_batches_need_a_location_for_each_step() -> None:
    wedge = {"label": "W", "kind": "stepped_wedge", "steps": 3, "batches": 2, "people": [10]}
    (line,) = faults(designs={"wedge": wedge | {"locations": [9]}})
    assert "9 cannot be shared out equally by 6" in line


def test_a_level_is_of_a_share_or_a_count() -> None:
    (line,) = faults(**known("control", 0.4))
    assert "'wellbeing' is continuous; it is the level of a binary or count outcome" in line
    (line,) = faults(outcome="formal_care", difference=0.1, difference_source="s",
                     **known("control", 1.4))  # fmt: skip
    assert "is a share between 0 and 1, not 1.4" in line


def test_locations_that_cannot_be_are_told_together() -> None:
    designs: dict[str, Any] = {
        "post": {"label": "P", "kind": "parallel_post", "locations": [2, 7, 400], "people": [10]},
        "wedge": {"label": "W", "kind": "stepped_wedge", "locations": [3, 10], "people": [10]},
    }
    lines = faults(designs=designs, locations_at_most=120)
    said = "\n".join(lines)
    for part in (
        "post.locations: 2 are too few: 2 in each arm at least",
        "post.locations: 7 cannot be shared out equally by 2",
        "post.locations: 400 are more than there are",
        "wedge.locations: 3 are too few: 4 steps (of all batches) need a location each",
        "wedge.locations: 10 cannot be shared out equally by 4",
    ):
        assert part in said
    assert len(lines) == 5
    people = {"label": "P", "kind": "individual", "locations": [200], "people": [80]}
    (line,) = faults(designs={"people": people}, locations_at_most=120)
    assert "people.locations: 200 are more than there are" in line


def test_outcomes_without_a_size_are_told() -> None:
    (line,) = faults(outcome="no_such")
    assert "no_such" in line


def test_an_outcome_that_there_is_not_hides_no_other_mistake() -> None:
    post = {"label": "P", "kind": "parallel_post", "locations": [2], "people": [10]}
    lines = faults(outcome="no_such", designs={"post": post}, **known("icc", 1.0))
    assert len(lines) == 3
    for line, said in zip(lines, ("planning.outcome: no outcome is called", "planning.known.icc",
                                  "planning.designs.post.locations"), strict=True):  # fmt: skip
        assert said in line


def test_what_belongs_to_another_design_is_told() -> None:
    for more, said in (
        ({"steps": 3}, "steps: of a stepped wedge alone"),
        ({"analysed": "ancova"}, "analysed: of a parallel_baseline cohort alone"),
        ({"sizes": "x.csv"}, "sizes in place of both"),
        ({"people": [0]}, "people: must be 2 or more"),
        ({"people": [1]}, "people: must be 2 or more"),
        ({"locations": [20, 20]}, "locations: a number stands twice"),
        ({"locations": [10**9]}, "locations: must be 1,000,000 or less"),
        ({"people": [10**12]}, "people: must be 1,000,000 or less"),
        ({"kind": "stepped_wedge", "steps": 10**9}, "periods in all are too many; 100 at most"),
        ({"months": 6}, "months: of designs that ask more than once"),
        ({"people_a_worker": 20}, "people_a_worker: of kind individual alone"),
        ({"effect_sd": 1}, "effect_sd: of kind individual alone"),
        ({"caseload_cv": 0.4}, "caseload_cv: of kind individual alone"),
        ({"kind": "individual", "caseload_cv": 2}, "caseload_cv: must be below 2"),
        ({"simulate": True, "simulated_people": [9]}, "simulated_people: 9 is none of people"),
        ({"simulated_people": [10]}, "simulated_people: of designs that are simulated"),
    ):
        design = {"label": "P", "kind": "parallel_post", "locations": [20], "people": [10]} | more
        (line,) = faults(designs={"post": design})
        assert said in line


def test_a_design_s_mistakes_are_told_together() -> None:
    design = {"label": "P", "kind": "parallel_post", "locations": [20], "people": [10, 10]}
    lines = faults(designs={"post": design | {"steps": 3, "analysed": "ancova", "effect_sd": 1}})
    assert [line.split("post: ")[1].split(":")[0] for line in lines] == [
        "people", "steps", "effect_sd", "analysed",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("publshed", "icc: must be 'study', 'published' or 'neighbourhoods', or {value, sd,"
         " source}, not 'publshed'; did you mean 'published'?"),
        (3, "icc: must be 'study', 'published' or 'neighbourhoods', or {value, sd, source}, not"
         " '3'"),
        ({"valeu": 0.1, "source": "s"}, "icc.valeu: nothing here is called 'valeu'; did you mean"
         " 'value'? (known: value, sd, source)"),
        ({"value": 0.1}, "icc.source: 'source' is missing; Whose number, or that it is assumed."),
    ],
)  # fmt: skip
def test_a_word_or_a_number_that_is_neither_is_one_line(written: Any, said: str) -> None:
    (line,) = faults(known={"icc": written})
    assert line == f"config.yaml: planning.known.{said}"


def test_an_analysis_that_is_none_is_one_line() -> None:
    (line,) = faults(trials={"analyses": ["magic"]})
    assert "trials.analyses.0: must be 'mixed_satterthwaite'" in line and "not 'magic'" in line


def test_form_and_content_are_told_at_once() -> None:
    post = {"label": "P", "kind": "parallel_post", "locations": [1], "people": [10]}
    lines = faults(
        structure="decays", trials={"most": 1, "plasmode": True},
        known={"retention": "studdy", "icc": {"value": 1.0, "source": "s"}},
        designs={"post": post, "wedge": post | {"kind": "stepped"}},
    )  # fmt: skip
    places = sorted(line.split(": ")[1].removeprefix("planning.") for line in lines)
    assert places == [
        "designs.post.locations", "designs.wedge.kind", "known.icc.value", "known.retention",
        "structure", "trials.most",
    ]  # fmt: skip


def test_a_file_of_locations_is_told_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "there.csv"
    rows = ["location,arm,people", "", "L1,intervention,12", "L1,control,0", "", "L3,both,5",
            " ,control,3"]  # fmt: skip
    path.write_text("\n".join(rows), encoding="utf-8")
    with pytest.raises(CespError) as raised:
        read_sizes(path)
    said = [line.split(": ", 1)[1] for line in raised.value.problems]
    assert said == [
        "line 4: 'L1' stands on line 3 too; keep one",
        "line 4: people: must be a number, 1 or more, not '0'",
        "line 6: arm: must be intervention or control, not 'both'",
        "line 7: location: is blank; give each a name of its own",
        "arm intervention has 1; 2 locations are needed at least",
    ]
    for content, wrong in (
        ("location,arm,people\nL4,control\n", "line 2: has 2 fields, the header 3"),
        ("location,arm,people,people\nA,control,1,2\n", "'people' names 2 columns; keep one"),
        ("location,people\nL1,2\n", "arm"),
    ):
        path.write_text(content, encoding="utf-8")
        with pytest.raises(CespError, match=wrong):
            read_sizes(path)
    ragged = ["location,arm,people", "A, B,control,3", "C,control,-1", "D,both,4",
              "E,intervention,5"]  # fmt: skip
    path.write_text("\n".join(ragged), encoding="utf-8")
    with pytest.raises(CespError) as raised:
        read_sizes(path)
    assert [line.split(": ", 1)[1].partition(",")[0] for line in raised.value.problems] == [
        "line 2: has 4 fields",
        "line 3: people: must be a number",
        "line 4: arm: must be intervention or control",
    ]  # and not that arms have too few: line 2 may be of either
    spaced = ["location,arm,people", "A, control , 3", "B,control,4", "C ,intervention,5",
              "D,  intervention,6"]  # fmt: skip
    path.write_text("\n".join(spaced), encoding="utf-8")
    assert read_sizes(path).arm.tolist() == [0, 0, 1, 1]
    assert read_sizes(path, 4).people.tolist() == [3, 4, 5, 6]
    with pytest.raises(CespError, match=r"4 locations are more than there are .*at_most: 3"):
        read_sizes(path, 3)


POST = {"label": "P", "kind": "parallel_post", "locations": [20], "people": [10]}
COHORT = POST | {"kind": "parallel_baseline"}
FEW = "tests find less than formulas say"


@pytest.mark.parametrize(
    ("design", "locations", "warned"),
    [
        (POST, 38, True), (POST, 40, False),
        (COHORT, 18, True), (COHORT, 20, False),
        (COHORT | {"analysed": "repeated_measures"}, 38, True),
        (COHORT | {"sampling": "cross_section"}, 38, True),
        (COHORT | {"sampling": "cross_section"}, 40, False),
        (POST | {"kind": "stepped_wedge"}, 36, True), (POST | {"kind": "stepped_wedge"}, 40, False),
    ],
)  # fmt: skip
def test_few_locations_are_warned_of(design: Any, locations: int, warned: bool) -> None:
    told = list(told_of(TrialDesign.model_validate(design), None, (0, ""), locations, 10, None))
    assert any(FEW in line for line in told) == warned
    assert len(told) == warned, "nothing else is to be known"


ALL = (0, "")


def test_what_else_a_size_must_say() -> None:
    """Each once, and where the simulated trials are, or are not."""

    def told(more: Any, *numbers: Any) -> list[str]:
        return list(told_of(TrialDesign.model_validate(POST | more), *numbers))

    lines = told({"kind": "individual", "people": [80]}, None, ALL, 3, 80, None)
    assert "6 link workers are few" in lines[2] and len(lines) == 3
    assert lines[0].startswith("nobody of the other arm") and "same in all" in lines[1]
    lines = told({"kind": "individual", "people": [40]}, None, ALL, 1, 40, None)
    assert "1 link worker is few" in lines[2]
    lines = told({"kind": "individual", "people": [80], "effect_sd": 1}, None, ALL, 4, 80, None)
    assert len(lines) == 1, "8 link workers, and an effect that varies"
    (line,) = told({"kind": "before_after"}, 50, ALL, 40, 10, 50)
    assert line.startswith("locations were not allocated")
    assert told({}, 30, ALL, 40, 10, 31.0) == [
        "power asks for 31 locations with so many people; there are 30"
    ]
    assert told({}, 30, ALL, 40, 10, float("nan")) == [], "no number has it: the ceiling says so"
    assert told({}, None, (7, "the SD must be above 0"), 40, 10, None) == [
        "7 draws have no answer (the SD must be above 0): no assurance"
    ]
    (before,), (after,) = (told({"simulate": on}, None, ALL, 20, 10, None) for on in (False, True))
    assert before.endswith("simulate some (simulate: true)")
    assert after.endswith("look at the simulated trials")
    (line,) = told({"simulate": True, "people": [10, 20, 30]}, None, ALL, 20, 10, None)
    assert line.endswith("of this size none are simulated: name 10 in simulated_people")
    there = {"label": "P", "kind": "parallel_post", "sizes": "there.csv"}
    line, these = told_of(TrialDesign.model_validate(there), None, ALL, 12, 35.4, None)
    assert these.startswith("power is that of these very locations")
    assert "trials of given sizes are not simulated: a design of 12 locations of 35 people" in line
    assert told({}, None, ALL, 20, 10, None, "", 0.9, 0.004) == [], "the test loses next to nothing"
    (line,) = told({}, None, ALL, 20, 10, None, "", 0.9, 0.034)
    assert line.startswith("few locations: tests find less than formulas say, by about 0.03 in")


def test_what_a_test_loses_that_never_counts_a_variance_below_0() -> None:
    """Of locations measured once, against simulated trials; nothing of note with 30 locations."""
    design = TrialDesign.model_validate(POST)
    for locations, icc, much in ((30, 0.05, False), (8, 0.02, True)):
        fields = {
            "locations": [float(locations)], "people": [20.0], "sd": [1.0], "icc": [icc],
            "cac": [1.0], "iac": [0.0], "retention": [1.0], "size_cv": [0.0],
        }  # fmt: skip
        effect = 3.2 * ((icc + (1 - icc) / 20) * 4 / locations) ** 0.5
        got = answer_of(design, "exchangeable", 0.05, effect)(
            {name: np.array(value) for name, value in fields.items()}
        )
        (timid,) = timid_tests(got)  # type: ignore[misc]
        assert (timid >= 0.01) == much
        uneven = {name: np.array(value) for name, value in (fields | {"size_cv": [1.0]}).items()}
        (unknown,) = timid_tests(answer_of(design, "exchangeable", 0.05, effect)(uneven))  # type: ignore[misc]
        assert np.isnan(unknown), "sizes cost more than that, and by how much is not told"
        trial = same_arms(locations, 20, effect, icc)
        found = simulated(trial, "mixed_kenward_roger", 16_384, 5, "timid")
        assert abs(found.power - (got.power[0] - timid)) < 0.01 + 3 * found.power_mcse


def test_shares_cannot_differ_by_more_than_shares_do() -> None:
    """By 0.5 whatever they are, by less where the control arm's is declared."""
    people = {"label": "P", "kind": "individual", "locations": [12], "people": [40]}
    own = {"outcome": "formal_care", "difference": 0.1, "difference_source": "s"}
    (line,) = faults(designs={"p": people | {"effect_sd": 1}}, **own)
    assert "planning.designs.p.effect_sd: shares of locations have an SD below 0.5" in line
    control = {"known": {"control": {"value": 0.9, "source": "s"}}}
    lower = read_study(ROOT).outcomes["formal_care"].direction == "lower_is_better"
    other = 0.8 if lower else 0.999
    own["difference"] = 0.1 if lower else 0.099
    (line,) = faults(designs={"p": people | {"effect_sd": 0.45}}, **own, **control)
    assert f"with a mean of {other:g} have an SD below {(other * (1 - other)) ** 0.5:.3g}" in line


def test_a_learnt_share_has_its_warning_in_the_row() -> None:
    how = SizeSpec.model_validate({
        "alpha": 0.05, "power": 0.9, "assurance": 0.8, "locations_at_most": None, "costs": None,
        "structure": "decay", "designs": {}, "difference": 0.1, "level": "binary", "change": 0.1,
    })  # fmt: skip
    known, row = {"control": 0.2, "sd": 0.4, "icc": 0.05}, {"detectable": 0.1}
    for sd, warned in ((0.47, True), (0.2, False)):
        design = TrialDesign.model_validate(
            {"label": "P", "kind": "individual", "locations": [12], "people": [40], "effect_sd": sd}
        )
        told = list(of_level(how, design, known, row))
        assert [("below 0.458" in line) for line in told] == [True] * warned


def test_numbers_that_are_text_are_not_told_to_be_put_in_brackets() -> None:
    (line,) = faults(designs={"post": POST | {"locations": "20-80"}})
    assert line.endswith("locations: must be a list of numbers, such as [20, 40]; it is '20-80'")
    (line,) = faults(designs={"post": POST | {"locations": 20}})
    assert line.endswith("must be a list; write [20]")


def test_a_file_of_locations_lies_in_the_study_and_is_spelt_plainly() -> None:
    there = {"label": "T", "kind": "parallel_post"}
    (line,) = faults(designs={"t": there | {"sizes": "../towns.csv"}})
    assert line.endswith(
        "designs.t.sizes: '../towns.csv' leaves the study's folder; put the file into it"
    )
    (line,) = faults(designs={"t": there | {"sizes": "./towns.csv"}})
    assert line.endswith("'./towns.csv' is not the plain path of a file; write towns.csv")
