"""Ids become keyed hashes, words stay in the raw folder, and results do not depend on the key."""

import stat
from pathlib import Path

import pandas as pd
import pytest

from cesp_analysis.cli import main
from cesp_analysis.errors import CespError
from cesp_analysis.intake.pseudonyms import (
    MASK,
    Key,
    key_of,
    made_key,
    place_of_key,
    protected,
    same_as,
)
from cesp_analysis.pipeline import key_place
from cesp_analysis.study.columns import Private
from cesp_analysis.study.read import read_study
from small_study import PEOPLE, Study, answers, inside

KEY = Key(b"0" * 32)


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """The tiny study with pseudonyms."""
    folder = tmp_path / "anne's study (v2) [b]"
    folder.mkdir()
    study = Study(folder)
    del study.config["study"]["pseudonyms"]
    return study


def test_a_pseudonym_is_short_the_same_again_and_needs_the_key() -> None:
    word = KEY.pseudonym("P017")
    assert word == KEY.pseudonym(" P017 ") and len(word) == 16 and word.isalnum()
    assert word != KEY.pseudonym("p017") != Key(b"1" * 32).pseudonym("p017")
    assert KEY.pseudonym("  ") == ""
    many = {KEY.pseudonym(f"P{n}") for n in range(100_000)}
    assert len(many) == 100_000


def test_what_is_declared_stays_ids_are_hashed_words_are_masked() -> None:
    raw = pd.DataFrame(
        {
            "line": [2, 3, 4],
            "id": ["P1", " P1 ", None],
            "score": ["1", " ", "3"],
            "name": ["Ann", "", None],
            "why": ["too far", " ", "Ann fell"],
        }
    )
    raw.attrs["labels"] = {"score": {"1": "low"}, "name": {"Ann": "Ann"}}
    private = Private(("id",), ("score",), {"left_out.id": ("P1", "TEST")})
    out = protected(raw, private, KEY)
    assert out["id"].tolist()[:2] == [KEY.pseudonym("P1")] * 2 and pd.isna(out["id"][2])
    assert out["score"].tolist() == ["1", " ", "3"]
    assert out["name"].fillna("-").tolist() == [MASK, "", "-"]
    assert out["why"].tolist() == [MASK, " ", MASK]
    assert out.attrs["labels"] == {"score": {"1": "low"}}
    named = [KEY.pseudonym("P1"), KEY.pseudonym("TEST")]
    assert out.attrs["named_ids"] == {"left_out.id": named}


def test_in_long_format_only_declared_answers_are_kept() -> None:
    raw = pd.DataFrame(
        {
            "line": [2, 3, 4, 5],
            "id": ["P1", "P1", "P1", "P1"],
            "asked": ["score", "why", " score ", "name"],
            "said": ["3", "Ann fell", "4", ""],
        }
    )
    private = Private(("id",), ("asked", "said"), {}, ("asked", "said", ("score",)))
    assert protected(raw, private, KEY)["said"].tolist() == ["3", MASK, "4", ""]


def test_records_that_repeat_each_other_are_known_by_what_is_masked() -> None:
    raw = pd.DataFrame(
        {"line": [2, 3, 4, 5], "id": ["a", "a", "a", "a"], "why": ["x", "y", "x", "y"]}
    )
    assert same_as(raw) == {"4": 2, "5": 3}
    blank = pd.DataFrame({"line": [2, 3], "id": ["a", "a"], "why": ["", None]})
    assert same_as(blank) == {}


def test_a_run_finds_the_same_people_by_their_pseudonyms(study: Study) -> None:
    ran = study.run()
    assert (ran.status, ran.shown) == (0, "")
    plain = Study(study.folder.parent / "plain")
    other = plain.run()
    assert [row["estimate"] for row in ran.estimates()] == [
        row["estimate"] for row in other.estimates()
    ]
    assert not set(ran.panel()["unit"]) & set(other.panel()["unit"])
    assert ran.panel()["value"].equals(other.panel()["value"])  # people in the same order


