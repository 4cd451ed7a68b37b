"""A questionnaire in words in one file, in codes in others: asked about, with lines to fill in."""

import sys
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from cesp_analysis.study.read import checked
from cesp_analysis.study.study import Study

sys.path.insert(0, str(Path(__file__).parent))
from drafting import drafted, text_of, written
from test_small import IDS, rows

WORDS = ("Not at all", "Several days", "More than half the days", "Nearly every day")
REGISTER = rows("id,site", "P{i}", "North|South")


def gad7(words: tuple[str, ...]) -> str:
    """The seven items of twenty people."""
    head = ",".join(f"GAD{n}" for n in range(1, 8))
    lines = [",".join([f"P{i}", *(words[(i * n) % len(words)] for n in range(1, 8))]) for i in IDS]
    return "\n".join([f"id,{head}", *lines]) + "\n"


def test_columns_called_like_another_file_s_items_are_asked_about(tmp_path: Path) -> None:
    coded = gad7(("0", "1", "2", "3"))
    files = written(
        tmp_path / "g", people_csv=REGISTER, baseline_csv=coded, month6_csv=gad7(WORDS),
        month12_csv=coded,
    )  # fmt: skip
    study = drafted(tmp_path / "s", *files)
    assert study.files["month6"].instruments == {}
    said = text_of(tmp_path / "s")
    assert said.count("are called like") == 1
    assert "GAD1 to GAD7 are called like those of gad7 in baseline and month12" in said
    entry = taken_in(tmp_path / "s").files["month6"]
    assert (entry.instruments, entry.variables) == ({"gad7": "GAD{item}"}, {})
    codes = [(word, str(code)) for code, word in enumerate(WORDS)]
    assert list(entry.item_values["gad7"].items()) == codes  # in the order of the codes


def block_of(folder: Path) -> list[str]:
    """The lines to take in, without their comment signs."""
    lines = (folder / "config.yaml").read_text(encoding="utf-8").splitlines()
    begin = next(at for at, line in enumerate(lines) if line.startswith("    # instruments:"))
    end = next(at for at, line in enumerate(lines) if at > begin and "#" not in line)
    return [line.replace("# ", "", 1) for line in lines[begin:end]]


def taken_in(folder: Path) -> Study:
    """The draft with those lines in place of the variables; valid."""
    path = folder / "config.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    block = block_of(folder)
    begin = next(at for at, line in enumerate(lines) if line.startswith("    # instruments:"))
    end = next(at for at, line in enumerate(lines) if at > begin and not line)
    path.write_text("\n".join([*lines[:begin], *block, *lines[end:]]) + "\n", encoding="utf-8")
    study, problems = checked(folder)
    assert study is not None and problems == []
    return study


def test_labels_of_another_file_say_the_codes(tmp_path: Path) -> None:
    frame = pd.DataFrame({
        "id": [f"P{i}" for i in IDS],
        **{f"GAD{n}": [float((i * n) % 4) for i in IDS] for n in range(1, 8)},
    })  # fmt: skip
    german = ("Gar nicht", "An einzelnen Tagen", "An mehr Tagen", "Fast jeden Tag")
    labels = {float(code): word for code, word in enumerate(german)}
    pyreadstat.write_sav(
        frame, tmp_path / "baseline.sav",
        variable_value_labels={f"GAD{n}": labels for n in range(1, 8)},
    )  # fmt: skip
    words = (*(word.upper() for word in german), "Refused")
    files = written(tmp_path / "g", people_csv=REGISTER, month6_csv=gad7(words))
    drafted(tmp_path / "s", *files, tmp_path / "baseline.sav")
    assert block_of(tmp_path / "s") == [
        '    instruments: {gad7: "GAD{item}"}',
        "    item_values:",
        "      gad7:",
        *(f"        {word.upper()}: {code}" for code, word in enumerate(german)),
        "    missing: [Refused]",
    ]


def test_words_that_nobody_knows_are_left_to_a_person(tmp_path: Path) -> None:
    """One of them is enough: a code that lacks may be that of any."""
    words = (*WORDS[:3], "Daily")
    drafted(tmp_path / "s", *written(tmp_path / "g", people_csv=REGISTER, month6_csv=gad7(words)))
    assert block_of(tmp_path / "s")[3:] == [f"        {word}:" for word in words]
    assert "write behind each word its code (0 to 3)" in text_of(tmp_path / "s")


def test_the_items_names_alone_are_enough(tmp_path: Path) -> None:
    files = written(tmp_path / "g", people_csv=REGISTER, month6_csv=gad7(WORDS))
    drafted(tmp_path / "s", *files)
    assert "GAD1 to GAD7 are called like the items of gad7, and hold" in text_of(tmp_path / "s")


@pytest.mark.parametrize(
    "words", [("a", "b", "c", "d", "e"), ("Not at all", "I told my neighbour so. She is kind.")]
)
def test_more_words_than_codes_and_free_text_are_no_answers(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    files = written(tmp_path / "g", people_csv=REGISTER, month6_csv=gad7(words))
    drafted(tmp_path / "s", *files)
    assert "are called like" not in text_of(tmp_path / "s")
