"""What a column's name tells of deaths, withdrawals and moves: whole words, not beginnings."""

import pytest

from cesp_analysis.new_study.event_names import event_of_word, events_told


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("today", []), ("todo", []), ("toddler_age", []), ("Tod", ["died"]), ("tod_am", ["died"]),
        ("Todesdatum", ["died"]), ("todesursache", ["died"]), ("datum_tod", ["died"]),
        ("ucla_left_out", []), ("left_hand_date", []), ("date_left", ["withdrew"]),
        ("left_on", ["withdrew"]), ("school_leaving_date", []), ("leaving_date", ["withdrew"]),
        ("exit_interview_date", []), ("exit_date", ["withdrew"]), ("eyedrop_outcome", []),
        ("dropout_date", ["withdrew"]), ("drop_out_on", ["withdrew"]),
        ("withdrawl_date", ["withdrew"]), ("Abbruchdatum", ["withdrew"]),
        ("schwangerschaftsabbruch", []), ("transferrin", []), ("cash_transfer_date", []),
        ("partner_date_of_death", []), ("spouse_died", []), ("fear_of_death", []),
        ("barthel_transfer", []), ("transfer_date", ["moved"]), ("umzugsdatum", ["moved"]),
        ("moved_on", ["moved"]),
    ],
)  # fmt: skip
def test_a_name_tells_an_event_by_whole_words(name: str, told: list[str]) -> None:
    assert events_told(name) == told


@pytest.mark.parametrize(
    ("word", "told"),
    [("Today", None), ("Left-handed", None), ("Tod", "died"), ("Ehefrau gestorben", None),
     ("Ehemaliger Teilnehmer verstorben", "died"), ("Left", "withdrew")],
)  # fmt: skip
def test_so_does_an_answer(word: str, told: str | None) -> None:
    assert event_of_word(word) == told
