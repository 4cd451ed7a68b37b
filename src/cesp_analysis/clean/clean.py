"""The step `clean`: text → typed records, the ledger, the list of problems."""

from dataclasses import replace
from pathlib import Path

import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.clean.directions import directions_agree
from cesp_analysis.clean.events import with_events
from cesp_analysis.clean.file import Cleaned, clean_file
from cesp_analysis.clean.labels import contradictions
from cesp_analysis.clean.long_format import clashes, spread
from cesp_analysis.clean.members import members_agree
from cesp_analysis.clean.near_places import near_places
from cesp_analysis.clean.order import (
    dates_in_order,
    neighbourhoods_agree,
    register_agrees,
    waves_in_order,
)
from cesp_analysis.clean.parts import faulty_parts, unclaimed, unopened_in
from cesp_analysis.clean.problems import ProblemList
from cesp_analysis.clean.records import Words
from cesp_analysis.clean.spec import CleanSpec
from cesp_analysis.clean.two_files import apart_in_files
from cesp_analysis.clean.variable_labels import contradictory_variables
from cesp_analysis.clean.visits import calendar, in_windows
from cesp_analysis.declared.expressions import names_in
from cesp_analysis.declared.files import RawFile
from cesp_analysis.errors import CespError
from cesp_analysis.schemas import DataProblems, Events, Ledger, Raw, Records, Visits


def clean(
    spec: str, raw: Path, out: Path, ledger: Path, problems: Path, visits: Path, events: Path
) -> None:
    """Type every cell, account for every record, list every problem."""
    how = CleanSpec.model_validate_json(spec)
    as_read = {name: contracts.read(raw / f"{name}.parquet", Raw) for name in how.files}
    tables = {name: spread(as_read[name], file, how.items) for name, file in how.files.items()}
    if found := lacking(as_read, tables, how):
        raise CespError(found)
    cleaned, seen, occurred = typed(tables, how)
    contracts.write(_in_order(seen), visits, Visits)
    contracts.write(occurred, events, Events)
    problems_found = pd.concat([part.problems for part in cleaned.values()], ignore_index=True)
    contracts.write(problems_found, problems, DataProblems)
    for name, part in cleaned.items():
        contracts.write(_in_order(part.records), out / f"{name}.parquet", Records)
    account = pd.concat([part.ledger for part in cleaned.values()], ignore_index=True)
    contracts.write(_in_order(account), ledger, Ledger)


def typed(
    tables: dict[str, pd.DataFrame], how: CleanSpec
) -> tuple[dict[str, Cleaned], pd.DataFrame, pd.DataFrame]:
    """Each file's records, ledger and problems; the Visits and Events of all."""
    cleaned = _cleaned(tables, how)
    since = calendar(cleaned, how)
    cleaned, occurred = with_events(_with_unopened(cleaned, tables, how), how, since)
    cleaned, seen = in_windows(cleaned, how, since)
    return cleaned, seen, occurred


def lacking(
    as_read: dict[str, pd.DataFrame], tables: dict[str, pd.DataFrame], how: CleanSpec
) -> list[str]:
    """One line for each row or form that config asks for and a file does not have, and for labels
    that contradict what its codes are taken for."""
    files = {name: how.files[name] for name in tables}
    return [
        *(line for name, file in files.items() for line in faulty_parts(tables[name], name, file)),
        *(
            line
            for name, file in files.items()
            for line in clashes(as_read[name], name, file, how.items)
        ),
        *contradictions(tables, files, how.items, how.answers),
        *contradictory_variables(tables, files),
    ]


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    """Categories in the order of the alphabet, without those that no longer occur."""
    changed = {}
    for name in ("file", "time", "site", "arm", "neighbourhood", "link_worker", "status"):
        if name in table and table[name].dtype == "category":
            cells = table[name].cat.remove_unused_categories()
            changed[name] = cells.cat.set_categories(cells.cat.categories.sort_values())
    return table.assign(**changed)


def _with_unopened(
    cleaned: dict[str, Cleaned], tables: dict[str, pd.DataFrame], how: CleanSpec
) -> dict[str, Cleaned]:
    """The files, of those that tell events by a condition with the lines in which its variables'
    forms hold nothing."""
    asked: dict[str, set[str]] = {}
    for event in how.events.values():
        asked.setdefault(event.file, set()).update(names_in(event.where or "True"))
    for name, variables in asked.items():
        file = how.files[name]
        own = unopened_in(tables[name], file, sorted(variables & set(file.variables)))
        cleaned = cleaned | {name: replace(cleaned[name], unopened=own)}
    return cleaned


def _cleaned(tables: dict[str, pd.DataFrame], how: CleanSpec) -> dict[str, Cleaned]:
    """Every file, the register first: other files are linked to its people."""
    words = Words(
        sites={word: site.name for site in how.sites for word in (site.name, site.label)},
        arms={word: arm for arm, label in how.arms.items() for word in (arm, label)},
        times={time: time for time in how.times},
        period=how.period,
    )
    order = sorted(how.files, key=lambda name: not how.files[name].lists_people)
    people: set[str] | None = None
    cleaned: dict[str, Cleaned] = {}
    for name in order:
        file = how.files[name]
        invited = name == how.invitations
        cleaned[name] = clean_file(tables[name], name, file, words, how.items, people, invited)
        if file.lists_people:
            people = set(cleaned[name].records["unit"].unique().tolist())
    in_order = {
        name: _linked_ids(cleaned[name], file, people, how.of_alters.get(name, ()))
        for name, file in how.files.items()
    }
    agreeing = register_agrees(_with_unclaimed(in_order, how), how)
    agreeing = apart_in_files(agreeing, how.files)
    agreeing = directions_agree(members_agree(agreeing, how), how)
    placed = neighbourhoods_agree(near_places(agreeing, how), how)
    return waves_in_order(dates_in_order(placed, how), how)


def _linked_ids(
    part: Cleaned, file: RawFile, people: set[str] | None, apart: tuple[str, ...]
) -> Cleaned:
    """List the ids of people, in files whose rows have ids of their own, that are nobody's.

    `apart`: variables whose ids are of no register."""
    names = [name for name, entry in file.variables.items() if entry.type == "id"]
    names = [name for name in names if name not in apart]
    if people is None or not names:
        return part
    problems = ProblemList(file.path, [part.problems])
    for name in names:
        ids = part.records[name]
        unknown = (ids.notna() & ~ids.isin(people)).to_numpy()
        lines, column = part.records["line"].to_numpy()[unknown], file.variables[name].column
        problems.add("unlinked_id", file.raw_name(column or name), lines, ids[unknown], "kept")
    return replace(part, problems=problems.sorted())


def _with_unclaimed(cleaned: dict[str, Cleaned], how: CleanSpec) -> dict[str, Cleaned]:
    """List the records that no entry reads."""
    ledgers = {name: part.ledger for name, part in cleaned.items()}
    for name, lines in unclaimed(ledgers, how.files).items():
        problems = ProblemList(how.files[name].path, [cleaned[name].problems])
        values = pd.Series(lines.astype("str"))
        problems.add("unclaimed_record", "", lines, values, "set aside")
        ledger = ledgers[name]
        reason = ledger["reason"].mask(ledger["line"].isin(lines), "unclaimed_record")
        cleaned[name] = replace(
            cleaned[name],
            problems=pd.concat(problems.frames),
            ledger=ledger.assign(reason=reason),
        )
    return cleaned
