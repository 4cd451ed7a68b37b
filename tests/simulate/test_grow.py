"""A study of many places, grown from the root study: its sites, and when they begin."""

from pathlib import Path

import numpy as np
import pytest

from cesp_analysis.errors import CespError
from cesp_analysis.simulate.grow import merged, of_every_site, turns
from cesp_analysis.simulate.outcomes import traits
from cesp_analysis.simulate.people import cohort, measurements, screening_log
from cesp_analysis.simulate.spec import read_simulation
from cesp_analysis.simulate.starts import days_until, of_people, of_waves

ROOT = Path(__file__).parents[2]
MANY = ROOT / "examples/many_places/simulation.yaml"


def test_kinds_take_turns_by_their_shares():
    dealt = turns([0.25, 0.25, 0.5], 200)
    assert [dealt.count(kind) for kind in range(3)] == [50, 50, 100]
    for at in range(4, 200, 4):  # after every four each has its share
        assert [dealt[:at].count(kind) for kind in range(3)] == [at // 4, at // 4, at // 2]


def test_what_is_said_replaces_name_by_name_and_null_takes_away():
    old = {"a": {"x": 1, "y": 2}, "b": [1, 2], "c": 3}
    assert merged(old, {"a": {"x": None, "z": 5}, "b": [9]}) == {
        "a": {"y": 2, "z": 5}, "b": [9], "c": 3,
    }  # fmt: skip


def test_what_holds_of_a_site_holds_of_all_that_are_like_it():
    like = {"T": ["p1", "p2"], "W": ["p3"]}
    said = {"mean": {"T": 1, "W": 2}, "only": {"T": 5}, "panel": {"site": "T"}, "text": ["W", "x"]}
    assert of_every_site(said, like) == {
        "mean": {"p1": 1, "p2": 1, "p3": 2}, "only": {"p1": 5, "p2": 5},
        "panel": {"site": "p1"}, "text": ["p3", "x"],
    }  # fmt: skip


def test_people_are_spread_evenly_and_starts_are_as_declared():
    spec = read_simulation(MANY, people=1003, sites=20)
    assert sum(site.recruited for site in spec.sites) == 1003
    assert {site.recruited for site in spec.sites} == {50, 51}
    starts = [site.started for site in spec.sites if site.arm == "intervention"]
    assert (starts.count("6m"), starts.count("12m")) == (5, 5)
    early, late = starts.index("6m"), starts.index("12m")
    ours = [at for at, site in enumerate(spec.sites) if site.arm == "intervention"]
    assert of_people(spec)[ours[early]].tolist() == [0, 1, 2]
    assert of_people(spec)[ours[late]].tolist() == [0, 0, 1]
    assert of_waves(spec)[ours[early]].tolist() == [0, 1]
    assert of_waves(spec)[ours[late]].tolist() == [0, 0]
    assert days_until(spec)[ours[late]] == spec.times[1].due_days


def test_the_effect_begins_with_the_site():
    """A late site's people have, at the last time, the effect of a first time; none before."""
    spec = read_simulation(MANY, people=400, sites=20)
    people = cohort(spec, screening_log(spec))
    rows = measurements(spec, people)
    with_effect = traits(spec, rows)["wellbeing"].reshape(people.n, 3)
    none = spec.traits["wellbeing"].model_copy(update={"effect": {}})
    without = spec.model_copy(update={"traits": {**spec.traits, "wellbeing": none}})
    gain = with_effect - traits(without, rows)["wellbeing"].reshape(people.n, 3)
    late = [at for at, site in enumerate(spec.sites) if site.started == "12m"]
    effect = spec.traits["wellbeing"].effect
    expected = [0.0, 0.0, effect["6m"]]
    np.testing.assert_allclose(gain[np.isin(people.site, late)] - expected, 0, atol=1e-12)


def test_the_root_study_is_grown_from_none():
    spec = read_simulation(ROOT / "data/simulation.yaml")
    assert [site.name for site in spec.sites] == ["Trafford", "Wexmoor"]
    assert of_people(spec).tolist() == [[0, 1, 2], [0, 1, 2]]
    assert days_until(spec).tolist() == [0, 0]


def test_shares_must_be_shares(tmp_path):
    wrong = tmp_path / "wrong.yaml"
    text = MANY.read_text("utf-8").replace("../../data", str(ROOT / "data"))
    wrong.write_text(text.replace("share: 0.50", "share: 1.5"), "utf-8")
    with pytest.raises(CespError, match=r"less than or equal to 1"):
        read_simulation(wrong)
