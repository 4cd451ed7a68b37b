"""The case due with the report that leaves the team: the other row gives it away (27)."""

import csv
import re
import subprocess
import sys
from pathlib import Path

import pytest

from case_study import CASES, MODEL, TIMES, expected, run
from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure.attack import leaks

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="shared/cases is absent")

CASE = "27-complement-of-a-total"
EVENT = "serious_adverse_event"
SITES = {"a": 31, "b": 26}


def attacked(table: Path) -> subprocess.CompletedProcess[str]:
    """The case's own attack on a table with totals."""
    script = CASES / CASE / "attack.py"
    return subprocess.run(
        [sys.executable, script, table], capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What leaves the team: 57 people, of whom 3 and 2 had the event; a score that all gave."""
    with (CASES / CASE / "people.csv").open(encoding="utf-8", newline="") as stream:
        people = list(csv.DictReader(stream))
    listed = f"person,site,{EVENT}\n" + "".join(
        f"{row['person']},{row['site'][0]},{row[EVENT]}\n" for row in people
    )
    listed = listed.replace(",i,", ",a,").replace(",c,", ",b,")
    scores = [f"{row['person']},{at % 7}\n" for at, row in enumerate(people)]
    answer = {"level": "person", "unit": "person", "variables": {"score": {"range": [0, 9]}}}
    exports = {
        f"{t}.csv": "person,score\n" + "".join(scores[::way])
        for t, way in zip(TIMES, (1, -1), strict=True)
    }
    files = {
        "people": {
            "path": "data/raw/people.csv", "level": "person", "lists_people": True,
            "unit": "person", "one_row_per": "unit",
            "site": {"column": "site", "values": {"a": "a", "b": "b"}},
            "variables": {EVENT: {"type": "category", "values": ["yes", "no"]}},
        },
        **{
            time: answer | {"path": f"data/raw/{time}.csv", "time": {"constant": time}}
            for time in TIMES
        },
    }  # fmt: skip
    folder = run(
        tmp_path_factory.mktemp("case") / "study", CASE,
        {"people.csv": listed, **exports},
        ("results/public/index.html", "results/public/manifest.csv"),
        times=TIMES, files=files,
        covariates={EVENT: {"label": "Serious adverse event", "variable": EVENT}},
        outcomes={"score": {"label": "Score", "variable": "score", "unit": "points",
                            "direction": "neither"}},
        models={"m": {"label": "M", **MODEL, "outcomes": ["score"]}},
    )  # fmt: skip
    return folder / "results/public"


def test_27_the_naive_table_gives_both_cells_away() -> None:
    done = attacked(CASES / CASE / "naive_table.csv")
    assert done.stdout.count("WORKED OUT") >= 2 and done.returncode != 0


def test_27_nothing_from_which_the_events_follow_leaves(public: Path, tmp_path: Path) -> None:
    """n by site and 'fewer than 10' stay; the 3 and 2, the 28 and 24, and their shares do not."""
    right = expected(CASE)
    small = [right["true_yes_intervention"], right["true_yes_control"]]
    with (public / "tables/baseline.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["variable"] == EVENT]
    assert {(row["group"], row["category"]) for row in rows} == {
        (site, word) for site in SITES for word in ("yes", "no")
    }
    for row in rows:
        assert (row["count"], row["share"], row["difference"]) == ("", "", "")
        assert int(row["n"]) == SITES[row["group"]]
        assert ("count few 10" in row["withheld"]) == (row["category"] == "yes")
    lines = [f"{site},[c],[c],{n}" for site, n in SITES.items()]
    table = tmp_path / "released.csv"
    table.write_text("\n".join([f"{EVENT},yes,no,total", *lines, "total,[c],[c],57", ""]))
    done = attacked(table)
    assert (done.stdout.count("WORKED OUT"), done.returncode) == (right["cells_worked_out"], 0)
    assert list(leaks(public, Disclosure())) == []
    page = re.sub(r"<[^>]+>", " ", (public / "index.html").read_text(encoding="utf-8"))
    said = page[page.index("Serious adverse event") :].partition("Score")[0]
    assert "<10" in said.replace("&lt;", "<")
    numbers = set(re.findall(r"(?<![\d.])\d+(?![\d.])", said))
    hidden = {str(n) for n in (*small, *(SITES[s] - n for s, n in zip(SITES, small, strict=True)))}
    assert not numbers & (hidden | {"5", "52"}), said
