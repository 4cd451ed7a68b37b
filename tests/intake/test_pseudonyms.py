"""Ids become keyed hashes, words stay in the raw folder, and results do not depend on the key."""

import io
import stat
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from cesp_analysis.cells import MASK, MASKED_DATE, MASKED_NUMBER
from cesp_analysis.cli import main
from cesp_analysis.declared.private import Answers, Passing, Private
from cesp_analysis.describe.dictionary_spec import dictionary_spec
from cesp_analysis.distinct import coded
from cesp_analysis.errors import CespError
from cesp_analysis.intake.key import Key, key_of, made_key, place_of_key
from cesp_analysis.intake.pseudonyms import Seen, protected, same_as, shown
from cesp_analysis.pipeline import begin, key_place
from cesp_analysis.study.read import read_study
from small_study import PEOPLE, Study, answers, inside

KEY = Key(b"0" * 32)

NO_DAG = SimpleNamespace(
    dag=SimpleNamespace(jobs=[], dependencies={}, bfs=lambda *_: []),
    rules=[],
    non_local_exec=False,
    scheduler=SimpleNamespace(job_rate_limiter=None),
)
"""What begins a run of nothing."""


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
    private = Private(ids=("id",), kept={"score": Passing()}, named={"left_out.id": ("P1", "TEST")})
    out = protected(raw, private, KEY)
    assert out["id"].tolist()[:2] == [KEY.pseudonym("P1")] * 2 and pd.isna(out["id"][2])
    assert out["score"].tolist() == ["1", " ", "3"]
    assert out["name"].astype("str").fillna("-").tolist() == [MASK, "", "-"]
    assert out["why"].tolist() == [MASK, " ", MASK]
    assert out.attrs["labels"] == {"score": {"1": "low"}}
    named = [KEY.pseudonym("P1"), KEY.pseudonym("TEST")]
    assert out.attrs["named_ids"] == {"left_out.id": named}


def test_in_long_format_only_declared_answers_are_kept() -> None:
    raw = pd.DataFrame(
        {
            "line": [2, 3, 4, 5, 6],
            "id": ["P1", "P1", "P1", "P1", "P1"],
            "asked": ["score", "why", " score ", "score", "name"],
            "said": ["3", "Ann fell", "4", "four, says Ann", ""],
        }
    )
    asked = Passing(words=("score",))
    answers = Answers(question="asked", answer="said", kept={"score": Passing()})
    private = Private(ids=("id",), kept={"asked": asked, "said": Passing()}, answers=answers)
    out = protected(raw, private, KEY)
    assert out["said"].tolist() == ["3", MASK, "4", MASK, ""]
    assert out["asked"].tolist() == ["score", MASK, " score ", "score", MASK]


ANY = [
    "about 60, ask W. Zwingli", "0161 555 0199", "01615550199", "M1 4BT", "1953-04-12", " North ",
    "north", "44", "99999", "-9", "1e99", "inf", "nan", "1.4.53", "2024-02-30",
    "12/03/2024", "1,08", "", None,
]  # fmt: skip
"""Cells of any column: words, a telephone number, a postcode, a birthday, answers."""


@pytest.mark.parametrize(
    ("passing", "shown"),
    [
        (Passing(), {"44", "99999", "-9", "1e99", "1,08"}),
        (Passing(words=("NORTH",)), {" North ", "north", "44", "99999", "-9", "1e99", "1,08"}),
        (Passing(ranges=((0, 1e11),)), {"44", "99999", "-9", "1e99", "1,08", "01615550199"}),
        (Passing(any_number=True), {"44", "99999", "-9", "1e99", "1,08", "01615550199"}),
        (Passing(formats=("%d/%m/%Y",), no_number=True, words=("-9",)), {"12/03/2024", "-9"}),
        (Passing(formats=("%Y-%m-%d",), no_number=True), set()),
        (Passing(anything=True), set(ANY[:-2])),
    ],
    ids=["any", "words", "range", "numbers", "dates", "other dates", "anything"],
)
def test_of_a_declared_column_only_what_may_pass_leaves(passing: Passing, shown: set[str]) -> None:
    raw = pd.DataFrame({"line": range(2, 2 + len(ANY)), "cell": ANY})
    private = Private(kept={"cell": passing}, period=("2023-01-01", "2025-12-31"))
    out = dict(zip(ANY, protected(raw, private, KEY)["cell"], strict=True))
    assert {word for word, now in out.items() if word == now and word} == shown
    assert out[""] == "" and pd.isna(out[None])
    for word in {*ANY[:-2]} - shown:
        dated = word == "1953-04-12" and passing.formats == ("%Y-%m-%d",)
        number = word in ("01615550199", "1e99", "44", "99999", "-9")
        assert out[word] == (MASKED_DATE if dated else MASKED_NUMBER if number else MASK), word


def test_without_its_questions_no_answer_leaves() -> None:
    raw = pd.DataFrame({"line": [2, 3], "said": ["3", "Ann fell"]})
    answers = Answers(question="asked", answer="said", kept={"score": Passing()})
    private = Private(kept={"asked": Passing(), "said": Passing()}, answers=answers)
    assert protected(raw, private, KEY)["said"].tolist() == [MASK, MASK]


