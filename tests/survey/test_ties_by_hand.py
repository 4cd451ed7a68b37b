"""Networks of a few respondents, by hand: scores, the table, ties that are not counted."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx

from cesp_analysis.clean.two_places import KIND
from cesp_analysis.survey.network_table import REACH_DEPENDS, table_of
from cesp_analysis.survey.networks import Answers, scored
from cesp_analysis.survey.ties_aside import Aside, of_others, without_strangers

Row = dict[str, Any]


def people(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    """(unit, time, site, file) of each, who was asked."""
    frame = pd.DataFrame(rows, columns=["unit", "time", "site", "file"])
    return frame.assign(answered=True, asked=True)


def ties(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    """(unit, time, alter, kind) of each, which do not say their site."""
    return pd.DataFrame(rows, columns=["unit", "time", "alter", "kind"], dtype="str").assign(
        site=""
    )


def records(*rows: tuple[str, str, str, Any]) -> pd.DataFrame:
    """(file, unit, status, reason) of each respondent's record."""
    return pd.DataFrame(rows, columns=["file", "unit", "status", "reason"])


NOBODY = Aside(ties(), np.zeros(0, dtype=bool), ties())
THERE = people(
    ("a", "w1", "n", "f"), ("b", "w1", "n", "f"), ("c", "w1", "n", "f"), ("d", "w1", "s", "f"),
    ("e", "w1", "s", "f"), ("a", "w2", "n", "f"),
)  # fmt: skip
NAMED = ties(
    ("a", "w1", "x", "person"), ("a", "w1", "y", "person"), ("a", "w1", "choir", "group"),
    ("b", "w1", "choir", "group"), ("b", "w1", "council", "organisation"),
    ("d", "w1", "choir", "group"),
)  # fmt: skip


def test_each_score_counts_its_own_kind_of_ties() -> None:
    found = scored(Answers(THERE, NAMED, None, NOBODY)).set_index(["unit", "time"])
    told = found[["network.degree", "network.people", "network.groups", "network.organisations"]]
    assert told.to_numpy().tolist() == [
        [3, 2, 1, 0], [2, 0, 1, 1], [0, 0, 0, 0], [1, 0, 1, 0], [0, 0, 0, 0], [0, 0, 0, 0],
    ]  # fmt: skip
    assert found["network.isolate"].tolist() == [0, 0, 1, 0, 1, 1]
    # the choir joins a and b; of another site it joins nobody; alone there is nobody to reach
    assert found["network.reach"].to_numpy() == approx([0.5, 0.5, 0, 0, 0, np.nan], nan_ok=True)
    assert found["network.density"].isna().all()


def test_density_needs_two_whom_somebody_named() -> None:
    pairs = pd.DataFrame([("a", "w1"), ("a", "w1"), ("b", "w1")], columns=["unit", "time"])
    found = scored(Answers(THERE, NAMED, pairs, NOBODY))["network.density"]
    # 2 of the 3 pairs of a's three, the only pair of b's two, none of one or of nobody
    assert found.to_numpy() == approx([2 / 3, 1, *[np.nan] * 4], nan_ok=True)


def test_who_was_not_asked_has_no_score() -> None:
    own = THERE.assign(asked=THERE["unit"] != "a")
    found = scored(Answers(own, NAMED, None, NOBODY)).set_index(["unit", "time"])
    assert found.loc["a", "network.degree":"network.density"].isna().all(axis=None)  # type: ignore[misc]
    assert found.loc[("b", "w1"), "network.reach"] == 0  # c was asked, and is not joined
    assert (found.loc["a", "part"] == -1).all()


def table(own: pd.DataFrame, aside: Aside = NOBODY, minimum: int = 2) -> dict[str, Row]:
    """Site → its row of the first wave."""
    found = scored(Answers(own, NAMED, None, aside))
    rows = table_of(found, NAMED, ("n", "s"), ("w1",), aside, minimum)
    return {row["site"]: row for row in rows.to_dict("records")}


def test_the_table_of_a_site_counts_those_who_were_asked() -> None:
    row = table(THERE)["n"]
    assert [row[name] for name in ("respondents", "asked", "ties", "isolates")] == [3, 3, 5, 1]
    assert (row["mean_degree"], row["sd_degree"]) == approx((5 / 3, np.std([3, 2, 0], ddof=1)))
    assert (row["share_isolates"], row["with_organisation"]) == approx((1 / 3, 1 / 3))
    assert (row["groups"], row["components"], row["largest_component"]) == (2, 2, 2)
    assert row["share_largest"] == approx(2 / 3) and row["warnings"] == REACH_DEPENDS


