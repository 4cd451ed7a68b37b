"""What was coded anew, from files to tables: a second coder, other words, other clearance."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pydantic import ValidationError

from cesp_analysis.declared.interviews import Interviews
from cesp_analysis.errors import CespError
from cesp_analysis.intake.key import key_of
from cesp_analysis.interviews.matched import mark_of
from cesp_analysis.interviews.steps import (
    DescribeSpec,
    ImportSpec,
    describe_interviews,
    import_interviews,
)
from small_study import inside

HEAD = "id,who,theme,words,quote\n"
NOW = [
    ("1", "A", "company", "We talk", "yes"), ("2", "A", "company", "They wait", "no"),
    ("3", "B", "money", "Rent is all", "no"), ("4", "B", "company", "Nobody came", "yes"),
]  # fmt: skip
COLUMNS = {"excerpt": "id", "interview": "who", "theme": "theme", "text": "words"}
Rows = list[tuple[str, ...]]


def table(rows: Rows) -> str:
    return HEAD + "".join(",".join(row) + "\n" for row in rows)


def study(folder: Path, now: Rows, before: Rows, again: Rows, ids: bool = True) -> dict[str, Any]:
    """The files, and the section; the second coder codes what is there now."""
    for name, rows in (("now", now), ("before", before), ("again", again)):
        (folder / f"{name}.csv").write_text(table(rows), encoding="utf-8")
    columns = {name: word for name, word in COLUMNS.items() if ids or name != "excerpt"}
    own = {"kind": "excerpts", "columns": columns}
    return {"files": {
        "one": own | {"path": "now.csv", "previous": "before.csv", "coder": "Ada",
                      "cleared": {"column": "quote"}},
        "two": own | {"path": "again.csv", "coder": "Ben", "for_agreement": True},
    }}  # fmt: skip


def ran(folder: Path, told: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Any]:
    """code_changes.csv without what stayed, and recoded.csv."""
    monkeypatch.chdir(folder)
    declared = Interviews.model_validate(told)
    out = {name: folder / f"{name}.csv" for name in (
        "interviews", "codes", "notes", "pseudonyms", "codes_before", "coverage", "rules", "matrix",
        "by_interview", "pairs", "agreement", "changes", "recoded")}  # fmt: skip
    tables = folder / "now.parquet", folder / "before.parquet"
    spec = ImportSpec(interviews=declared, sites=(), secret="a study").model_dump_json()
    import_interviews(
        spec, tables[0], out["interviews"], out["codes"], out["notes"], out["pseudonyms"],
        tables[1], out["codes_before"],
    )  # fmt: skip
    how = DescribeSpec(
        ci_level=0.95, seed=1, seen=declared.compared(), numbered=tuple(declared.numbered()),
        excerpts_before=declared.excerpts_before(), codes_of_both=declared.codes_of_both(),
        secret="a study",
    ).model_dump_json()  # fmt: skip
    describe_interviews(
        how, tables[0], out["interviews"], out["codes"], out["coverage"], out["rules"],
        out["matrix"], out["by_interview"], out["pairs"], out["agreement"], tables[1],
        out["codes_before"], out["changes"], out["recoded"],
    )  # fmt: skip
    changes, recoded = (pd.read_csv(out[name], dtype="str") for name in ("changes", "recoded"))
    told_of = changes[~changes["change"].isin(["kept", "found_by_id", "found_by_words"])]
    return (
        told_of[["change", "code", "into"]].astype(object).fillna("").to_numpy().tolist(),
        recoded[["change", "excerpt"]].astype(str).to_numpy().tolist(),
    )


def with_(rows: Rows, at: int, **cells: str) -> Rows:
    """Rows, of one of which some cells are others."""
    names = HEAD.strip().split(",")
    own = dict(zip(names, rows[at], strict=True)) | cells
    return [tuple(own.values()) if i == at else row for i, row in enumerate(rows)]


def test_a_second_coders_file_is_of_no_earlier_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first renamed a code; the second, who uses the new name and one of their own, changes
    nothing of that."""
    before = [(i, who, {"company": "friends"}.get(theme, theme), words, quote)
              for i, who, theme, words, quote in NOW]  # fmt: skip
    again = with_(NOW, 2, theme="rent")
    assert ran(tmp_path, study(tmp_path, NOW, before, again), monkeypatch) == (
        [["renamed", "friends", "company"]], [],
    )  # fmt: skip
    codes = pd.read_csv(tmp_path / "codes.csv").set_index("code")["counted"]
    assert codes.to_dict() == {"company": "yes", "money": "yes", "rent": "no"}