def test_words_in_a_field_of_redcap_that_holds_none_stay() -> None:
    raw = pd.DataFrame({"line": [2, 3], "form_complete": ["2", "asked Ann"]})
    raw.attrs["field_kinds"] = {"form_complete": "status"}
    assert protected(raw, Private(), KEY)["form_complete"].tolist() == ["2", MASK]


def test_a_missing_code_of_the_file_itself_passes() -> None:
    raw = pd.DataFrame({"line": [2, 3, 4, 5], "a": ["REFUSED", "no", "9999990", "5000000"]})
    raw.attrs["user_missing"] = {"a": [("REFUSED", "REFUSED"), ("9999990", "9999999")]}
    private = Private(kept={"a": Passing(ranges=((1, 5),))})
    out = protected(raw, private, KEY)["a"].tolist()
    assert out == ["REFUSED", MASK, "9999990", MASKED_NUMBER]


MISFITS = {
    "age": ("about 60, ask W. Zwingli", "not_a_number", MASK),
    "sex": ("Mrs Zwingli", "undeclared_value", MASK),
    "site": ("M1 4BT", "undeclared_site", MASK),
}


@pytest.mark.parametrize("column", MISFITS)
def test_a_misfit_is_listed_and_its_words_stay(study: Study, column: str) -> None:
    word, kind, shown = MISFITS[column]
    table = pd.read_csv(io.StringIO(PEOPLE), dtype=str)
    table.loc[0, column] = word
    study.files["people.csv"] = table.to_csv(index=False)
    ran = study.run(until="check")
    assert ran.status == 0, ran.shown
    (row,) = ran.problems().query("column == @column").to_dict("records")
    assert (row["line"], row["kind"], row["value"]) == (2, kind, shown)
    assert word not in ran.raw("people").to_csv()


def test_numbers_and_dates_that_do_not_fit(study: Study) -> None:
    before = answers(0).replace("2024-01-11", "1953-04-12").replace("2024-01-12", "12 April 53")
    study.files["before.csv"] = before.replace(",13,1", ",01615550199,1").replace(",14,2", ",55,2")
    ran = study.run(until="check")
    assert ran.status == 0, ran.shown
    listed = ran.problems()[["kind", "value"]].drop_duplicates().to_numpy().tolist()
    assert sorted(listed) == [
        ["impossible_date", MASKED_DATE], ["not_a_date", MASK],
        ["out_of_range", MASKED_NUMBER], ["out_of_range", "55"],
    ]  # fmt: skip


def test_words_that_do_not_fit_are_not_in_the_dictionary(study: Study) -> None:
    study.files["people.csv"] = PEOPLE.replace(",31,", ",ask W. Zwingli,").replace(
        ",f\n", ",Mrs Z\n", 1
    )
    study.run(until="intake")
    spec = dictionary_spec(read_study(study.folder))
    with inside(study.folder):
        assert (
            main(["dictionary", "--spec", spec, "--raw", "data/processed/intake", "--out", "d.csv"])
            == 0
        )
    text = (study.folder / "d.csv").read_text()
    table = pd.read_csv(study.folder / "d.csv").set_index("raw_column")
    assert "Zwingli" not in text and "Mrs" not in text
    assert table.loc["age", ["type", "holds", "remark"]].tolist() == [
        "whole number", "32 to 42", "1 in the raw file: no declared value",
    ]  # fmt: skip


def test_records_that_repeat_each_other_are_known_by_what_is_masked() -> None:
    raw = pd.DataFrame(
        {"line": [2, 3, 4, 5], "id": ["a", "a", "a", "a"], "why": ["x", "y", "x", "y"]}
    )
    assert same_as(coded(raw)) == {"4": 2, "5": 3}
    blank = pd.DataFrame({"line": [2, 3], "id": ["a", "a"], "why": ["", None]})
    assert same_as(coded(blank)) == {}


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


def test_faults_of_corrections_are_told_without_ids_and_words(study: Study) -> None:
    study.files["before.csv"] = answers(0).replace(",13,1", ",Mary Smith said no,1")
    study.write()
    (study.folder / "data/raw/CORRECTIONS.yaml").write_text(
        "corrections:\n"
        "  - {file: before, where: {id: P03}, column: score, expect: Mary, value: '2', why: x}\n"
        "  - {file: before, where: {id: P04}, column: score, expect: '13', value: '2', why: x}\n"
        "  - {file: before, where: {id: P99}, column: score, expect: '13', value: '2', why: x}\n"
    )
    ran = study.run(until="intake")
    first, second, third = ran.lines
    assert f"holds '{MASK}', '{MASK}' was expected" in first
    assert "holds '14', '13' was expected" in second and f"no record has id '{MASK}'" in third
    assert "Mary" not in ran.shown and "P99" not in ran.shown


