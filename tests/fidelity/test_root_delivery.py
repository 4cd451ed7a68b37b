"""The root study: what the generator knows of its delivery is what the tables hold, by person."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from cesp_analysis import contracts
from cesp_analysis.cli import main
from cesp_analysis.fidelity.tables import (
    ActivityTable,
    ContactsTable,
    FidelityAgreement,
    FidelityTable,
)
from cesp_analysis.simulate.spec import Simulation, read_simulation
from cesp_analysis.simulate.study import clean_files
from cesp_analysis.simulate.tables import Table
from delivery_study import commands
from small_study import inside, steps

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def spec() -> Simulation:
    return read_simulation(ROOT / "data/simulation.yaml")


@pytest.fixture(scope="module")
def truth(spec: Simulation) -> dict[str, Table]:
    """File → its rows before any dirt."""
    return clean_files(spec)


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables of delivery, made from the root study's raw files."""
    folder = tmp_path_factory.mktemp("root")
    shutil.copy(ROOT / "config.yaml", folder)
    shutil.copytree(ROOT / "data", folder / "data", ignore=shutil.ignore_patterns("processed"))
    with inside(folder):
        status, shown = steps("weigh")
        assert status == 0, shown
        for command in commands(folder).values():
            assert main(command) == 0, command[0]
    return folder / "results/tables"


@pytest.mark.slow
def test_every_kept_contact_is_in_the_sums(
    tables: Path, truth: dict[str, Table], spec: Simulation
) -> None:
    """But for dirt: one meeting's minutes are text and one's 999, one's date is none."""
    made = truth[spec.files["link_worker_contacts"]]
    kept = [row for row in made if row["attended"] == "yes"]
    rows = {r["quantity"]: r for r in contracts.rows(tables / "contacts.csv", ContactsTable)
            if r["of"] == "all"}  # fmt: skip
    assert rows["share_kept"]["n"] == len(made)
    assert rows["contacts"]["total"] == rows["share_kept"]["total"] == len(kept)
    people = [row["person_id"] for row in truth[spec.files["people"]] if row["link_worker"]]
    assert rows["contacts"]["people"] == len(people)
    met = {row["person_id"] for row in kept}
    assert rows["contacts"]["none"] == len(people) - len(met)
    lost = sum(row["minutes_direct"] for row in kept) - rows["minutes"]["total"]
    assert rows["minutes"]["warnings"] == "2 contacts kept without minutes: not in the sums"
    spoilt = sorted(int(str(row["minutes_direct"])) for row in kept)
    assert spoilt[0] * 2 <= lost <= spoilt[-1] * 2


def test_the_first_contact_is_the_one_the_generator_made_first(
    tables: Path, truth: dict[str, Table], spec: Simulation
) -> None:
    began = {r["person_id"]: r["recruited_date"] for r in truth[spec.files["people"]]}
    first: dict[str, int] = {}
    for row in truth[spec.files["link_worker_contacts"]]:
        if row["attended"] == "yes":
            days = (row["date"] - began[row["person_id"]]).days  # type: ignore[operator]
            first[str(row["person_id"])] = min(days, first.get(str(row["person_id"]), days))
    row = next(r for r in contracts.rows(tables / "contacts.csv", ContactsTable)
               if (r["of"], r["quantity"]) == ("all", "first_days"))  # fmt: skip
    # one date is dirt: that person's first contact may be a later one, or none
    assert len(first) - 1 <= row["n"] <= len(first)
    assert row["median"] == pytest.approx(np.median(list(first.values())), abs=1)


def test_fidelity_is_the_mean_of_sources_of_the_ratings_made(
    tables: Path, truth: dict[str, Table], spec: Simulation
) -> None:
    """Each component's mean over people, from the clean ratings; dirt moves one value of each of
    two components, of some hundred."""
    by: dict[tuple[str, str, str], list[float]] = {}
    made = truth[spec.fidelity.file]
    for row in made:
        for part in spec.fidelity.components:
            if row[part] is not None:
                key = (part, str(row["person_id"]), str(row["source"]))
                by.setdefault(key, []).append(float(str(row[part])))
    found = {(r["component"], r["source"]): r
             for r in contracts.rows(tables / "fidelity.csv", FidelityTable)
             if r["of"] == "all"}  # fmt: skip
    assert found["", ""]["ratings"] == len(made)
    for part in spec.fidelity.components:
        people: dict[str, list[float]] = {}
        for (component, person, _), values in by.items():
            if component == part:
                people.setdefault(person, []).append(float(np.mean(values)))
        means = [float(np.mean(values)) for values in people.values()]
        row = found[part, ""]
        assert row["rated"] == len(means)
        dirty = part in {d.column for d in spec.dirt if d.file == spec.fidelity.file}
        # a component of one rating that is lost moves its person by less than 1, the mean by 1 / n
        near = 1 / len(means) if dirty else 1e-12
        assert row["mean"] == pytest.approx(float(np.mean(means)), abs=near), part


def test_observers_agree_more_than_sources_and_link_workers_differ(
    tables: Path, spec: Simulation
) -> None:
    """As generated: observers' noise is the smallest, link workers have levels of their own."""
    rows = [r for r in contracts.rows(tables / "fidelity_agreement.csv", FidelityAgreement)
            if not r["component"]]  # fmt: skip
    value = {(r["first"], r["second"], r["measure"]): r["estimate"] for r in rows}
    both = value["observer", "observer", "ICC(1)"]
    assert both > value["participant", "worker", "ICC(A,1)"] > 0.5
    alike = next(r for r in rows if r["of"] == "link_worker")
    assert alike["people"] == len(spec.sites[0].link_workers) and alike["ci_low"] < alike["ci_high"]


def test_meetings_are_those_made(tables: Path, truth: dict[str, Table], spec: Simulation) -> None:
    for row in contracts.rows(tables / "activity.csv", ActivityTable):
        if row["period"]:
            continue
        site = next(s.name for s in spec.sites if s.name.lower() == row["site"])
        own = [m for m in truth[spec.panel_meetings.file]
               if (m["site"], m["panel"]) == (site, row["panel"])]  # fmt: skip
        assert row["meetings"] == len(own)
        if not row["warnings"]:
            assert row["attended"] == sum(int(str(m["attended"])) for m in own)
        assert row["done"] == sum(int(str(m["actions_done"])) for m in own)