def test_a_site_in_which_nobody_was_asked_has_no_share() -> None:
    row = table(THERE.assign(asked=THERE["site"] != "s"))["s"]
    assert [row[name] for name in ("respondents", "asked", "ties", "isolates", "components")] == [
        2, 0, 0, 0, 0,
    ]  # fmt: skip
    shares = ["mean_degree", "sd_degree", "share_isolates", "with_organisation", "share_largest"]
    assert all(np.isnan(row[name]) for name in shares)
    assert row["warnings"] == "nobody answered the question"


def test_one_answer_stands_as_a_number_alone_even_where_one_is_enough() -> None:
    row = table(THERE.assign(asked=~THERE["unit"].isin(["d"])), minimum=1)["s"]
    assert (row["respondents"], row["asked"]) == (2, 1) and pd.isna(row["ties"])
    assert row["warnings"] == "not shown: fewer than 2 answers"


def test_ties_count_of_whom_a_record_is_left_and_of_their_own_site() -> None:
    """a has a record beside one set aside, g none; b's tie says another site; nobody is z."""
    made = ties(
        ("a", "w1", "x", "person"), ("g", "w1", "x", "person"), ("b", "w1", "x", "person"),
        ("c", "w1", "x", "person"), ("z", "w1", "x", "person"),
    ).assign(site=["", "", "s", "n", ""])  # fmt: skip
    ledger = records(
        ("f", "a", "set aside", "duplicate"), ("f", "a", "counts", None),
        ("f", "g", "set aside", "undeclared_site"), ("f", None, "set aside", "no_id"),
    )  # fmt: skip
    kept, aside = without_strangers(made, THERE, ledger)
    assert kept["unit"].tolist() == ["a", "c", "z"]  # of z a line of its own says what is wrong
    assert aside.ties["unit"].tolist() == ["g", "b"] and aside.recordless.tolist() == [True, False]
    assert len(aside.doubted) == 0


def test_ids_of_two_sites_are_doubted_once_where_their_ties_do_not_say_the_site() -> None:
    """a and b have a record set aside as of another site; b's ties say theirs, c has none such."""
    made = ties(
        ("a", "w1", "x", "person"), ("a", "w1", "y", "person"), ("b", "w1", "x", "person"),
        ("c", "w1", "x", "person"), ("a", "w2", "x", "person"),
    ).assign(site=["", "", "n", "", ""])  # fmt: skip
    ledger = records(("f", "a", "set aside", KIND), ("f", "b", "set aside", KIND),
                     ("f", "c", "set aside", "duplicate"))  # fmt: skip
    kept, aside = without_strangers(made, THERE, ledger)
    assert len(kept) == 5 and len(aside.ties) == 0
    assert aside.doubted.to_numpy().tolist() == [["a", "w1"], ["a", "w2"]]
    assert [len(list(aside.said(wave))) for wave in ("w1", "w2", "w3")] == [1, 1, 0]
    (said,) = aside.said("w1")
    assert said.startswith(f"one id of two respondents in different sites ({KIND}): its ties may")


def test_what_is_said_of_ties_that_are_not_counted_is_each_waves_own() -> None:
    gone = ties(*[(unit, wave, "x", "person") for unit, wave in
                  (("g", "w1"), ("g", "w1"), ("b", "w1"), ("b", "w2"))])  # fmt: skip
    aside = Aside(gone, np.array([True, True, False, False]), gone[:0])
    assert [aside.count(wave) for wave in ("w1", "w2", "w3")] == [3, 1, 0]
    recordless, elsewhere = aside.said("w1")
    assert recordless.startswith("2 ties of this wave, at all sites, not counted: of respondents")
    assert elsewhere.startswith("1 tie of this wave, at all sites, not counted: of another site")
    (alone,) = aside.said("w2")
    assert alone == elsewhere and list(aside.said("w3")) == []
    two = Aside(gone[:0], np.zeros(0, dtype=bool), gone[["unit", "time"]].drop_duplicates())
    (many,) = two.said("w1")
    assert many.startswith("2 ids of two respondents in different sites") and "their ties" in many


def test_pairs_of_somebody_whom_counted_ties_name_too_stay() -> None:
    kept = ties(("a", "w1", "x", "person"), ("a", "w1", "y", "person"))
    gone = ties(("a", "w1", "y", "person"), ("a", "w1", "v", "person"), ("b", "w1", "x", "person"))
    pairs = pd.DataFrame(
        [("a", "w1", one, other) for one, other in ("xy", "xv", "vy", "xz")],
        columns=["unit", "time", "one", "other"],
    )
    assert of_others(pairs, gone, kept).tolist() == [False, True, True, False]


@pytest.mark.parametrize("minimum", [2, 3, 4])
def test_few_answers_are_fewer_than_the_minimum(minimum: int) -> None:
    row = table(THERE, minimum=minimum)["n"]
    assert pd.isna(row["mean_degree"]) == (minimum == 4)
