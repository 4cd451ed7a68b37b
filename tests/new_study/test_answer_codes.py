"""Questionnaires in columns and codes of a platform's own: asked about, with lines to take in."""

import sys
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from cesp_analysis.declared.strict_yaml import read_yaml
from cesp_analysis.new_study.stems import column_of, cut, sets_in
from cesp_analysis.study.read import checked
from cesp_analysis.study.study import Study

sys.path.insert(0, str(Path(__file__).parent))
from drafting import drafted, text_of, written
from test_small import IDS, rows
from test_worded import block_of

REGISTER = rows("id,site", "P{i}", "North|South")
TIMES = ("None of the time", "Rarely", "Some of the time", "Often", "All of the time")


def answers(names: list[str], words: tuple[str, ...]) -> str:
    """Twenty people's answers in columns of these names."""
    lines = [
        ",".join([f"P{i}", *(words[(i * (n + 2)) % len(words)] for n in range(len(names)))])
        for i in IDS
    ]
    return "\n".join([f"id,{','.join(names)}", *lines]) + "\n"


def finished(folder: Path) -> Study:
    """The study, its commented lines in place of the baseline's variables."""
    path = folder / "config.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    begin = next(at for at, line in enumerate(lines) if line.startswith("    # instruments:"))
    end = next(at for at, line in enumerate(lines) if at > begin and not line)
    text = "\n".join([*lines[:begin], *block_of(folder), *lines[end:]])
    path.write_text(text + "\n", encoding="utf-8")
    study, problems = checked(folder)
    assert study is not None and problems == []
    return study


def test_groups_of_kobo_stand_before_a_name(tmp_path: Path) -> None:
    """And the draft has outcomes and a model."""
    names = [f"wellbeing/swemwbs_{n}" for n in range(1, 8)]
    months = answers(names, ("1", "2", "3", "4", "5"))
    files = written(tmp_path / "g", people_csv=REGISTER, baseline_csv=months, month6_csv=months)
    study = drafted(tmp_path / "s", *files[:2])
    assert study.files["baseline"].instruments == {"swemwbs": "wellbeing/swemwbs_{item}"}
    data = read_yaml(tmp_path / "s" / "config.yaml")
    assert list(data["outcomes"]) == ["swemwbs"]


def test_a_finished_draft_of_kobo_s_groups_has_a_model(tmp_path: Path) -> None:
    names = [f"pre_test/ucla_{n}" for n in (1, 2, 3)]
    months = [answers(names, ("1", "2", "3")), answers(names, ("3", "1", "2"))]
    files = written(
        tmp_path / "g", people_csv=REGISTER, baseline_csv=months[0], month6_csv=months[1]
    )
    drafted(tmp_path / "s", *files)
    data = read_yaml(tmp_path / "s" / "config.yaml")
    assert data["models"]["did_change"]["outcomes"] == ["ucla3"]


def test_codes_outside_an_instrument_s_range_are_asked_about(tmp_path: Path) -> None:
    """A file with PHQ-9 coded 1 to 4 was left without it, and nothing said so."""
    names = [f"phq9_{n}" for n in range(1, 10)]
    files = written(
        tmp_path / "g", people_csv=REGISTER,
        baseline_csv=answers(names, ("1", "2", "3", "4", "-99")),
        month6_csv=answers(names, ("0", "1", "2", "3")),
    )  # fmt: skip
    drafted(tmp_path / "s", *files)
    said = text_of(tmp_path / "s")
    assert "phq9_1 to phq9_9 are called like those of phq9 in month6, and hold 1 to 4." in said
    assert "in which 1 is its 0 (turn them where that is its 3)" in said
    entry = finished(tmp_path / "s").files["baseline"]
    assert entry.instruments == {"phq9": "phq9_{item}"}
    assert entry.item_values["phq9"] == {"1": "0", "2": "1", "3": "2", "4": "3"}
    assert entry.missing == ("-99",)


def test_labels_tell_which_end_of_the_codes_is_which(tmp_path: Path) -> None:
    words = ("Nearly every day", "More than half the days", "Several days", "Not at all")
    columns = {f"phq9_{n}": [float((i * n) % 4 + 1) for i in IDS] for n in range(1, 10)}
    frame = pd.DataFrame({"id": [f"P{i}" for i in IDS], **columns})
    labels = {float(code): word for code, word in enumerate(words, start=1)}
    pyreadstat.write_sav(
        frame, tmp_path / "baseline.sav", variable_value_labels=dict.fromkeys(columns, labels)
    )
    files = written(tmp_path / "g", people_csv=REGISTER)
    drafted(tmp_path / "s", *files, tmp_path / "baseline.sav")
    assert "hold 1 to 4 ('Nearly every day' to 'Not at all')" in text_of(tmp_path / "s")
    entry = finished(tmp_path / "s").files["baseline"]
    assert entry.item_values["phq9"] == {"1": "3", "2": "2", "3": "1", "4": "0"}