def test_other_words_of_an_excerpt_that_two_coded_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = with_(NOW, 0, words="We tlak")
    assert ran(tmp_path, study(tmp_path, NOW, before, NOW), monkeypatch) == (
        [], [["reworded", "1"]],
    )  # fmt: skip


@pytest.mark.parametrize("ids", [True, False])
@pytest.mark.parametrize("then", ["yes", "no"])
def test_clearance_is_no_change_of_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ids: bool, then: str
) -> None:
    """Granted since, or withdrawn: the same words are the same excerpt."""
    other = "no" if then == "yes" else "yes"
    before, now = ([(*row[:4], own) for row in NOW] for own in (then, other))
    before = before if ids else before[::-1]
    assert ran(tmp_path, study(tmp_path, now, before, now, ids), monkeypatch) == ([], [])


def test_words_whose_clearance_was_withdrawn_stay_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor are words of an earlier import kept that are cleared still: nobody quotes it."""
    now = with_(NOW, 0, quote="no")
    ran(tmp_path, study(tmp_path, now, NOW, now), monkeypatch)
    for name in ("now.parquet", "before.parquet"):
        words = pd.read_parquet(tmp_path / name)["text"].tolist()
        assert words[0].startswith("not cleared ") and "We talk" not in words
    assert all(one.startswith("not cleared ") for one in words)
    kept = pd.read_parquet(tmp_path / "now.parquet").set_index("excerpt")["text"]
    assert "Nobody came" in kept["4"].tolist()


def test_pseudonyms_of_all_files_and_imports_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of who has no excerpt, who is listed alone, whom the second coder has, who has left."""
    told = study(tmp_path, NOW, [*NOW, ("9", "Left", "x", "Bye", "no")],
                 [*NOW, ("8", "Second", "x", "Me", "no")])  # fmt: skip
    (tmp_path / "m.csv").write_text("who,x\nRowan,\n", encoding="utf-8")
    told["files"]["m"] = {"path": "m.csv", "kind": "framework", "columns": {"interview": "who"}}
    names = ["A", "B", "Rowan", "Listed", "Second"]
    (tmp_path / "p.csv").write_text("\n".join(["interview", *names]) + "\n", encoding="utf-8")
    told["people"] = {"path": "p.csv"}
    ran(tmp_path, told, monkeypatch)
    assert pd.read_csv(tmp_path / "pseudonyms.csv")["interview"].tolist() == sorted(
        [*names, "Left"]
    )


def books(folder: Path, told: dict[str, Any], **of: str) -> dict[str, Any]:
    """The section with codebooks: setting → rows of code and what it means."""
    for name, rows in of.items():
        (folder / f"{name}.csv").write_text(f"code,about\n{rows}", encoding="utf-8")
        columns = {"code": "code", "description": "about"}
        told[name] = {"path": f"{name}.csv", "columns": columns}
    return told


