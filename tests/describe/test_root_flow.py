"""The root study's flow is what the generator knows of it: record by record, with each reason."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from cesp_analysis.declared.wording import NO_ANSWER
from cesp_analysis.describe.flow_places import NONE_COUNTS, NONE_RECORDED
from cesp_analysis.simulate.contacts import link_worker_contacts
from cesp_analysis.simulate.outcomes import FollowUp, follow_up, traits
from cesp_analysis.simulate.people import Cohort, cohort, measurements, screening_log
from cesp_analysis.simulate.spec import read_simulation
from cesp_analysis.simulate.tables import Table
from small_study import Ran, inside, steps

ROOT = Path(__file__).resolve().parents[2]
Place = tuple[str, str | None]
"""Status and reason."""
AGAIN = "no answer that counted at "


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """The root study's people, up to the panel: ids as written, without its surveys and models."""
    folder = tmp_path_factory.mktemp("root")
    told = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    told["study"]["pseudonyms"] = False
    for section in ("outcomes", "covariates"):
        own = told[section].items()
        told[section] = {n: e for n, e in own if e.get("level") != "respondent"}
    kept = {"people", "screening", "service_use", "link_worker_contacts"}
    files = told["files"].items()
    told["files"] = {n: f for n, f in files if n in kept or n.startswith("outcomes_")}
    _raw(folder / "data/raw", [Path(f["path"]).name for f in told["files"].values()])
    told["forms"] = {"outcomes": told["forms"]["outcomes"]}
    told["models"] = {"did_change": told["models"]["did_change"]}
    used = told["contamination"]
    told["contamination"] = {k: used[k] for k in ("label", "variable", "values", "over_time")}
    needed = {"study", "arms", "sites", "time_unit", "times", "visits", "forms", "files", "flow",
              "events", "covariates", "outcomes", "contamination", "models"}  # fmt: skip
    told = {name: section for name, section in told.items() if name in needed}
    (folder / "config.yaml").write_text(yaml.safe_dump(told, sort_keys=False), encoding="utf-8")
    with inside(folder):
        done = Ran(folder, *steps("panel"))
    assert done.status == 0, done.shown
    return done


def _raw(folder: Path, names: list[str]) -> None:
    """The raw files alone that the study reads; the corrections are of a survey."""
    folder.mkdir(parents=True)
    for name in names:
        shutil.copy(ROOT / "data/raw" / name, folder)
    told = yaml.safe_load((ROOT / "data/raw/SOURCES.yaml").read_text(encoding="utf-8"))
    told["files"] = {name: told["files"][name] for name in names}
    (folder / "SOURCES.yaml").write_text(yaml.safe_dump(told, sort_keys=False), encoding="utf-8")


def truth() -> tuple[Table, Cohort, FollowUp, Table]:
    """Who was referred, who was recruited, what became of them, their meetings: before any dirt."""
    spec = read_simulation(ROOT / "data/simulation.yaml")
    log = screening_log(spec)
    people = cohort(spec, log)
    rows = measurements(spec, people)
    course = follow_up(spec, people, traits(spec, rows)[spec.retention.trait])
    return log, people, course, link_worker_contacts(spec, people, course)


def screened(log: Table) -> Iterator[tuple[str, dict[str, Place]]]:
    """Each record of the log, by its person or itself, and where it was until consent."""
    for row in log:
        unit = row["person_id"]
        if row["eligible"] == "no":
            left: Place = ("not reached", str(row["reason_not_eligible"]))
            where = {"eligible": left, "consented": ("gone", left[1])}
        elif row["consented"] == "no":
            left = ("not reached", str(row["reason_not_consented"]))
            where = {"eligible": ("reached", None), "consented": left}
        else:
            where = {"eligible": ("reached", None), "consented": ("reached", None)}
        yield str(unit or row["screening_id"]), {"referred": ("reached", None), **where}