def test_a_correction_of_words_is_listed_without_them(study: Study) -> None:
    study.files["before.csv"] = answers(0).replace(",13,1", ",Mary Smith said no,1")
    study.write()
    (study.folder / "data/raw/CORRECTIONS.yaml").write_text(
        "corrections:\n  - {file: before, where: {id: P03}, column: score,"
        " expect: Mary Smith said no, value: '2', why: typing}\n"
    )
    assert study.run(until="intake").shown == ""
    table = pd.read_csv(study.folder / "results/tables/corrections.csv", dtype=str)
    assert table[["was", "now"]].to_numpy().tolist() == [[MASK, "2"]]


def test_the_key_of_a_real_study_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    place = tmp_path / "keys" / "s.key"
    assert made_key(place) and not made_key(place)
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert key_of("", place) == key_of("", place)
    place.write_text("short")
    with pytest.raises(CespError, match="is no key for pseudonyms"):
        key_of("", place)
    with pytest.raises(CespError, match="there is no key for pseudonyms; a run makes one"):
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


def test_the_command_hashes_words_as_they_are(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    study.write()
    (study.folder / "data/raw/people.csv").unlink()  # then nobody knows who is in it
    words = ["a//b", "./x", "c/", "."]
    with inside(study.folder):
        assert main(["pseudonym", *words]) == 0
    key = key_of("synthetic tiny 1", None)
    told = capsys.readouterr()
    assert told.out.splitlines() == [f"{w}: {key.pseudonym(w)}" for w in words]
    assert told.err.startswith("not known whether a raw file holds these ids: ")


def test_an_id_that_no_raw_file_holds_is_nobody_s(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    study.write()
    with inside(study.folder):
        assert main(["pseudonym", "NOPE", " P01", "p02"]) == 1
    told = capsys.readouterr()
    assert told.out.splitlines() == [f" P01: {key_of('synthetic tiny 1', None).pseudonym('P01')}"]
    assert told.err.splitlines() == [
        f"{word}: no raw file holds this id, so a pseudonym of it is nobody's; write it as the raw"
        " files do"
        for word in ("NOPE", "p02")
    ]


def test_the_command_finds_the_key_where_the_run_does(
    study: Study, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    study.config["study"] |= {"synthetic": False, "key": "../keys/own.key"}
    study.write()
    made_key(tmp_path / "keys" / "own.key")
    with inside(study.folder):
        place = Path(key_place(read_study()))
        assert main(["pseudonym", "P01"]) == 0
        own = key_of("", place).pseudonym("P01")
    with inside(tmp_path):
        assert main(["pseudonym", "P01", "--folder", study.folder.name]) == 0
    assert capsys.readouterr().out.splitlines() == [f"P01: {own}"] * 2


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("", "is blank; name a file outside"),
        ("  ", "is blank; name a file outside"),
        ("own.key", "'own.key' lies in the study's folder, beside the results"),
        ("data/../own.key", "lies in the study's folder"),
        ("~nobody_of_that_name/own.key", "lies in the study's folder"),
        ("{folder}/results/own.key", "lies in the study's folder"),
        (".", "lies in the study's folder"),
        ("../", "'../' is a folder; name a file"),
    ],
)
def test_a_key_that_lies_where_it_must_not(study: Study, key: str, message: str) -> None:
    study.config["study"]["key"] = key.replace("{folder}", str(study.folder))
    (line,) = study.lines()
    assert line.startswith("config.yaml: study.key: ") and message in line
    study.config["study"]["key"] = "../own.key"
    assert study.lines() == []


def test_a_key_that_another_study_made_is_told(
    study: Study,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr("cesp_analysis.pipeline.hold_folder", lambda: None)
    monkeypatch.setenv("CESP_JOBS", "apart")  # no process for forks, which nobody would end
    study.config["study"] |= {"synthetic": False, "key": str(tmp_path / "own.key")}
    study.write()
    with inside(study.folder):
        begin(read_study(), NO_DAG)
        assert capsys.readouterr().err.startswith("made the key of the study's pseudonyms: ")
        begin(read_study(), NO_DAG)
        told = capsys.readouterr().err
        assert "is there already: " in told and "own.key" in told and "study.key" in told
        Path("data/processed/intake").mkdir(parents=True)
        begin(read_study(), NO_DAG)
        assert capsys.readouterr().err == ""


def test_what_columns_share_is_looked_at_once_and_shown_alike() -> None:
    private, items = Private(), Passing(words=("yes", "no"), ranges=((0, 5),))
    seen = Seen(private)
    for column in (["0", "1", "my neighbour Ann"], ["1", "0", "no", "999999", ""], ["yes", "Ann"]):
        words = pd.Series(column, dtype="str", name="item")
        assert seen.shown(words, items).tolist() == shown(words, items, private).tolist()
    narrower = Passing(no_number=True)  # another column's rule is not this one's
    words = pd.Series(["0", "yes"], dtype="str")
    assert seen.shown(words, narrower).tolist() == shown(words, narrower, private).tolist()
    assert seen.shown(words, narrower).tolist() != seen.shown(words, items).tolist()
