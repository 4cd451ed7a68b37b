"""A draft asks about services that people used and about utilities, and declares neither."""

import sys
from pathlib import Path

import pytest

from cesp_analysis.declared.strict_yaml import read_yaml
from cesp_analysis.study.read import checked
from small_study import PEOPLE

sys.path.insert(0, str(Path(__file__).parent))
from drafting import drafted, part, text_of, written

IDS = [f"P{i:02}" for i in range(1, 13)]


def used(service: str = "service", amount: str = "amount", third: str = "gp") -> str:
    """Two services of everybody at two times."""
    rows = [
        f"{unit},{time},{name},{(i + at) % 4},{10 + i}"
        for i, unit in enumerate(IDS)
        for at, time in enumerate(("baseline", "6m"))
        for name in ("nurse", third)
    ]
    return "\n".join([f"id,time,{service},{amount},minutes_each", *rows, ""])


def health(*items: str, most: int = 5) -> str:
    """Answers to the five items, from 1 to most."""
    rows = [
        f"{unit},2024-01-1{i % 10}," + ",".join(str((i * k) % most + 1) for k in range(1, 6))
        for i, unit in enumerate(IDS)
    ]
    return "\n".join([f"id,date,{','.join(items)}", *rows, ""])


WHOLE = [
    f"eq5d_{item}" for item in ("mobility", "self_care", "usual_activities", "pain", "anxiety")
]
SHORT = [f"eq5d_{item}" for item in ("mobility", "selfcare", "usual", "pain", "anxiety")]


def taken_in(folder: Path) -> list[str]:
    """What is wrong with the draft once the comment signs of its section are off."""
    path = folder / "config.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    begin = lines.index("# economics:")
    end = next(i for i in range(begin + 1, len(lines)) if not lines[i].startswith("#   "))
    lines[begin:end] = [line[2:] for line in lines[begin:end]]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return [line for line in checked(folder)[1] if "economics" in line]


def test_services_and_utilities_are_asked_about_in_a_section_to_fill_in(tmp_path: Path) -> None:
    files = {"people_csv": PEOPLE, "use_csv": used(), "baseline_csv": health(*WHOLE)}
    drafted(tmp_path / "s", *written(tmp_path / "given", **files))
    text = text_of(tmp_path / "s")
    assert "economics" not in read_yaml(tmp_path / "s" / "config.yaml")
    for line in (
        "use: {file: use, service: service, amount: amount, minutes: minutes_each}",
        "nurse: {label: undecided, unit_cost: undecided, sector: undecided}",
        "utility: {label: undecided, score: undecided}",
        "Utilities may be eq5d_5l.england_2018 or eq5d_5l.uk_2026. Are they?",
    ):
        assert line in text
    found = taken_in(tmp_path / "s")
    assert [line.split(": ")[1] for line in found] == ["economics.price_year",
                                                       "economics.utility.score"]  # fmt: skip
    assert all("'undecided'" in line for line in found)


@pytest.mark.parametrize(
    "files",
    [
        {"use_csv": used("colour")},
        {"use_csv": used(amount="shade")},
        {"use_csv": used(third="GP visit")},  # no name of a service
    ],
)
def test_other_rows_are_no_use_of_services(files: dict[str, str], tmp_path: Path) -> None:
    drafted(tmp_path / "s", *written(tmp_path / "given", people_csv=PEOPLE, **files))
    assert "# economics:" not in (tmp_path / "s" / "config.yaml").read_text(encoding="utf-8")


def test_utilities_alone_leave_costs_to_be_named(tmp_path: Path) -> None:
    files = {"people_csv": PEOPLE, "baseline_csv": health(*WHOLE)}
    drafted(tmp_path / "s", *written(tmp_path / "given", **files))
    assert "costs: {label: undecided, variable: undecided}" in text_of(tmp_path / "s")


@pytest.mark.parametrize(
    ("items", "most", "asked"),
    [
        (SHORT, 5, "seem to be the items of eq5d_5l. Is it so"),
        (SHORT, 3, "seem to be the items of eq5d_3l or eq5d_5l. Is it so"),
        (SHORT, 9, ""),
        (WHOLE, 5, ""),  # are taken for it
        ([*SHORT[:4], "eq5d_sleep"], 5, ""),
    ],
)
def test_items_under_shorter_names_are_asked_about(
    items: list[str], most: int, asked: str, tmp_path: Path
) -> None:
    files = {"people_csv": PEOPLE, "baseline_csv": health(*items, most=most)}
    drafted(tmp_path / "s", *written(tmp_path / "given", **files))
    text = text_of(tmp_path / "s")
    assert ("seem to be the items of" in text) == bool(asked) and asked in text
    if asked:
        assert "eq5d_self_care: eq5d_selfcare, eq5d_usual_activities: eq5d_usual}" in text
        assert "instruments" not in part(tmp_path / "s", "baseline")


def test_rows_that_are_the_same_cell_by_cell_are_asked_about(tmp_path: Path) -> None:
    """A row a contact, without an id of the row; of a file without copies nothing is asked."""
    lines = [
        f"{unit},{time},gp,1"
        for i, unit in enumerate(IDS)
        for time in ("baseline", "6m")
        for _ in range(i % 2 + 1)
    ]
    contacts = "\n".join(["id,time,service,amount", *lines, ""])
    for name, use in (("copies", contacts), ("none", used())):
        files = {"people_csv": PEOPLE, "use_csv": use, "baseline_csv": health(*WHOLE)}
        study = drafted(tmp_path / name, *written(tmp_path / f"given_{name}", **files))
        assert (study.files["use"].one_row_per, study.files["use"].copies) == ("any", None)
        text = " ".join(text_of(tmp_path / name).replace("#", " ").split())
        assert ("12 rows repeat another one cell by cell." in text) == (name == "copies")
        assert ("copies: keep" in text) == (name == "copies")
