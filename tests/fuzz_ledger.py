"""Records in = records kept + records in the ledger, for any mixture of what goes wrong.

    python tests/fuzz_ledger.py --rows 1000000 --seed 1

Writes a study whose raw files hold, at random, repeated records, records that contradict an
earlier one, blank and unknown ids, unknown sites, impossible dates and dates in another form,
numbers out of range, words for numbers, blank and short records, and corrections of single cells.
Cleans it, and compares the ledger, the records and the list of problems with a plain count, made
record by record while they are written. Status 1 if any number differs.
"""

import argparse
import csv
import io
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from cesp_analysis import contracts
from cesp_analysis.schemas import Corrections
from small_study import Ran, Study, inside, steps

SITES = ("North", "South")
AWAY = "Elsewhere"
CHANCES = {
    "copy": 0.03, "conflict": 0.03, "blank_id": 0.02, "unknown": 0.02, "late": 0.02, "form": 0.02,
    "range": 0.03, "word": 0.03, "blank": 0.01, "short": 0.01, "site": 0.02,
}  # fmt: skip
"""How often each fault is planted; they may meet in one record."""
MONTHS = {"before": "2024-01", "after": "2024-07"}
CORRECTED = {"99": ("score", "15", "out_of_range"), "2031-01-01": ("date", "", "impossible_date")}
"""Wrong cell → its column, what is right, the problem that goes away; so many a wave:"""
CORRECTIONS = 20


@dataclass
class Fuzzed:
    """What was written, and what must come of it: file → reason → records; kind → problems."""

    aside: dict[str, Counter[str]] = field(default_factory=dict)
    records: Counter[str] = field(default_factory=Counter)
    problems: Counter[tuple[str, str]] = field(default_factory=Counter)
    corrections: int = 0


def people(count: int, random: np.random.Generator, told: Fuzzed) -> tuple[str, set[str]]:
    """The register as text, and the ids that count: those whose first record has a site."""
    known: set[str] = set()
    seen: dict[str, tuple[str, ...]] = {}
    rows, aside = [], told.aside.setdefault("people", Counter())
    for at in range(count):
        again = bool(seen) and random.random() < CHANCES["copy"]
        unit = f"P{at if not again else int(random.integers(at)):07}"
        row = seen.get(unit) or (unit, SITES[at % 2], f"n{at % 40}", str(20 + at % 60), "f")
        if not again and random.random() < CHANCES["site"]:
            row = (unit, AWAY, *row[2:])
        rows.append(row)
        if row[1] == AWAY:  # a site that is not declared comes before any repetition
            aside["undeclared_site"] += 1
            told.problems["people", "undeclared_site"] += 1
        elif unit in seen:
            aside["exact_duplicate"] += 1
            told.problems["people", "exact_duplicate"] += 1
        else:
            known.add(unit)
        seen.setdefault(unit, row)
    told.records["people"] = count
    return text(["id", "site", "near", "age", "sex"], rows), known


def wave(
    name: str, count: int, known: set[str], random: np.random.Generator, told: Fuzzed
) -> tuple[str, list[dict[str, Any]]]:
    """One wave's answers as text, and corrections of some of its cells."""
    ids = sorted(known)
    waiting = iter(random.permutation(len(ids)).tolist())
    rows: list[tuple[str, ...]] = []
    aside, kept, cells = told.aside.setdefault(name, Counter()), list[str](), set[tuple[str, ...]]()
    had: dict[str, str] = {}  # who has a record already → why it was set aside
    wrong: dict[str, tuple[str, ...]] = {}

    while len(rows) < count:
        happens = {fault: bool(random.random() < chance) for fault, chance in CHANCES.items()}
        if happens["blank"]:
            rows.append(("",) * 6)
            aside["blank_record"] += 1
            continue
        if happens["copy"] and rows and rows[-1][0]:
            row = rows[-1]
        else:
            at = next(waiting, None)
            if at is None:
                break
            row = _record(ids[at], at, MONTHS[name], happens, kept, random)
        rows.append(row)
        reason = _reason(row, known, had, cells)
        cells.add(row)
        wrong.pop(row[0], None)  # a correction must fit one record
        if row[0] and row[0] not in had:
            had[row[0]] = reason
            if row[1] in CORRECTED or row[2] in CORRECTED:
                wrong[row[0]] = row
        found = [reason] * bool(reason) + ["short_record"] * (len(row) == 5)
        if not row[1].startswith("2024"):
            found.append("impossible_date" if row[1].startswith("2031") else "not_a_date")
        if reason:
            aside[reason] += 1
        else:
            kept.append(row[0])
            found += {"99": ["out_of_range"], "twelve": ["not_a_number"]}.get(row[2], [])
        told.problems.update((name, kind) for kind in found)
    told.records[name] = len(rows)
    entries = list(_corrections(name, wrong, had, told))
    told.corrections += len(entries)
    return text(["id", "date", "score", "u_1", "u_2", "u_3"], rows), entries