def received(i: int, people: Cohort, meetings: Table) -> dict[str, Place]:
    """What the person received of the link worker; asked in the intervention arm alone."""
    own = [row for row in meetings if row["person_id"] == people.id[i]]
    n = sum(row["attended"] == "yes" for row in own)
    if people.worker[i] < 0:
        return dict.fromkeys(("first_contact", "further_contacts"), ("not asked", None))
    if n == 0:
        why = NONE_COUNTS if own else NONE_RECORDED
        return {"first_contact": ("not reached", why), "further_contacts": ("gone", why)}
    more: Place = ("reached", None) if n >= 3 else ("not reached", "fewer than 3")
    return {"first_contact": ("reached", None), "further_contacts": more}


def followed(i: int, course: FollowUp) -> dict[str, Place]:
    """Where the person was at each time."""
    why = NO_ANSWER
    if course.fate["withdrawal_date"][i]:
        why = f"Withdrew: {course.fate['withdrawal_reason'][i]}"
    if course.fate["died"][i] == "yes":
        why = "Died"
    first, second, third = (bool(seen) for seen in course.seen[i])
    assert first
    # who was not traced at 6 months and was seen again had not left then
    at_six: Place = ("reached", None) if second else ("not reached", NO_ANSWER if third else why)
    if third:
        at_twelve: Place = ("reached", None) if second else ("back", f"{AGAIN}6 months")
    else:
        at_twelve = ("not reached" if second else "gone", why)
    return {"baseline": ("reached", None), "6m": at_six, "12m": at_twelve}


def test_every_record_is_where_the_generator_put_it(ran: Ran) -> None:
    log, people, course, meetings = truth()
    ran.flow()
    found = ran.places()
    raw = ran.raw("screening").set_index("line")["screening_id"]
    named = found["subject"].map(
        lambda subject: raw[int(subject.split("/")[1])] if "/" in subject else subject
    )
    cells = found.assign(subject=named, reason=found["reason"].astype("object"))
    where = {
        (row.subject, row.step): (row.status, row.reason if isinstance(row.reason, str) else None)
        for row in cells.itertuples()
    }
    right: dict[tuple[str, str], Place] = {}
    numbers = {unit: i for i, unit in enumerate(people.id)}
    later = ["recruited", "allocated", "first_contact", "further_contacts", "baseline", "6m", "12m"]
    for subject, places in screened(log):
        if subject in numbers:
            i = numbers[subject]
            places |= dict.fromkeys(("recruited", "allocated"), ("reached", None))
            places |= received(i, people, meetings) | followed(i, course)
        else:
            why = next(r for s, r in reversed(places.values()) if s == "not reached")
            places |= dict.fromkeys(later, ("gone", why))
        right |= {(subject, step): place for step, place in places.items()}
    # the one record that says no site of the study is in no site's flow; it was planted
    planted = (ROOT / "data/planted_dirt.csv").read_text(encoding="utf-8").splitlines()
    nowhere = [
        row.split(",")[3]
        for row in planted
        if row.startswith("screening") and ",undeclared_site," in row
    ]
    assert len(nowhere) == 1
    right = {key: place for key, place in right.items() if key[0] not in nowhere}
    assert set(where) == set(right)
    assert {key: (where[key], right[key]) for key in right if where[key] != right[key]} == {}


def test_the_counts_are_those_of_the_raw_files(ran: Ran) -> None:
    """Counted anew from the generator's tables, by site."""
    log, people, course, _ = truth()
    flow = ran.flow()
    got = flow[flow["status"] == "reached"].set_index(["step", "group"])["n"].to_dict()
    for at, site in enumerate(("trafford", "wexmoor")):
        here = people.site == at
        assert got["recruited", site] == int(here.sum())
        for t, time in enumerate(("baseline", "6m", "12m")):
            assert got[time, site] == int(course.seen[here, t].sum())
    assert got["consented", "trafford"] + got["consented", "wexmoor"] == sum(
        row["consented"] == "yes" for row in log
    )
    assert ran.odd() == [("before_first", 1), ("before_first", 1)]  # both were planted