def test_problems_and_the_ledger_hold_pseudonyms(study: Study) -> None:
    study.files["before.csv"] = answers(0).replace("P01,", "P91,").replace("P02,", "P03,")
    ran = study.run()
    assert ran.status == 0, ran.shown
    found = ran.problems()
    key = key_of("synthetic tiny 1", None)
    unknown = found.loc[found["kind"] == "unknown_person", "value"].tolist()
    assert unknown == [key.pseudonym("P91")]
    assert not ran.ledger()["unit"].str.startswith("P").any()


def test_rows_may_be_named_by_id(study: Study) -> None:
    study.config["files"]["before"]["left_out"] = {"id": ["P01", "P02"]}
    ran = study.run()
    assert ran.status == 0, ran.shown
    before = ran.ledger().query("file == 'before' and status == 'set aside'")
    assert before["line"].tolist() == [2, 3] and set(before["reason"]) == {"left_out"}


def test_a_masked_difference_is_no_exact_copy(study: Study) -> None:
    lines = PEOPLE.splitlines()
    noted = [lines[0] + ",note", *(line + ",a" for line in lines[1:])]
    noted += [noted[12], noted[11][:-1] + "other words"]
    study.files["people.csv"] = "\n".join(noted) + "\n"
    ran = study.run(until="check")
    assert ran.status == 0, ran.shown
    kinds = ran.problems().set_index("line")["kind"].to_dict()
    assert kinds == {14: "exact_duplicate", 15: "conflicting_duplicate"}


def test_corrections_of_ids_and_words_are_not_printed(study: Study) -> None:
    study.write()
    (study.folder / "data/raw/CORRECTIONS.yaml").write_text(
        "corrections:\n"
        "  - {file: before, where: {id: P01}, column: id, expect: P01, value: P02, why: typing}\n"
        "  - {file: before, where: {id: P03}, column: score, expect: '13',"
        " value: '15', why: form}\n"
    )
    ran = study.run(until="intake")
    assert ran.status == 0, ran.shown
    table = pd.read_csv(study.folder / "results/tables/corrections.csv", dtype=str)
    assert table["was"].tolist() == [MASK, "13"] and table["now"].tolist() == [MASK, "15"]


def test_the_key_of_a_real_study_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    place = tmp_path / "keys" / "s.key"
    assert made_key(place) and not made_key(place)
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert key_of("", place) == key_of("", place)
    place.write_text("short")
    with pytest.raises(CespError, match="is no key for pseudonyms"):
        key_of("", place)
    with pytest.raises(CespError, match="there is no key for pseudonyms; snakemake makes one"):
        key_of("", tmp_path / "absent.key")


def test_where_the_key_lies(study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    assert place_of_key("s", None) == tmp_path / "settings" / "cesp" / "s.key"
    assert place_of_key("s", "~/k.key") == Path("~/k.key").expanduser()
    study.write()
    assert key_place(read_study(study.folder)) == ""  # synthetic: nobody to protect
    study.config["study"] |= {"synthetic": False, "key": str(tmp_path / "own.key")}
    study.write()
    assert key_place(read_study(study.folder)) == str(tmp_path / "own.key")
    study.config["study"]["pseudonyms"] = False
    study.write()
    assert key_place(read_study(study.folder)) == ""


def test_the_command_finds_somebody(study: Study, capsys: pytest.CaptureFixture[str]) -> None:
    study.write()
    with inside(study.folder):
        assert main(["pseudonym", "P01", "P02"]) == 0
    key = key_of("synthetic tiny 1", None)
    assert capsys.readouterr().out.splitlines() == [
        f"{word}: {key.pseudonym(word)}" for word in ("P01", "P02")
    ]
    study.config["study"]["pseudonyms"] = False
    study.write()
    with inside(study.folder):
        assert main(["pseudonym", "P01"]) == 1
    assert "study.pseudonyms is false" in capsys.readouterr().err