def _record(
    unit: str,
    at: int,
    month: str,
    happens: dict[str, bool],
    kept: list[str],
    random: np.random.Generator,
) -> tuple[str, ...]:
    if happens["conflict"] and kept:
        unit = kept[int(random.integers(len(kept)))]
    if happens["blank_id"]:
        unit = ""
    elif happens["unknown"]:
        unit = f"X{at:07}"
    day = "2031-01-01" if happens["late"] else f"{month}-{1 + at % 28:02}"
    day = "31/01/2024" if happens["form"] else day
    score = "99" if happens["range"] else "twelve" if happens["word"] else str(at % 40)
    row = (unit, day, score, str(1 + at % 3), "2", f"{1 + at // 3 % 3}.0")
    return row[:5] if happens["short"] else row


def _corrections(
    name: str, wrong: dict[str, tuple[str, ...]], had: dict[str, str], told: Fuzzed
) -> Iterator[dict[str, Any]]:
    for unit, row in list(wrong.items())[:CORRECTIONS]:
        cell = next(cell for cell in row if cell in CORRECTED)
        column, right, kind = CORRECTED[cell]
        if kind == "impossible_date" or not had[unit]:  # dates of records set aside are read too
            told.problems[name, kind] -= 1
        where = {"id": unit}
        yield {"file": name, "where": where, "column": column, "expect": cell, "value": right,
               "why": "planted"}  # fmt: skip


def _reason(
    row: tuple[str, ...], known: set[str], had: dict[str, str], cells: set[tuple[str, ...]]
) -> str:
    """Why a record is set aside: blank id, copy, contradiction, unknown; in this order."""
    if row[0] == "":
        return "blank_id"
    if row in cells:
        return "exact_duplicate"
    if row[0] in had:
        return "conflicting_duplicate"
    return "" if row[0] in known else "unknown_person"


def text(header: list[str], rows: list[tuple[str, ...]]) -> str:
    """A CSV file."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return stream.getvalue()


def planted(folder: Path, rows: int, seed: int) -> Fuzzed:
    """A study of about so many records on disk, and what must come of it."""
    random, told, study = np.random.default_rng(seed), Fuzzed(), Study(folder)
    study.files["people.csv"], known = people(rows * 2 // 5, random, told)
    entries = []
    for name in ("before", "after"):
        study.files[f"{name}.csv"], found = wave(name, rows * 3 // 10, known, random, told)
        entries += found
    study.write()
    if entries:
        path = folder / "data/raw/CORRECTIONS.yaml"
        path.write_text(yaml.safe_dump({"corrections": entries}), encoding="utf-8")
    return told


def differences(result: Ran, told: Fuzzed) -> Iterator[str]:
    """A line for each number that is not what it must be."""
    ledger, problems = result.ledger(), result.problems()
    changed = contracts.read(result.folder / "results/tables/corrections.csv", Corrections)
    if len(changed) != told.corrections:
        yield f"{len(changed)} corrections were made, must be {told.corrections}"
    for name, count in told.records.items():
        rows = ledger[ledger["file"] == name]
        aside = rows["reason"].value_counts()
        kept = result.records(name)
        expected = told.aside[name]
        if len(rows) != count or len(result.raw(name)) != count:
            yield f"{name}: {count} records written, {len(rows)} in the ledger"
        if rows["line"].duplicated().any():
            yield f"{name}: a line stands in the ledger twice"
        if {str(k): int(n) for k, n in aside.items() if n} != dict(expected):
            yield f"{name}: set aside {aside.to_dict()}, must be {dict(expected)}"
        if len(kept) + sum(expected.values()) != count:
            yield f"{name}: {len(kept)} records kept + {sum(expected.values())} aside ≠ {count}"
        if set(kept["line"]) != set(rows.loc[rows["status"] == "kept", "line"]):
            yield f"{name}: other lines are kept than the ledger says"
        found = problems[problems["file"] == f"data/raw/{name}.csv"]["kind"].value_counts()
        wanted = {kind: n for (file, kind), n in told.problems.items() if file == name and n}
        if {str(k): int(n) for k, n in found.items()} != wanted:
            yield f"{name}: problems {found.to_dict()}, must be {wanted}"


def cleaned(folder: Path) -> Ran:
    """The study, run up to the step `clean`."""
    with inside(folder):
        return Ran(folder, *steps("clean"))


def wrong_numbers(result: Ran, told: Fuzzed) -> list[str]:
    """What the terminal shows of a run that stopped, or what differs."""
    return [result.shown] if result.status else list(differences(result, told))


def main() -> int:
    """Run once and tell of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        told = planted(Path(folder), given.rows, given.seed)
        begun = time.monotonic()
        result = cleaned(Path(folder))
        seconds = time.monotonic() - begun
        wrong = wrong_numbers(result, told)
    aside = sum((counts for counts in told.aside.values()), Counter())
    total = sum(told.records.values())
    print(f"{total:,} records: {total - aside.total():,} kept, {aside.total():,} set aside", end="")
    print(f" ({', '.join(f'{reason} {n:,}' for reason, n in sorted(aside.items()))});")
    print(f"{told.problems.total():,} problems, {told.corrections} corrections; {seconds:.0f} s")
    print("\n".join(wrong) if wrong else "every number is as it must be")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