def test_of_an_earlier_codebook_alone_a_code_with_excerpts_may_be_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files are as they are now, and say nothing of then."""
    told = study(tmp_path, NOW, NOW, NOW)
    del told["files"]["one"]["previous"]
    now, then = "company,\nmoney,\nidle,\n", "company,\nidle,\ngone,\n"
    books(tmp_path, told, codebook=now, previous_codebook=then)
    assert ran(tmp_path, told, monkeypatch) == (
        [["added", "money", ""], ["lost", "gone", ""]], [],
    )  # fmt: skip
    kept = pd.read_csv(tmp_path / "changes.csv").set_index("change").loc["kept"]
    assert (kept["after"], pd.isna(kept["before"])) == (2, True)
    before = pd.read_csv(tmp_path / "codes_before.csv").set_index("code")["excerpts"]
    assert before.to_dict() == {"company": 0, "idle": 0, "gone": 0}
    del told["codebook"]
    with pytest.raises(ValidationError, match="previous_codebook: name the one that it is"):
        Interviews.model_validate(told)


@pytest.mark.parametrize("name", ["codebook", "previous_codebook"])
def test_a_codebook_of_one_import_says_nothing_of_what_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Neither that its descriptions are others, nor that codes without an excerpt came or went."""
    told = books(tmp_path, study(tmp_path, NOW, NOW, NOW), **{name: "company,Talk\nidle,Unused\n"})
    assert ran(tmp_path, told, monkeypatch) == ([], [])


def test_two_codebooks_that_differ_in_what_a_code_means(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = {"codebook": "company,Talk\nnew,\n", "previous_codebook": "company,Visits\nold,\n"}
    told = books(tmp_path, study(tmp_path, NOW, NOW, NOW), **both)
    assert ran(tmp_path, told, monkeypatch)[0] == [
        ["added", "new", ""], ["lost", "old", ""], ["redefined", "company", "company"],
    ]  # fmt: skip


def notes_of(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "notes.csv").set_index("kind")


def test_ids_that_were_counted_anew_are_not_the_same_excerpts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row was inserted at the head and all ids counted again: nothing was coded anew, in
    whichever interview an id now is, and the import says what to write."""
    rows = [
        (f"{n}", "Wren" if n < 4 else "Lark", theme, f"Words {n}", "yes")
        for n, theme in enumerate(("company", "money", "company", "money", "time", "time"))
    ]
    inserted = [("0", "Wren", "time", "New", "yes")]
    now = inserted + [(str(int(row[0]) + 1), *row[1:]) for row in rows]
    told = study(tmp_path, now, rows, now)
    assert ran(tmp_path, told, monkeypatch) == ([], [["added", "0"]])
    note = notes_of(tmp_path).loc["ids_elsewhere"]
    assert (note["n"], note["first"]) == (6, "excerpt 0")
    assert "write no excerpt: under columns" in note["fact"]


def test_an_id_in_another_interview_is_another_excerpt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = with_(NOW, 0, who="Merle", words="Something else", theme="rent")
    found = ran(tmp_path, study(tmp_path, NOW, before, NOW), monkeypatch)
    assert found == ([["lost", "rent", ""]], [["added", "1"], ["lost", "1"]])
    assert "ids_elsewhere" not in notes_of(tmp_path).index, "of one excerpt alone"


def test_a_code_in_other_letters_is_no_other_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = [row[:2] + (row[2].title(), *row[3:]) for row in NOW]
    assert ran(tmp_path, study(tmp_path, NOW, before, NOW), monkeypatch) == ([], [])
    kept = pd.read_csv(tmp_path / "changes.csv").set_index("change").loc["kept"]
    assert kept["before"] == kept["after"] == len({row[2] for row in NOW})


def test_a_mark_of_words_is_known_again_with_the_key_alone() -> None:
    """A hash without a secret is that of whoever tries out short answers."""
    one, other = key_of("one study", None), key_of("another", None)
    mark = mark_of("Yes.  \n", one)
    assert mark == mark_of(" Yes.", one) == mark_of(mark, one) != mark_of("Yes.", other)
    assert mark_of("", one) == ""
    assert one.pseudonym("Yes.") not in mark, "nor is it the pseudonym of an id"


def test_without_a_key_a_real_study_is_not_read(tmp_path: Path) -> None:
    declared = Interviews.model_validate(study(tmp_path, NOW, NOW, NOW))
    spec = ImportSpec(interviews=declared, sites=()).model_dump_json()
    outs = [tmp_path / f"{n}.csv" for n in range(5)]
    with inside(tmp_path), pytest.raises(CespError, match="there is no key for pseudonyms"):
        import_interviews(spec, *outs, key=str(tmp_path / "study.key"))
    assert not any(path.exists() for path in outs)
