"""A tiny study with a screening log, contacts and events: what rates and criteria are made from."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cesp_analysis import contracts
from cesp_analysis.cli import main
from cesp_analysis.columns import Table
from cesp_analysis.feasibility import specs
from cesp_analysis.feasibility.tables import (
    Progression,
    ProjectionTable,
    RatesTable,
    RecruitmentTable,
    SampleSize,
)
from cesp_analysis.study.read import read_study
from small_study import Study, config, inside

Row = dict[str, Any]
OF: dict[str, type[Table]] = {
    "rates": RatesTable,
    "recruitment": RecruitmentTable,
    "projection": ProjectionTable,
    "progression": Progression,
    "sample_size": SampleSize,
}

PEOPLE = "id,site,near,age,sex,worker,came,left\n" + "".join(
    f"P{i:02},{'North' if i % 2 else 'South'},n{i % 4},{30 + i},{'f' if i % 3 else 'm'},"
    f"{('', f'W{i % 3}')[i % 2]},2024-01-{2 * i:02},{'2024-03-01' if i == 5 else ''}\n"
    for i in range(1, 13)
)
"""Six people a site; those of the north have link workers W0, W1 and W2, two each."""


def screening() -> str:
    """24 referrals, 12 a site: 18 eligible, 12 consented; of one it is not known."""
    rows = []
    for i in range(24):
        eligible = "no" if i % 4 == 3 else "yes"
        consented = "" if eligible == "no" else ("no" if i % 8 in (0, 1) else "yes")
        consented = "" if i == 4 else consented
        site = ("North", "South")[i % 2]
        rows.append(f"S{i:02},{site},2024-01-{i + 1:02},{eligible},{consented}\n")
    return "ref,site,day,eligible,consented\n" + "".join(rows)


CONTACTS = "who,day,worker,came\n" + "".join(
    f"P{i:02},2024-02-{j + 1:02},W{i % 3},{'no' if (i + j) % 3 == 0 else 'yes'}\n"
    for i in (1, 3, 5, 7)
    for j in range(3)
)
HARM = "who,day,bad\nP01,2024-02-01,yes\nP01,2024-02-09,no\nP05,2024-06-01,no\nP02,2024-04-02,no\n"
"""Three events in follow-up; that of P05 comes after they withdrew."""


def rates() -> dict[str, Any]:
    """The rates of the tiny study."""
    return {
        "eligible": {
            "label": "Eligible",
            "numerator": {"step": "eligible"},
            "denominator": {"step": "referred"},
        },
        "consented": {
            "label": "Consented",
            "numerator": {"step": "consented"},
            "denominator": {"step": "eligible"},
        },
        "recruited": {
            "label": "Recruited",
            "per": "month",
            "date": "came",
            "numerator": {"step": "recruited"},
        },
        "retained": {
            "label": "Retained",
            "times": ["before", "after"],
            "numerator": {"time": "each"},
            "denominator": {"step": "recruited"},
        },
        "uptake": {
            "label": "Uptake",
            "arm": "intervention",
            "numerator": {"file": "contacts", "where": 'came == "yes"', "count": "units"},
            "denominator": {"step": "recruited"},
        },
        "attended": {
            "label": "Attended",
            "numerator": {"file": "contacts", "where": 'came == "yes"'},
            "denominator": {"file": "contacts"},
        },
        "harm": {"label": "Events", "per": "person_month", "numerator": {"file": "harm"}},
        "harmed": {
            "label": "People with an event",
            "numerator": {"file": "harm", "count": "units"},
            "denominator": {"step": "recruited"},
        },
        "by_sex": {
            "label": "Sex",
            "values_of": "sex",
            "numerator": {"step": "recruited"},
            "denominator": {"step": "recruited"},
        },
    }


def criteria() -> dict[str, Any]:
    """A criterion of each kind."""
    return {
        "taken_in": {
            "label": "Recruitment", "rate": "recruited", "red": 6, "green": 10, "rationale": "R",
        },
        "consent": {
            "label": "Consent", "rate": "consented", "red": 0.4, "green": 0.6, "rationale": "R",
        },
        "harmed": {
            "label": "Harm", "rate": "harmed", "better": "lower", "red": 0.1, "green": 0.05,
            "rationale": "R",
        },
        "age": {
            "label": "Age", "mean": {"file": "people", "variable": "age"}, "red": 20, "green": 30,
            "rationale": "R",
        },
        "liked": {
            "label": "Liked", "qualitative": "Do people like it?", "rationale": "R",
            "linked": {"file": "people", "where": "age > 35", "by": "sex"},
        },
    }  # fmt: skip


def feasible(folder: Path) -> Study:
    """The study on disk."""
    told = config()
    people = told["files"]["people"]
    people["link_worker"] = {"column": "worker"}
    people["variables"] |= {
        "came": {"type": "date", "format": "%Y-%m-%d"},
        "left": {"type": "date", "format": "%Y-%m-%d"},
    }
    told["visits"] = {"since": "came"}
    told["times"]["after"]["window"] = [5, 7]
    dated = {"column": "day", "format": "%Y-%m-%d"}
    yes = {"type": "category", "values": ["yes", "no"]}
    told["files"] |= {
        "screening": {
            "path": "data/raw/screening.csv", "level": "other", "unit": "ref",
            "one_row_per": "unit", "site": {"column": "site"}, "date": dated,
            "variables": {"eligible": yes, "consented": yes},
        },
        "contacts": {
            "path": "data/raw/contacts.csv", "level": "person", "unit": "who",
            "one_row_per": "any", "link_worker": {"column": "worker"}, "date": dated,
            "variables": {"came_then": yes | {"column": "came"}},
        },
        "harm": {
            "path": "data/raw/harm.csv", "level": "person", "unit": "who", "one_row_per": "any",
            "date": dated, "variables": {"bad": yes},
        },
    }  # fmt: skip
    told["flow"] = {
        "referred": {"label": "Referred", "file": "screening"},
        "eligible": {"label": "Eligible", "file": "screening", "where": 'eligible == "yes"'},
        "consented": {"label": "Consented", "file": "screening", "where": 'consented == "yes"'},
        "recruited": {"label": "Recruited", "file": "people"},
    }
    told["events"] = {
        "left": {"label": "Left", "kind": "withdrawal", "file": "people", "date": "left"}
    }
    own = rates()
    for rate in own.values():
        if "where" in rate["numerator"] and rate["numerator"]["file"] == "contacts":
            rate["numerator"]["where"] = 'came_then == "yes"'
    told["feasibility"] = {
        "period": {"opened": "2024-01-01", "closed": "2024-01-31"},
        "rates": own,
        "link_workers": {"names": ["W0", "W1", "W2", "W9"]},
        "recruitment": {
            "rate": "recruited",
            "target": 30,
            "by": "2024-03-31",
            "sites": {"north": 20},
        },
        "progression": criteria(),
    }
    study = Study(folder, told)
    study.files |= {
        "people.csv": PEOPLE,
        "screening.csv": screening(),
        "contacts.csv": CONTACTS,
        "harm.csv": HARM,
    }
    return study


def changed(table: str, line: str, column: str, value: str) -> str:
    """A CSV with one cell changed; `line`: how its line begins."""
    lines = table.splitlines()
    at = lines[0].split(",").index(column)
    for i, text in enumerate(lines):
        if text.startswith(line):
            cells = text.split(",")
            cells[at] = value
            lines[i] = ",".join(cells)
    return "\n".join(lines) + "\n"


def linked(folder: Path) -> Study:
    """Referrals that say whom of the register they are: P01 twice, P03 with the other site, P05
    nobody's; consent asked after recruitment; two steps of contacts with other conditions."""
    study = feasible(folder)
    told = study.config
    told["files"]["screening"]["variables"] |= {"who": {"type": "id"}}
    whose = {"S00": "P01", "S01": "P02", "S02": "P01", "S05": "P03", "S06": "P04", "S04": "P07"}
    head, *lines = str(study.files["screening.csv"]).splitlines()
    rows = [f"{line},{whose.get(line[:3], '')}" for line in lines]
    study.files["screening.csv"] = "\n".join([f"{head},who", *rows]) + "\n"
    contact = {"file": "contacts", "arm": "intervention", "rows": 1}
    told["flow"] = {
        "referred": {"label": "Referred", "file": "screening", "person": "who"},
        "eligible": told["flow"]["eligible"],
        "recruited": told["flow"]["recruited"],
        "consented": told["flow"]["consented"],
        "came": {"label": "Came", "where": 'came_then == "yes"', **contact},
        "missed": {"label": "Missed one", "where": 'came_then == "no"', **contact},
        "twice": {"label": "Came twice", "where": 'came_then == "yes"', **contact, "rows": 2},
    }
    told["feasibility"]["rates"] = {
        name: {"label": step["label"], "numerator": {"step": name},
               "denominator": {"step": "referred"}}
        for name, step in told["flow"].items()
    } | {"recruited": told["feasibility"]["rates"]["recruited"]}  # fmt: skip
    told["feasibility"]["progression"] = {}
    return study


