"""The attack on released tables: what it works out, what it leaves alone, and what it says."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure.attack import (
    REMEDY,
    _fits,
    _may_hold,
    _worked_out,
    attack,
    leaks,
)
from cesp_analysis.disclosure.attack_numbers import is_told
from cesp_analysis.disclosure.bounds import UNBOUNDED, Range
from cesp_analysis.disclosure.leaving import Leaving
from cesp_analysis.disclosure.quantities import Equation, Tables
from cesp_analysis.disclosure.tables import TABLES
from cesp_analysis.errors import CespError
from cesp_analysis.models.tables import Means
from cesp_analysis.withheld import WITHHELD

HOW = Disclosure(threshold=10, round_to=0, sizes_to=5)
OF = {"site": "{site}", "value of sex": "{sex}", "mode": "{mode}"}
COUNTING = Leaving(Means, counts={"n": OF})
"""A table that counts people of a site, of a sex, by how they were asked; each sex, each mode."""
A, B, C, D = (frozenset({("who", name)}) for name in "abcd")


def counted(site: str, sex: str, mode: str, n: str, why: str = "") -> dict[str, Any]:
    named = {"site": site, "sex": sex, "mode": mode}
    return named | {"n": n, WITHHELD: {"n": why} if why else {}}


def worked_out(*rows: dict[str, Any], leaving: Leaving = COUNTING) -> list[str]:
    found: Tables = {"t": (leaving, list(rows))}
    return without_remedy(_worked_out(found, HOW))


def without_remedy(lines: Iterable[str]) -> list[str]:
    """The lines, of which each that tells of a number ends with what to do."""
    told = list(lines)
    assert all(line.endswith(f"; {REMEDY}") for line in told if "worked out" in line)
    return [line.removesuffix(f"; {REMEDY}") for line in told]


@pytest.mark.parametrize(
    ("low", "high", "leak"),
    [(1, 4, True), (1, 5, False), (4, 4, True), (5, 9, False), (6, 9, True), (9, 9, True),
     (9, 10, False), (10, 10, False), (0, 0, False), (0, 3, False), (1, UNBOUNDED, False)],
)  # fmt: skip
def test_a_small_number_of_fewer_than_five_values_is_worked_out(
    low: float, high: float, leak: bool
) -> None:
    assert is_told(Range(low, high), HOW) is leak


def test_where_nobody_may_not_be_told_nobody_is_a_small_number() -> None:
    how = Disclosure(threshold=10, zeros="withheld")
    assert is_told(Range(0, 0), how) and is_told(Range(0, 3), how)
    assert not is_told(Range(0, 4), how)


@pytest.mark.parametrize(
    ("told", "may"),
    [
        ({A: (10, 10), B: (5, 5), C: (5, 5)}, True),
        ({A: (10, 10), B: (6, 6), C: (5, 5)}, False),  # more than the whole
        ({A: (10, 10), B: (4, 4), C: (5, 5)}, False),  # fewer
        ({A: (10, 12), B: (6, 6), C: (6, 7)}, True),
        ({A: (10, 12), B: (6, 6), C: (7, 8)}, False),
        ({A: (10, 12), B: (2, 4), C: (5, 6)}, True),
        ({A: (10, 12), B: (2, 4), C: (4, 5)}, False),
        ({A: (10, 10), B: (3, 3)}, True),  # others may be the rest
        ({A: (10, 10), B: (10, 10)}, True),
        ({A: (10, 10), B: (11, 11)}, False),
        ({B: (6, 6), C: (5, 5)}, True),  # of the whole nothing is told
        ({B: (0, 0), C: (0, 0)}, True),
    ],
)
def test_parts_may_add_up_to_their_whole(told: dict[Any, tuple[float, float]], may: bool) -> None:
    ranges = {key: Range(*ends) for key, ends in told.items()}
    assert _may_hold(Equation(A, (B, C)), ranges) is may


@pytest.mark.parametrize(("part", "may"), [(7, False), (8, True), (9, False)])
def test_parts_may_add_up_to_two_wholes_together(part: int, may: bool) -> None:
    told = {A: Range(5, 5), D: Range(3, 3), B: Range(part, part)}
    assert _may_hold(Equation(A, (B,), (D,)), told) is may


def test_equations_fit_together_or_not() -> None:
    lot = [Equation(A, (B, C)), Equation(B, (D,))]
    assert _fits(lot, {A: Range(40, 40), C: Range(4, 4), D: Range(36, 36)})
    assert not _fits(lot, {A: Range(40, 40), C: Range(4, 4), D: Range(20, 20)})


HIDDEN = (counted("a", "", "", "40"), counted("a", "f", "", "", "few"))


def test_a_complement_that_was_left_is_worked_out() -> None:
    assert worked_out(*HIDDEN, counted("a", "m", "", "36")) == [
        "t.csv, line 3, n: how many are site a, value of sex f can be worked out: 4"
    ]
    assert worked_out(*HIDDEN, counted("a", "m", "", "", "along")) == []


def test_a_number_that_takes_two_sums_is_worked_out() -> None:
    """Men are 16 and 20: 36 of 40."""
    men = (counted("a", "m", "", "", "along"), counted("a", "m", "post", "16"))
    assert worked_out(*HIDDEN, *men, counted("a", "m", "web", "20")) == [
        "t.csv, line 3, n: how many are site a, value of sex f can be worked out: 4"
    ]


def test_a_range_of_few_values_is_told_by_its_ends() -> None:
    """Two of few: together 4, each 1 to 3."""
    rows = (*HIDDEN, counted("a", "x", "", "", "few"), counted("a", "m", "", "36"))
    found = [line.partition(": ")[2] for line in worked_out(*rows)]
    assert found[:1] == ["how many are not value of sex m, site a can be worked out: 4"]
    assert [line for line in found if line.endswith("1 to 3")] == [
        "how many are site a, value of sex f can be worked out: 1 to 3",
        "how many are site a, value of sex x can be worked out: 1 to 3",
    ]


def test_lines_are_in_the_order_of_whom_they_speak() -> None:
    """However the table is sorted, so that two runs are compared."""
    rows = [counted(site, "", "", "4") for site in "dbac"]
    assert [line.partition(" site ")[2][:1] for line in worked_out(*rows)] == ["a", "b", "c", "d"]
    at_odds = [counted(site, "", "", n) for site in "dbac" for n in ("40", "50")]
    found = worked_out(*at_odds)
    assert [line.partition(" site ")[2][:1] for line in found] == ["a", "b", "c", "d"]
    assert found[0] == (
        "t.csv, line 6, n: how many are site a is told otherwise elsewhere: it was not looked into"
    )


def test_a_number_that_is_told_in_two_ways_is_said_once_and_set_aside() -> None:
    """What others tell is still looked into."""
    rows = (counted("a", "", "", "3"), counted("a", "", "", "8"), counted("b", "", "", "7"))
    assert worked_out(*rows) == [
        "t.csv, line 2, n: how many are site a is told otherwise elsewhere: it was not looked into",
        "t.csv, line 4, n: how many are site b can be worked out: 7",
    ]


def test_numbers_that_do_not_add_up_hide_a_small_one_and_are_said() -> None:
    """Men are 20 by how they were asked, and 31 to 39 of the 40: of women nothing follows."""
    men = (counted("a", "m", "", "", "along"), counted("a", "m", "post", "10"))
    assert worked_out(*HIDDEN, *men, counted("a", "m", "web", "10")) == [
        "t.csv, line 2, n: numbers that must add up do not: they were not looked into"
    ]


def test_numbers_at_odds_of_whom_some_stand_in_no_cell_are_said_at_the_first_that_does() -> None:
    """Of three sexes the others of each together are numbers without a cell."""
    men = [counted("a", "m", mode, "10") for mode in ("post", "web")]
    rows = (*HIDDEN, counted("a", "m", "", "", "along"), counted("a", "x", "", "25"), *men)
    assert worked_out(*rows) == [
        "t.csv, line 2, n: numbers that must add up do not: they were not looked into"
    ]


def test_numbers_of_many_that_do_not_add_up_hide_nobody() -> None:
    men = (counted("a", "m", "", "", "along"), counted("a", "m", "post", "10"))
    women = counted("a", "f", "", "12")
    assert worked_out(HIDDEN[0], women, *men, counted("a", "m", "web", "10")) == []


def test_parts_that_share_people_add_up_to_nothing() -> None:
    """More answered on the web than there are: some are counted elsewhere, and nothing follows."""
    rows = (HIDDEN[0], counted("a", "", "post", "", "few"), counted("a", "", "web", "45"))
    assert worked_out(*rows) == []


def test_those_whom_no_cell_counts_are_worked_out_too() -> None:
    """36 of 40 are known: of 4 it is not."""
    leaving = Leaving(Means, counts={"n": {"site": "{site}", "moved": "{sex}"}})
    rows = (counted("a", "", "", "40"), counted("a", "known", "", "36"))
    assert worked_out(*rows, leaving=leaving) == [
        "not in any cell: how many are rest of moved yes, site a can be worked out: 4"
    ]


def means_row(table: str = "means", **cells: Any) -> dict[str, Any]:
    return dict.fromkeys(TABLES[table].contract.columns(), "") | {WITHHELD: {}} | cells


def test_a_mean_of_zeros_and_ones_tells_how_many_ones_there_are() -> None:
    """.07 of about 40: 3."""
    row = means_row(mean="0.07", sd="0.26", n="40", ci_low="0.03", ci_high="0.30")
    assert worked_out(row, leaving=TABLES["means"]) == [
        "t.csv, line 2, mean: how many are cell t 0 of which 1 can be worked out: 3"
    ]
    assert worked_out(row | {"sd": "0.35"}, leaving=TABLES["means"]) == []


def test_a_size_by_itself_is_looked_at_as_it_is_printed() -> None:
    """8 is no multiple of 5, so it was not rounded; 10 is 10 to 12."""
    assert worked_out(means_row("estimates", n_obs="8"), leaving=TABLES["estimates"]) == [
        "t.csv, line 2, n_obs: how many are cell t 0 n_obs can be worked out: 8"
    ]
    assert worked_out(means_row("estimates", n_obs="10"), leaving=TABLES["estimates"]) == []


def test_a_rounded_count_is_not_taken_for_an_exact_one() -> None:
    """Counts are rounded to round_to, sizes to sizes_to: 40 rounded is 38 to 42."""
    rows = [*HIDDEN, counted("a", "m", "", "35")]
    found: Tables = {"t": (COUNTING, rows)}
    assert list(_worked_out(found, Disclosure(round_to=5, sizes_to=5))) == []
    assert len(list(_worked_out(found, HOW))) == 1


def test_sizes_that_are_sums_over_waves_count_nobody() -> None:
    row = means_row("survey_means", of="site", n="8", respondents="8", since="w1")
    assert worked_out(row, leaving=TABLES["survey_means"]) == []
    assert len(worked_out(row | {"since": ""}, leaving=TABLES["survey_means"])) == 2


def table_file(folder: Path, name: str, *rows: dict[str, Any]) -> None:
    """A released table of rows whose other cells are empty."""
    columns = [*TABLES[name.split("/")[-1]].contract.columns(), WITHHELD]
    lines = [",".join(str(row.get(column, "")) for column in columns) for row in rows]
    path = folder / f"{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([",".join(columns), *lines]) + "\n", encoding="utf-8")


def other_file(folder: Path, name: str, content: bytes = b"n\n") -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def test_files_that_are_no_released_tables_are_named(tmp_path: Path) -> None:
    for name in ("tables/dictionary.csv", "models/did/estimates.csv", "figures/traces_person.csv",
                 "released.csv", "manifest.csv", "figures/means_person.csv"):  # fmt: skip
        other_file(tmp_path, name)
    other_file(tmp_path, "tables/events.csv", b"event\n\xe9\n")
    table_file(tmp_path, "models/did/means", {"std_error": "0.9", "n": "40"})
    assert list(leaks(tmp_path, HOW)) == [
        "figures/traces_person.csv: is of no figure that may leave; remove it",
        "models/did/estimates.csv: is no table that may leave; remove it",
        "tables/dictionary.csv: is no table that may leave; remove it",
        "tables/events.csv: is not UTF-8, as released tables are",
    ]
    assert list(leaks(tmp_path, HOW, only=["models/did/means"])) == []
    assert len(list(leaks(tmp_path, HOW, only=["tables/events", "tables/dictionary"]))) == 2


def test_the_marks_of_a_row_are_read_as_they_are_written(tmp_path: Path) -> None:
    """'n few 10 | known along': of each column why it is withheld."""
    row = {"level": "person", "group": "a", "outcome": "score", "time": "t0", "n_expected": "40"}
    table_file(tmp_path, "tables/missing", row | {WITHHELD: "n_missing few 10"})
    table_file(tmp_path, "tables/means", row | {"n": "36"})
    assert [line for line in without_remedy(leaks(tmp_path, HOW)) if "worked out" in line] == [
        "tables/missing.csv, line 2, n_missing: how many are answer score t0 not known, of person,"
        " site a can be worked out: 4"
    ]
    table_file(tmp_path, "tables/means", row | {WITHHELD: "mean along | n along"})
    assert list(leaks(tmp_path, HOW)) == []


def test_respondents_of_the_baseline_are_those_of_the_first_wave(tmp_path: Path) -> None:
    """40 of that wave less the 36 who told their sex are 4."""
    own = {"level": "respondent", "group": "a"}
    waves = [own | {"outcome": "score", "time": time, "n_expected": n}
             for time, n in (("w1", "40"), ("w2", "90"))]  # fmt: skip
    table_file(tmp_path, "tables/missing", *waves)
    sex = own | {"variable": "sex", "n": "36", WITHHELD: "n_missing few 10"}
    table_file(tmp_path, "tables/baseline", sex)
    assert without_remedy(leaks(tmp_path, HOW)) == [
        "tables/baseline.csv, line 2, n_missing: how many are of respondent, sex not known, site a,"
        " wave w1 can be worked out: 4"
    ]


PERSON = {"level": "person", "outcome": "score", "group": "a"}


def answering(folder: Path, changed: str, both: str = "") -> None:
    """24 people of a site, all asked at first; how many have answered later is withheld."""
    asked = [PERSON | {"time": time, "n_expected": "24"} for time in ("t0", "t1")]
    asked = [asked[0] | {"n_missing": "0"}, asked[1] | {WITHHELD: "n_missing few 10"}]
    table_file(folder, "tables/missing", *asked)
    later = PERSON | {"arm": "intervention", "time": "t1"}
    table_file(folder, "tables/means", later | {WITHHELD: "n along"})
    hidden = {} if changed else {WITHHELD: "n along"}
    table_file(folder, "tables/changes", later | {"n": changed} | hidden)
    row = PERSON | {"time": "t1", "analysis_set": "observed", "estimator": "did"}
    hidden = {} if both else {WITHHELD: "n_intervention along"}
    table_file(folder, "tables/bracket", row | {"n_intervention": both} | hidden)


@pytest.mark.parametrize(
    ("changed", "both", "leaks_from"), [("15", "", "changes"), ("", "15", "bracket"), ("", "", "")]
)
def test_who_changed_tells_who_did_not_answer_later(
    tmp_path: Path, changed: str, both: str, leaks_from: str
) -> None:
    """13 to 17 of 24 who all answered at first: 7 to 9 are lost, fewer values than five."""
    answering(tmp_path, changed, both)
    told = [line for line in without_remedy(leaks(tmp_path, HOW)) if "worked out: 7 to 9" in line]
    assert bool(told) == bool(leaks_from)
    assert all("not known" in line for line in told)


@pytest.mark.parametrize("mean", ["0.41", "-0.07", "37.2"])
def test_a_mean_of_respondents_is_no_share_of_the_same_respondents(
    tmp_path: Path, mean: str
) -> None:
    """Of 123 who told a number of 0 and 1, .41 are ones, and all 123 told it."""
    own = {"site": "a", "wave": "w1", "variable": "x", "ci_level": "0.95"}
    sizes = dict.fromkeys(("n", "known", "respondents"), "123")
    table_file(tmp_path, "tables/composition", own | sizes | {"mean": mean})
    assert list(leaks(tmp_path, HOW)) == []


def test_a_mean_tells_how_many_respondents_are_ones(tmp_path: Path) -> None:
    own = {"site": "a", "wave": "w1", "variable": "x", "ci_level": "0.95"}
    sizes = dict.fromkeys(("n", "known", "respondents"), "123")
    table_file(tmp_path, "tables/composition", own | sizes | {"mean": "0.0244", "sd": "0.155"})
    (line,) = without_remedy(leaks(tmp_path, HOW))
    assert line.startswith("tables/composition.csv, line 2, mean: ") and line.endswith(": 3")


def test_a_folder_without_its_account_or_settings_is_not_whole(tmp_path: Path) -> None:
    for name, content in (("released.csv", b"table,column,done,cells,few,along,rows_left\n"),
                          ("disclosure.json", b"{}")):  # fmt: skip
        with pytest.raises(CespError, match=f"{name}: there is no such file; the folder of what"):
            attack(tmp_path)
        other_file(tmp_path, name, content)
    attack(tmp_path)
    other_file(tmp_path, "disclosure.json", b'{"threshold": 2}')
    with pytest.raises(CespError, match="json: is not what the step release wrote"):
        attack(tmp_path)
