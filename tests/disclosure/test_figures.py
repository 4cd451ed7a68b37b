"""Which figures leave."""

from cesp_analysis.disclosure.figures import LEAVE, STAY, leaving
from cesp_analysis.figures.kinds import KINDS


def test_of_each_kind_of_figure_it_is_decided_whether_it_leaves() -> None:
    """One that nobody decided upon would be missing outside, and nobody told."""
    assert set(KINDS) == LEAVE | STAY and not LEAVE & STAY


def test_figures_that_leave_are_known_by_their_kind() -> None:
    assert leaving(["flow_person", "trajectories_person", "balance_person"]) == [
        "flow_person", "balance_person",
    ]  # fmt: skip
