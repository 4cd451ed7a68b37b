"""Nobody and everybody (case 29) as outcomes of a study, run by Snakemake."""

import csv
from pathlib import Path
from typing import Any

import pytest
from pytest import approx

from case_study import CASES, TIMES, run
from cesp_analysis import contracts
from cesp_analysis.schemas import Estimates

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="shared/cases is absent")

CASE = "29-nobody-and-everybody"
BINARY = {"type": "binary", "unit": "proportion", "direction": "neither"}
LOGIT = {"kind": "glm", "family": "binomial", "design": "cross_sections"}


def referred() -> list[dict[str, str]]:
    """The 54 referrals; LW2 makes the control site, the others the intervention site."""
    with (CASES / CASE / "referrals.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def answers(later: bool) -> str:
    """As the case says, later; before, every second person had consented or had an event."""
    lines = ["person,consented,event"]
    for index, row in enumerate(referred()):
        own = (row["consented"] == "yes", row["adverse_event"] == "yes")
        consented, event = own if later else (index % 2 == 0, index % 3 == 0)
        lines.append(f"{row['person']},{consented:d},{event:d}")
    return "\n".join(lines) + "\n"


def test_29_nobody_and_everybody_have_a_reason_and_no_number(tmp_path: Path) -> None:
    listed = "person,site\n" + "".join(
        f"{row['person']},{'b' if row['link_worker'] == 'LW2' else 'a'}\n" for row in referred()
    )
    answer = {
        "level": "person", "unit": "person",
        "variables": {"consented": {"range": [0, 1]}, "event": {"range": [0, 1]}},
    }  # fmt: skip
    files: dict[str, Any] = {
        "people": {
            "path": "data/raw/people.csv", "level": "person", "lists_people": True,
            "unit": "person", "one_row_per": "unit",
            "site": {"column": "site", "values": {"a": "a", "b": "b"}},
        },
        **{
            time: answer | {"path": f"data/raw/{time}.csv", "time": {"constant": time}}
            for time in TIMES
        },
    }  # fmt: skip
    folder = run(
        tmp_path / "study", CASE,
        {"people.csv": listed, "before.csv": answers(False), "after.csv": answers(True)},
        ("results/tables/estimates.csv", "results/report/index.html"),
        times=TIMES, files=files,
        outcomes={
            "consented": BINARY | {"label": "Consented", "variable": "consented"},
            "event": BINARY | {"label": "Adverse event", "variable": "event"},
        },
        models={"logit": LOGIT | {"outcomes": ["consented", "event"]},
                "linear": {"kind": "did", "design": "change", "outcomes": ["consented"]}},
    )  # fmt: skip
    table = contracts.read(folder / "results/tables/estimates.csv", Estimates)
    rows = {str(row["estimate_id"]): row for _, row in table.iterrows()}
    consented, event = rows["logit/consented/after"], rows["logit/event/after"]
    people = referred()
    control = sum(row["link_worker"] == "LW2" for row in people)
    assert consented["status"] == "estimated"
    assert consented["estimate"] == approx(rows["linear/consented/after"]["estimate"], abs=1e-9)
    assert consented["std_error"] == approx(rows["linear/consented/after"]["std_error"], rel=1e-8)
    in_site = sum(r["adverse_event"] == "yes" for r in people if r["link_worker"] != "LW2")
    arm = "intervention" if in_site == 0 else "control"
    n = len(people) - control if arm == "intervention" else control
    assert event["status"] == "not_estimable" and event["std_error"] != event["std_error"]
    assert event["reason"].startswith(f"none of the {n} records in the {arm} arm at After have it")
    page = (folder / "results/report/index.html").read_text(encoding="utf-8")
    assert f"None of the {n} records in the {arm} arm" in page and "not estimable" in page