def test_a_gap_in_the_codes_is_left_to_a_person(tmp_path: Path) -> None:
    names = [f"phq9_{n}" for n in range(1, 10)]
    files = written(
        tmp_path / "g", people_csv=REGISTER, baseline_csv=answers(names, ("2", "3", "5"))
    )
    drafted(tmp_path / "s", *files)
    assert "write behind each one its code (0 to 3)" in text_of(tmp_path / "s")
    assert block_of(tmp_path / "s")[3:] == ['        "2":', '        "3":', '        "5":']


def test_limesurvey_s_answer_codes_are_asked_about(tmp_path: Path) -> None:
    """By the question's code, or by as many columns and answer codes as an instrument has."""
    phq = [f"PHQ9[SQ{n:03}]" for n in range(1, 10)]
    short = [f"Q2[SQ{n:03}]" for n in range(1, 8)]
    months = answers([*phq, *short], ("A0", "A1", "A2", "A3"))
    files = written(tmp_path / "g", people_csv=REGISTER, baseline_csv=months)
    drafted(tmp_path / "s", *files)
    said = text_of(tmp_path / "s")
    assert "PHQ9[SQ001] to PHQ9[SQ009] are called like the items of phq9, and hold answer" in said
    assert "Q2[SQ001] to Q2[SQ007] are as many as the items of gad7, with as many answer" in said
    entry = finished(tmp_path / "s").files["baseline"]
    assert entry.instruments == {"phq9": "PHQ9[SQ00{item}]", "gad7": "Q2[SQ00{item}]"}
    assert entry.item_values["gad7"] == {"A0": "0", "A1": "1", "A2": "2", "A3": "3"}


@pytest.mark.parametrize(
    ("names", "pattern", "renamed"),
    [
        ([f"Q5_{n}" for n in range(1, 8)], "Q5_{item}", {}),
        ([f"Q3_{n}_a" for n in range(1, 8)], "Q3_{item}_a", {}),
        (["Q2_a", "Q2_b", "Q2_c", "Q2_d", "Q2_e", "Q2_f", "Q2_g"], "Q2_{item}",
         {f"Q2_{n}": f"Q2_{'abcdefg'[n - 1]}" for n in range(1, 8)}),
    ],
)  # fmt: skip
def test_a_grid_in_an_instrument_s_words_is_asked_about(
    names: list[str], pattern: str, renamed: dict[str, str], tmp_path: Path
) -> None:
    files = written(tmp_path / "g", people_csv=REGISTER, baseline_csv=answers(names, TIMES))
    drafted(tmp_path / "s", *files)
    assert "are as many as the items of swemwbs, with as many answers in its words" in text_of(
        tmp_path / "s"
    )
    path = tmp_path / "s" / "config.yaml"
    text = path.read_text(encoding="utf-8")
    for code, word in enumerate(TIMES, start=1):
        text = text.replace(f"#     {word}:\n", f"#     {word}: {code}\n")
    path.write_text(text, encoding="utf-8")
    entry = finished(tmp_path / "s").files["baseline"]
    assert (entry.instruments, entry.renamed) == ({"swemwbs": pattern}, renamed)


@pytest.mark.parametrize(
    ("n", "words"),
    [(7, ("Agree", "Rather", "So so", "Hardly", "No way")), (6, TIMES), (7, ("A1", "A2", "B3"))],
)
def test_other_grids_are_not(n: int, words: tuple[str, ...], tmp_path: Path) -> None:
    names = [f"Q5_{i}" for i in range(1, n + 1)]
    files = written(tmp_path / "g", people_csv=REGISTER, baseline_csv=answers(names, words))
    drafted(tmp_path / "s", *files)
    assert "are as many as" not in text_of(tmp_path / "s")


def test_zeros_before_numbers_and_letters_in_their_place() -> None:
    names = [f"W[SQ{n:03}]" for n in range(1, 15)]
    assert sets_in(names) == {"W[SQ00{item}]": {str(n): names[n - 1] for n in range(1, 15)}}
    assert column_of("W[SQ00{item}]", "14", names) == "W[SQ014]"
    assert "W[SQ00{item}]" in set(cut("W[SQ014]", "14")) and not [*cut("W[SQ014]", "4")]
    two = [f"q{n:02}" for n in range(1, 11)]
    assert sets_in(two) == {"q0{item}": {str(n): two[n - 1] for n in range(1, 11)}}
    plain = [f"q{n}" for n in range(1, 11)]
    assert sets_in(plain)["q{item}"] == {str(n): plain[n - 1] for n in range(1, 11)}


def test_items_of_two_digits_are_known_behind_zeros(tmp_path: Path) -> None:
    names = [f"WEMWBS[SQ{n:03}]" for n in range(1, 15)]
    months = answers(names, ("1", "2", "3", "4", "5"))
    files = written(tmp_path / "g", people_csv=REGISTER, baseline_csv=months)
    entry = drafted(tmp_path / "s", *files).files["baseline"]
    assert entry.instruments == {"wemwbs": "WEMWBS[SQ00{item}]"}
    assert entry.renamed == {f"WEMWBS[SQ00{n}]": f"WEMWBS[SQ0{n}]" for n in range(10, 15)}
    assert "is taken for WEMWBS" not in text_of(tmp_path / "s")