def commands(study: Study) -> dict[str, list[str]]:
    """The two steps, in the study's folder."""
    read = read_study(study.folder)
    done = "data/processed"
    given = ["--records", f"{done}/records", "--panel", f"{done}/panel.parquet"]
    judged, coded = specs.judgements(read), specs.excerpts(read)
    return {
        "rates": [
            "rates", "--spec", specs.rates(read), *given, "--visits", f"{done}/visits.parquet",
            "--events", f"{done}/events.parquet", "--out", "results/tables/rates.csv",
            "--recruitment", "results/tables/recruitment.csv",
            "--projection", "results/tables/projection.csv",
            *(["--places", f"{done}/flow_places.parquet"] if specs.counts_steps(read) else []),
        ],
        "progression": [
            "progression", "--spec", specs.progression(read), *given,
            "--rates", "results/tables/rates.csv", "--out", "results/tables/progression.csv",
            "--sample-size", "results/tables/sample_size.csv",
            *(["--judgements", *judged] if judged else []),
            *(["--excerpts", *coded] if coded else []),
        ],
    }  # fmt: skip


def made(study: Study) -> dict[str, list[Row]]:
    """Every table of feasibility, by name."""
    ran = study.run("panel")
    assert (ran.status, ran.shown) == (0, "")
    ran.flow()
    with inside(study.folder):
        for command in commands(study).values():
            assert main(command) == 0
        return dict(_tables())


def _tables() -> Iterator[tuple[str, list[Row]]]:
    for name, contract in OF.items():
        yield name, list(contracts.rows(Path(f"results/tables/{name}.csv"), contract))


def row(rows: list[Row], rate: str, of: str = "all", group: str = "", **more: str) -> Row:
    """One row of rates.csv."""
    wanted = {"rate": rate, "of": of, "group": group} | more
    found = [one for one in rows if all(one[name] == value for name, value in wanted.items())]
    assert len(found) == 1, (wanted, len(found))
    return found[0]
