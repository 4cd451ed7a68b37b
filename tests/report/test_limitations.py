"""Limitations: each where it is true, with its number, and nowhere else."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure.cleared import cleared
from cesp_analysis.models.link_worker_words import FACTOR, ICC, INDEPENDENT, Sharing
from cesp_analysis.report.limitation import TOO_NARROW, Limitation
from cesp_analysis.report.sections import limitations_of_clusters as of_clusters
from cesp_analysis.report.sections import limitations_of_costs as costs
from cesp_analysis.report.sections import limitations_of_data as data
from cesp_analysis.report.sections import limitations_of_design as design
from cesp_analysis.withheld import Withheld
from link_worker_frames import frame_with
from plain_results import ESTIMATE, missing, plain

WORKER = {"of": "link_worker", "group": "W1"}
CROSSED = {"level": "person", "label": "Used New", "time": "", "n": 50, "ever_unknown": 0}
VISIT = {"time": "after", "early": 2, "late": 3, "within": 95}
WINDOW = {
    "times": {
        "before": {"label": "Before", "position": 0},
        "after": {"label": "After", "position": 6, "window": [5, 8]},
    }
}


def told(found: Limitation | None) -> str:
    """What is said; blank: it is not true of the study."""
    return found.here if found else ""


def test_synthetic_data_are_told_of_synthetic_studies_alone(tmp_path: Path) -> None:
    results = plain(tmp_path)
    assert "random number generator" in told(design.synthetic(results))
    vars(results)["words"] = results.words.model_copy(update={"banner": ""})
    assert design.synthetic(results) is None


@pytest.mark.parametrize(
    ("workers", "said"),
    [(0, ""), (1, "One link worker: who that was"), (5, "5 link workers: "), (10, "")],
)
def test_few_link_workers_are_counted(tmp_path: Path, workers: int, said: str) -> None:
    rates = [WORKER | {"group": f"W{at}"} for at in range(workers)]
    results = plain(tmp_path, rates=[*rates, {"of": "all", "group": ""}])
    found = of_clusters.link_workers(results)
    assert told(found).startswith(said)
    assert bool(found) == bool(said)
    if found:
        assert (found.direction == TOO_NARROW) == (workers > 1)


@pytest.mark.parametrize("shared", [True, False])
def test_intervals_that_count_link_workers_people_as_independent_are_told(
    tmp_path: Path, shared: bool
) -> None:
    row = ESTIMATE | {"warnings": f"{INDEPENDENT}: so" if shared else ""}
    rates = [WORKER | {"group": f"W{at}"} for at in range(5)]
    found = of_clusters.link_workers(plain(tmp_path, rates=rates, estimates=[row]))
    assert (f"correlation of {ICC}" in told(found)) == shared
    assert found is not None and ("estimates" in found.where) == shared


@pytest.mark.parametrize("public", [False, True])
def test_the_public_limitation_says_what_public_notes_hold(tmp_path: Path, public: bool) -> None:
    """The number of times is in the team's notes alone: cleared.py takes it out of the others."""
    frame = frame_with([8, 6, 4])
    sharing = Sharing((), "changes", False, "mean")
    (warning,) = sharing.said(frame)
    note = cleared(warning, Disclosure()) if public else warning
    rates = [WORKER | {"group": f"W{at}", "link_workers": 3} for at in range(3)]
    results = plain(tmp_path, rates=rates, estimates=[ESTIMATE | {"warnings": note}])
    if public:
        vars(results)["words"] = results.words.model_copy(update={"disclosure": Disclosure()})
    said = told(of_clusters.link_workers(results))
    assert ("which says how many times" in said) == (f"{FACTOR} = " in note) == (not public)
    assert FACTOR in note and ("with the formula of how many times" in said) == public


def test_link_workers_are_counted_by_notes_where_neither_rates_nor_contacts_are(
    tmp_path: Path,
) -> None:
    (one,) = Sharing((), "changes", False, "mean").said(frame_with([8, 6, 4, 2]))
    rows = [ESTIMATE | {"warnings": f"a | {one}"}, ESTIMATE | {"warnings": ""}]
    found = of_clusters.link_workers(plain(tmp_path, estimates=rows))
    assert found is not None and found.title == "Few link workers"
    assert found.here.startswith("4 link workers: ") and found.where == ("estimates",)
    both = f"{INDEPENDENT}: an arm has 4 link workers for 20 people and an arm has 3 link workers"
    found = of_clusters.link_workers(plain(tmp_path, estimates=[ESTIMATE | {"warnings": both}]))
    assert told(found).startswith("4 and 3 link workers in the arms: ")


