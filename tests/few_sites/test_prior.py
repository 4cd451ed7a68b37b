"""The prior of shocks: the shipped pairs, a study's own, what is wrong with one."""

from pathlib import Path

import pytest
from pytest import approx

from cesp_analysis.errors import CespError
from cesp_analysis.models.prior import Pair, gap_in_months, joined, read_prior

HEAD = "rho,cac,period_months,cluster_type,source\n"


def test_sixteen_pairs_are_shipped_with_their_source() -> None:
    prior = read_prior()
    assert len(prior.pairs) == 16
    assert all("10.1177/09622802231194753" in pair.source for pair in prior.pairs)
    assert sum(pair.cluster_type == "UK general practice" for pair in prior.pairs) == 4
    assert prior.described(6) == f"{prior.name}: 16 pairs, 16 as published"


def test_a_period_scales_the_autocorrelation() -> None:
    pair = Pair(0.035, 0.54, 12, "UK general practice", "Martin 2016")
    assert pair.cac_over(6) == approx(0.54**0.5)
    assert pair.cac_over(12) == 0.54
    assert pair.cac_over(None) == 0.54  # a study whose unit is none of the calendar's
    assert Pair(0.05, -0.279, 12, "", "x").cac_over(6) == -0.279  # no root of a negative number
    assert Pair(0.05, 0.8, None, "", "x").cac_over(6) == 0.8


def test_gaps_in_months() -> None:
    assert gap_in_months((0, 26.0893), "weeks") == approx(6, abs=1e-4)
    assert gap_in_months((1, 0), "years") == approx(12)
    assert gap_in_months((0, 1), "sessions") is None


def test_an_own_prior(tmp_path: Path) -> None:
    path = tmp_path / "prior.csv"
    path.write_text(HEAD + "0.05,0.73,12,town,a\n0.02,-0.1,12,,b\n0.02,0.9,,,c\n", encoding="utf-8")
    prior = read_prior(path)
    assert [pair.cac_over(24) for pair in prior.pairs] == approx([0.73**2, -0.1, 0.9])
    said = f"the study's own {path.as_posix()}: 3 pairs, 1 scaled to 24 months, 2 as they stand"
    assert prior.described(24) == said
    assert [words for *_, words in prior.shown()] == [
        "town; a", "kind of cluster not said; b", "kind of cluster not said; c",
    ]  # fmt: skip


def test_several_gaps_are_said_once(tmp_path: Path) -> None:
    path = tmp_path / "prior.csv"
    path.write_text(HEAD + "0.05,0.73,12,town,a\n0.02,0.9,,,c\n", encoding="utf-8")
    own, shipped = read_prior(path), read_prior()
    said = joined(own.described(gap) for gap in (12, 3.5, 12, 6))
    assert said.endswith("2 pairs, 1 scaled to 3.5, 6 and 12 months, 1 as they stand")
    assert joined([own.described(6)]) == own.described(6)
    assert joined([shipped.described(6), shipped.described(12)]) == shipped.described(None)
    assert joined([]) == ""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (HEAD + "1,0.5,,,x\n", "line 2: rho: must be a number from 0 to below 1, not '1'"),
        (HEAD + "-0.1,0.5,,,x\n", "line 2: rho: must be a number from 0"),
        (HEAD + "0.1,1.5,,,x\n", "line 2: cac: must be a number from -1 to 1, not '1.5'"),
        (HEAD + "0.1,,,,x\n", "line 2: cac: must be a number from -1 to 1, not ''"),
        (HEAD + "nan,0.5,,,x\n", "line 2: rho"),
        (HEAD + "0.1,0.5,0,,x\n", "line 2: period_months: must be above 0, not '0'"),
        (HEAD + "0.1,0.5,a year,,x\n", "line 2: period_months: must be above 0, not 'a year'"),
        (HEAD + "0.1,0.5,,,\n", "line 2: source: is blank"),
        (HEAD + "0.1,0.5,,\n", "line 2: has 4 fields, the header 5"),
        (HEAD, "holds no pair"),
        (HEAD.replace(",source", "") + "0.1,0.5,,\n", "line 1: no column is called 'source'"),
        (HEAD + "\n\n0.1,0.5,,,x\n0.1,2,,,x\n", "line 5: cac: must be a number from -1"),
        ("", "is empty; its first line names the columns, rho"),
    ],
)
def test_a_faulty_prior_is_refused_in_a_line(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "prior.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CespError) as caught:
        read_prior(path)
    (line,) = caught.value.problems
    assert line.startswith(f"{path}: ") and said in line


def test_all_faults_at_once_and_no_traceback_for_other_encodings(tmp_path: Path) -> None:
    path = tmp_path / "prior.csv"
    path.write_text(HEAD + "2,0.5,,,x\n0.1,3,,,x\n", encoding="utf-8")
    with pytest.raises(CespError) as caught:
        read_prior(path)
    assert len(caught.value.problems) == 2
    path.write_text(HEAD + "0.1,0.5,,a, b,x\n2,0.5,,,x\n0.1,0.5\n", encoding="utf-8")
    with pytest.raises(CespError) as caught:
        read_prior(path)
    told = [line.removeprefix(f"{path}: ").partition(",")[0] for line in caught.value.problems]
    assert told == [
        "line 2: has 6 fields", "line 4: has 2 fields",
        "line 3: rho: must be a number from 0 to below 1",
    ]  # fmt: skip
    path.write_text(HEAD + "0.1,0.5,,a, b,x\n", encoding="utf-8")
    with pytest.raises(CespError) as caught:
        read_prior(path)
    assert len(caught.value.problems) == 1  # not that it holds no pair
    path.write_bytes((HEAD + "0.1,0.5,,praxis größe,x\n").encode("latin-1"))
    with pytest.raises(CespError, match="is not UTF-8"):
        read_prior(path)
