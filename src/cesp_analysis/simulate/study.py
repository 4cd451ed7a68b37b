"""Write a whole simulated study: raw files, their sources, and the list of planted dirt."""

import hashlib
from pathlib import Path
from typing import Any

import yaml

from cesp_analysis.simulate.adverse_events import adverse_events, panel_meetings
from cesp_analysis.simulate.authorities import authority_figures
from cesp_analysis.simulate.contacts import link_worker_contacts, service_use
from cesp_analysis.simulate.dirt import plant, planted_table
from cesp_analysis.simulate.fidelity import fidelity_ratings
from cesp_analysis.simulate.interviews import (
    earlier_coding,
    interview_excerpts,
    second_coding,
)
from cesp_analysis.simulate.invitations import invitations
from cesp_analysis.simulate.outcomes import codes, follow_up, outcome_tables, traits
from cesp_analysis.simulate.people import cohort, measurements, people_table, screening_log
from cesp_analysis.simulate.population import population_tables
from cesp_analysis.simulate.reach import beside_outcomes, residents
from cesp_analysis.simulate.retest import retest
from cesp_analysis.simulate.spec import Simulation, read_simulation
from cesp_analysis.simulate.survey import sample, survey_tables
from cesp_analysis.simulate.tables import Table
from cesp_analysis.simulate.ties import ties
from cesp_analysis.simulate.writers import csv_bytes, sav_bytes, xlsx_bytes


def clean_files(spec: Simulation) -> dict[str, Table]:
    """File → its rows as the truth has them, before any dirt."""
    log = screening_log(spec)
    people = cohort(spec, log)
    rows = measurements(spec, people)
    theta = traits(spec, rows)
    course = follow_up(spec, people, theta[spec.retention.trait])
    drawn = sample(spec)
    contacts = link_worker_contacts(spec, people, course)
    beside = beside_outcomes(spec, people, course, contacts)
    excerpts = interview_excerpts(spec)
    name = spec.files
    return {
        name["screening_log"]: log,
        name["people"]: people_table(spec, people, course.fate),
        **outcome_tables(spec, people, codes(spec, rows, theta), course, beside),
        name["service_use"]: service_use(spec, people, course),
        name["link_worker_contacts"]: contacts,
        spec.fidelity.file: fidelity_ratings(spec, people, course),
        spec.adverse_events.file: adverse_events(spec, people, course),
        spec.retest.file: retest(spec, rows, theta, people, course),
        spec.panel_meetings.file: panel_meetings(spec),
        **survey_tables(spec, drawn, residents(spec, drawn)),
        spec.survey.invitations.file: invitations(spec, drawn),
        spec.survey.ties.file: ties(spec, drawn),
        **population_tables(spec),
        spec.authorities.file: authority_figures(spec),
        name["interview_excerpts"]: excerpts,
        name["interview_excerpts_second_coder"]: second_coding(spec, excerpts),
        name["interview_excerpts_earlier"]: earlier_coding(spec, excerpts),
    }


class _Plain(yaml.SafeDumper):
    """Writes a value that occurs twice twice, not as an anchor and an alias."""

    def ignore_aliases(self, data: object) -> bool:
        """Never an alias."""
        return True


def _bytes(spec: Simulation, file: str, table: Table) -> bytes:
    """The content of a raw file, by the ending of its name."""
    if file.endswith(".sav"):
        time = next(time for time in spec.times if time.file == file)
        used = {name: spec.instruments[name] for name in spec.outcomes}
        return sav_bytes(table, used, time.missing_code, spec.received, spec.supplier)
    if file.endswith(".xlsx"):
        wave = next(wave for wave in spec.survey.waves if wave.file == file)
        return xlsx_bytes(table, wave.sheet, spec.received)
    return csv_bytes(table)


def _sources(spec: Simulation, contents: dict[str, bytes]) -> str:
    """The text of SOURCES.yaml: where each file came from, and its checksum."""
    files: dict[str, dict[str, Any]] = {}
    for file, content in contents.items():
        source = spec.sources[file]
        files[file] = {
            "supplier": spec.supplier,
            "received": spec.received,
            "row": source.row,
            "licence": spec.licence,
            "sha256": hashlib.sha256(content).hexdigest(),
            **({"note": source.note} if source.note else {}),
        }
    return yaml.dump({"files": files}, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=96)


def simulate_study(spec: Simulation, out: Path) -> None:
    """Write `out`/raw/ (files and SOURCES.yaml) and `out`/planted_dirt.csv.

    The generating model is described in latent.py (answers), outcomes.py (loss), contacts.py
    (services) and survey.py; the truth is in the spec. Same spec, same bytes.
    """
    files = clean_files(spec)
    planted = plant(spec, files)
    contents = {file: _bytes(spec, file, table) for file, table in files.items()}
    raw = out / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    for file, content in contents.items():
        (raw / file).write_bytes(content)
    (raw / "SOURCES.yaml").write_bytes(_sources(spec, contents).encode("utf-8"))
    (out / "planted_dirt.csv").write_bytes(csv_bytes(planted_table(planted, files)))


def simulate(
    spec: Path = Path("data/simulation.yaml"),
    out: Path = Path("data"),
    people: int = 0,
    sites: int = 0,
) -> None:
    """Write the synthetic study's raw files, SOURCES.yaml and the list of planted dirt.

    `spec`: the YAML file that holds every name, number and true effect; `out`: the data folder;
    `people`, `sites`: how many, of a study grown from another, instead of as many as it says.
    """
    simulate_study(read_simulation(spec, people, sites), out)
    print(f"{out}/raw holds the simulated raw files; {out}/planted_dirt.csv lists their faults")