@pytest.mark.parametrize(
    ("clusters", "level", "true"),
    [(12.0, "neighbourhood", True), (50.0, "neighbourhood", False), (12.0, "person", False)],
)
def test_few_clusters_are_those_of_the_main_estimate(
    tmp_path: Path, clusters: float, level: str, true: bool
) -> None:
    row = ESTIMATE | {"n_clusters": clusters, "cluster_level": level}
    found = told(of_clusters.few_clusters(plain(tmp_path, estimates=[row])))
    assert found.startswith("12 neighbourhoods behind Score") == true and bool(found) == true


def test_one_time_is_told_where_nobody_was_followed(tmp_path: Path) -> None:
    results = plain(tmp_path / "two")
    assert design.one_time(results) is None
    once = results.words.model_copy(update={"times": results.words.times[:1]})
    vars(results)["words"] = once
    assert told(design.one_time(results)) == "People were asked once: no change can be told."


def test_an_empty_arm_stands_in_place_of_what_is_true_of_two(tmp_path: Path) -> None:
    """One site against one: nobody at the control site."""
    own = [("north", "before", 0, 12), ("north", "after", 1, 12)]
    results = plain(tmp_path, missing=missing(*own), grades=[{"measures_before": 1}])
    assert told(design.empty_arm(results)) == (
        "The arm Usual holds nobody: what would have happened to the others is not known."
    )
    of_two = (design.one_against_one, design.not_randomised, design.no_trend_before,
              data.contamination_not_asked)  # fmt: skip
    assert not any(limits(results) for limits in of_two)
    vars(results)["missing"] = missing(*own, ("south", "before", 0, 9))
    assert design.empty_arm(results) is None
    assert all(limits(results) for limits in of_two)


def test_an_arm_of_whom_a_number_is_withheld_is_not_empty(tmp_path: Path) -> None:
    rows = missing(("north", "before", 0, 12), ("south", "before", 0, 0))
    assert design.empty_arm(plain(tmp_path / "zero", missing=rows))
    rows[1]["n_expected"] = Withheld("<10")
    assert design.empty_arm(plain(tmp_path / "few", missing=rows)) is None


@pytest.mark.parametrize(
    ("gap", "better", "favoured"),
    [(-0.5, "higher_is_better", "New"), (0.5, "higher_is_better", "Usual"),
     (0.5, "lower_is_better", "New")],
)  # fmt: skip
def test_regression_to_the_mean_favours_the_arm_that_started_worse(
    tmp_path: Path, gap: float, better: str, favoured: str
) -> None:
    row = {
        "estimator": "did", "outcome": "score", "time": "after", "gap_in_sd": gap,
        "baseline_gap": 4 * gap, "common_mean": 0.7, "unit": "points",
        "analysis_set": "observed",
    }  # fmt: skip
    results = plain(tmp_path, estimates=[ESTIMATE], bracket=[row])
    outcomes = dict(results.words.outcomes)
    outcomes["score"] = outcomes["score"].model_copy(update={"direction": better})
    vars(results)["words"] = results.words.model_copy(update={"outcomes": outcomes})
    found = design.regression_to_the_mean(results)
    assert found is not None and f"In favour of {favoured}," in found.direction
    assert "0.50 SD" in found.here and "0.70 points by After" in found.here
    vars(results)["bracket"] = [row | {"gap_in_sd": 0.1}]
    assert design.regression_to_the_mean(results) is None


def test_one_site_against_one_says_how_large_a_shock_would_undo_the_interval(
    tmp_path: Path,
) -> None:
    rung = {"estimate_id": "did/score/after", "rung": "breakdown_interval", "shock": 0.5}
    found = design.one_against_one(plain(tmp_path, estimates=[ESTIMATE], ladder=[rung]))
    assert found is not None and found.where == ("few_sites",)
    assert "North against South" in found.here
    assert "0.50 points of it would bring the interval of Score to no difference" in found.here


def test_contamination_is_of_the_control_arm_at_any_time(tmp_path: Path) -> None:
    used = CROSSED | {"kind": "used", "group": "south", "ever": 7}
    dated = used | {"time": "after", "ever": 5, "ever_unknown": 9}
    results = plain(tmp_path, contamination=[used, dated])
    assert told(data.contamination(results)) == (
        "Used New, in the control arm: 7 of 50 people of South."
    )
    vars(results)["contamination"] = [dated]
    assert "(of 9 more it is not known)" in told(data.contamination(results))
    vars(results)["contamination"] = [used | {"ever": 0}]
    assert data.contamination(results) is None


def test_who_moved_is_told_of_each_site(tmp_path: Path) -> None:
    rows = [
        CROSSED | {"kind": "moved", "group": group, "ever": n, "time": time}
        for group, n, time in (("north", 3, "before"), ("north", 4, "after"), ("south", 1, "after"))
    ]
    results = plain(tmp_path, contamination=rows)
    assert told(data.moved(results)).endswith(": 4 of 50 from North and 1 of 50 from South.")
    vars(results)["contamination"] = []
    assert data.moved(results) is None


def test_loss_has_its_numbers_and_whether_groups_differ(tmp_path: Path) -> None:
    cells = (("north", "before", 0, 50), ("south", "before", 0, 50), ("north", "after", 10, 50))
    results = plain(tmp_path, missing=missing(*cells, ("south", "after", 20, 50)))
    assert told(data.loss(results)) == (
        "Score is not known of 30 of 100 people at After (30%):"
        " North 10 of 50 (20%) and South 20 of 50 (40%)."
    )
    assert told(data.differing_loss(results)).endswith("of South than of North: 40% against 20%.")
    vars(results)["missing"] = missing(*cells, ("south", "after", 12, 50))
    assert data.differing_loss(results) is None  # 4 points apart
    vars(results)["missing"] = missing(*cells[:2])
    assert data.loss(results) is None


def test_late_visits_are_those_of_times_with_a_window(tmp_path: Path) -> None:
    results = plain(tmp_path / "open", visits=[VISIT])
    assert data.late_visits(results) is None
    results = plain(tmp_path / "windowed", WINDOW, visits=[VISIT, VISIT | {"time": "before"}])
    assert told(data.late_visits(results)).startswith("5 of 100 visits were before or after")
    vars(results)["visits"] = [VISIT | {"early": 0, "late": 0}]
    assert data.late_visits(results) is None


@pytest.mark.parametrize(("sure", "said"), [(0, "none"), (2, "2")])
def test_many_estimates_are_counted(tmp_path: Path, sure: int, said: str) -> None:
    planned: dict[str, Any] = {
        str(at): {"role": "confirmatory" if at < sure else "exploratory"} for at in range(3)
    }
    results = plain(tmp_path, estimates=[ESTIMATE] * 3, planned=planned)
    assert told(data.many_estimates(results)).startswith(f"3 estimates, {said} of them confirm")
    vars(results)["estimates"] = [ESTIMATE]
    assert data.many_estimates(results) is None


def evaluated(tmp_path: Path, **tables: Any) -> Any:
    """Results of a study that has an evaluation, its services priced."""
    results = plain(tmp_path, **tables)
    own = SimpleNamespace(priced=True)
    vars(results)["words"] = results.words.model_copy(update={"economics": own})
    return results


def test_costs_that_are_not_known_of_all_limit_a_study(tmp_path: Path) -> None:
    rows = [
        {"missing_data": "complete", "n_obs": 85.0, "n_units": 85.0},
        {"missing_data": "boot_impute", "n_obs": 85.0, "n_units": 220.0},
    ]
    found = told(costs.costs_of_some(evaluated(tmp_path, economics=rows)))
    assert "known of 85 of 220 people; those of the others are imputed" in found
    rows[1]["n_obs"] = 220.0
    assert costs.costs_of_some(evaluated(tmp_path, economics=rows)) is None
    assert costs.costs_of_some(plain(tmp_path)) is None


def test_prices_that_nobody_has_said_limit_a_study(tmp_path: Path) -> None:
    rows = [{"label": "Day centre", "placeholder": "yes"}, {"label": "GP", "placeholder": "no"}]
    found = told(costs.placeholders(evaluated(tmp_path, unit_costs=rows)))
    assert "nobody has said what they are: Day centre. Others stand in" in found
    assert costs.placeholders(evaluated(tmp_path, unit_costs=rows[1:])) is None
    assert costs.placeholders(plain(tmp_path)) is None
