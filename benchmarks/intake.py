"""From a raw file of 1,000,000 rows and 40 columns to the panel: `make benchmark NAME=intake`.

The study is made here: 250,000 people in four sites, each asked at four times, all in one CSV
without quotation marks. Columns: id, site, neighbourhood, time, date, the 21 items of DASS-21
(2% blank, 1% with the declared code -9), two outcomes, ten more numbers, sex and education. The
panel has five outcomes (three scores, two numbers: 5,000,000 rows) and two covariates.

Measured: the functions of the steps intake, clean, check, score and panel, called one after the
other in a process of their own as the rules call them: each reads its files and writes its files,
checksum, ledger and list of problems among them. Beside it `pandas.read_csv` of the same file, once
and as it comes, in a process of its own. Both are run in turn, twice; the smaller time of each
counts. Imports are outside the clock on both sides; the commands `cesp STEP`, with the start of
Python and imports, are timed once. Memory is the largest resident size of the process, imports and
all, over the table that pandas makes of the file (`memory_usage(deep=True)`).

Three variants: pseudonyms on, as by default (`intake_vs_read`), off, and on with all text in
quotation marks, a column of free text among it. All are read all at once; only a file with line
ends in its cells would be walked through record by record.
A ledger needs every cell as it stands in the file, which numbers no longer tell ("1.0", "007",
"NA"); so `intake_vs_text_read` stands beside: the same reader, told to keep text.
And `intake_files_vs_read` says what of the ratio is files: the same CSV read as text, and the same
Parquet files read and written as often, in the order of the steps, by the libraries alone with
nothing between (no cell is looked at). It is what five steps with these files between them cost
before they do anything: 3.6 to 5.3 times pandas' reading, and 4 to 5 times in seconds of the
processor (9.2 of 1.8 to 2.3, measured while others used both cores; ours were 18.5, twice the
least). So a goal of 3 asks for fewer files, not for faster steps; files are what makes each step
one that can be run, looked at and resumed by itself.
Seconds of the processor are compared too (`intake_processor_vs_read`): they hold still when others
use the machine, but count what two threads do at once twice.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import yaml

from cesp_analysis.clean.check import check
from cesp_analysis.clean.clean import clean
from cesp_analysis.declared.source_list import sha256_of
from cesp_analysis.instruments.score import score_items
from cesp_analysis.instruments.scoring import score
from cesp_analysis.instruments.types import read_instrument
from cesp_analysis.intake.even_csv import even_records
from cesp_analysis.intake.intake import intake
from cesp_analysis.panel.panel import panel
from cesp_analysis.study import specs
from cesp_analysis.study.read import read_study
from cesp_analysis.table_files import to_parquet

SITES, TIMES = ("ash", "birch", "cedar", "elm"), ("baseline", "3m", "6m", "12m")
SCORES = ("depression", "anxiety", "stress")
NUMBERS = [f"number_{i}" for i in range(1, 11)]
STEPS: dict[str, Callable[..., None]] = {
    "intake": intake, "clean": clean, "check": check, "score": score, "panel": panel,
}  # fmt: skip

OUTPUTS = {
    "intake": ["intake/answers.parquet"],
    "clean": ["records/answers.parquet", "ledger.parquet", "visits.parquet"],
    "check": [],
    "score": ["scores.parquet"],
    "panel": ["panel.parquet"],
}
"""What each step writes below data/processed that is as long as the raw file, or longer."""


def table(rows: int, notes: bool, seed: int = 1) -> pa.Table:
    """The raw table: one row a person and time; `notes`: free text in place of one number."""
    r = np.random.default_rng(seed)
    people = rows // len(TIMES)
    person, wave = np.repeat(np.arange(people), len(TIMES)), np.tile(np.arange(4), people)
    rows = len(person)
    area = r.integers(0, 80, people)[person]
    day = np.datetime64("2023-01-02") + (person * 7919 % 200) + np.array([0, 91, 182, 365])[wave]
    ids = pa.array([f"P{i:07}" for i in range(people)]).take(pa.array(person))
    columns: dict[str, Any] = {
        "person_id": ids,
        "site": pa.array([name.title() for name in SITES]).take(pa.array(area % 4)),
        "neighbourhood": pa.array([f"area {i}" for i in range(80)]).take(pa.array(area)),
        "time": pa.array(TIMES).take(pa.array(wave)),
        "date": pa.array(day.astype("datetime64[D]")),
    }
    for item in range(1, 22):
        answer, chance = r.integers(0, 4, rows, dtype=np.int8), r.random(rows)
        answer[chance < 0.01] = -9
        columns[f"dass_{item}"] = pa.array(answer, mask=chance > 0.98)
    columns["wellbeing"] = pa.array(np.round(r.normal(60, 15, rows).clip(0, 100), 1))
    columns["pain"] = pa.array(r.integers(0, 11, rows))
    for at, name in enumerate(NUMBERS):
        values = r.normal(100, 20, rows)
        columns[name] = pa.array(np.round(values, 2) if at % 2 else values.astype(int))
    columns["sex"] = pa.array(["female", "male", "other"]).take(pa.array(person % 3))
    columns["education"] = pa.array(["school", "college", "university"]).take(
        pa.array(person // 3 % 3)
    )
    if notes:
        words = pa.array(["", "too far, and no bus", "fine", 'said "no" twice'])
        columns[NUMBERS[-1]] = words.take(pa.array(r.integers(0, 4, rows)))
    return pa.table(columns)


def config(pseudonyms: bool, notes: bool) -> dict[str, Any]:
    """The study file."""
    known = [name for name in NUMBERS if not (notes and name == NUMBERS[-1])]
    variables: dict[str, Any] = {name: {} for name in known}
    variables |= {
        "wellbeing": {"range": [0, 100]},
        "pain": {"range": [0, 10]},
        "sex": {"type": "category", "values": ["female", "male", "other"]},
        "education": {"type": "category", "values": ["school", "college", "university"]},
    }
    said = {"unit": "points", "direction": "lower_is_better"}
    outcomes = {name: {"label": name, "score": f"dass21.{name}", **said} for name in SCORES}
    outcomes |= {name: {"label": name, "variable": name, **said} for name in ("wellbeing", "pain")}
    return {
        "study": {
            "id": "benchmark", "title": "Benchmark", "about": "Made.", "synthetic": True,
            "seed": 1, "pseudonyms": pseudonyms, "period": ["2023-01-01", "2025-12-31"],
        },
        "arms": {"control": {"label": "Usual"}, "intervention": {"label": "New"}},
        "sites": {
            name: {"label": name.title(), "arm": ("control", "intervention")[at % 2]}
            for at, name in enumerate(SITES)
        },
        "times": {name: {"label": name, "position": at} for at, name in enumerate(TIMES)},
        "files": {
            "answers": {
                "path": "data/raw/answers.csv", "level": "person", "lists_people": True,
                "unit": "person_id", "site": {"column": "site"}, "time": {"column": "time"},
                "neighbourhood": {"column": "neighbourhood"},
                "date": {"column": "date", "format": "%Y-%m-%d"}, "missing": [-9],
                "instruments": {"dass21": "dass_{item}"}, "variables": variables,
            }
        },
        "outcomes": outcomes,
        "covariates": {
            name: {"label": name, "variable": name, "measured": "baseline"}
            for name in ("sex", "education")
        },
        "models": {"did": {"kind": "did", "design": "change", "outcomes": ["pain"]}},
    }  # fmt: skip


def make_study(folder: Path, rows: int, pseudonyms: bool = True, notes: bool = False) -> None:
    """config.yaml, the raw file and SOURCES.yaml."""
    raw = folder / "data" / "raw"
    raw.mkdir(parents=True)
    made = table(rows, notes)
    path = raw / "answers.csv"
    with path.open("wb") as stream:
        stream.write(",".join(made.column_names).encode() + b"\n")
        plain = pyarrow.csv.WriteOptions(
            include_header=False, quoting_style="needed" if notes else "none"
        )
        pyarrow.csv.write_csv(made, stream, plain)
    origin = dict.fromkeys(("supplier", "received", "row", "licence"), "made")
    sources = {"files": {path.name: origin | {"sha256": sha256_of(path)}}}
    (raw / "SOURCES.yaml").write_text(yaml.safe_dump(sources, sort_keys=False), encoding="utf-8")
    written = yaml.safe_dump(config(pseudonyms, notes), sort_keys=False)
    (folder / "config.yaml").write_text(written, encoding="utf-8")


def given(folder: Path) -> dict[str, dict[str, str]]:
    """Step → what its rule gives it, by parameter."""
    study = read_study(folder)
    made, tables = "data/processed", "results/tables"
    ledger, problems = f"{made}/ledger.parquet", f"{tables}/data_problems.csv"
    return {
        "intake": {
            "spec": specs.intake(study), "checksums": specs.checksums(study, folder),
            "out": f"{made}/intake", "corrected": f"{tables}/corrections.csv",
        },
        "clean": {
            "spec": specs.clean(study), "raw": f"{made}/intake", "out": f"{made}/records",
            "ledger": ledger, "problems": problems,
            "visits": f"{made}/visits.parquet", "events": f"{made}/events.parquet",
        },
        "check": {
            "spec": specs.check(study), "problems": problems, "ledger": ledger,
            "out": f"{tables}/problem_counts.csv",
        },
        "score": {
            "spec": specs.score(study), "records": f"{made}/records",
            "out": f"{made}/scores.parquet",
        },
        "panel": {
            "spec": specs.panel(study), "records": f"{made}/records",
            "scores": [f"{made}/scores.parquet"], "out": f"{made}/panel.parquet",
        },
    }  # fmt: skip


def largest() -> int:
    """The largest resident size of this process, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def run_steps() -> dict[str, Any]:
    """Seconds by step, and the most memory that any of them took."""
    seconds, before = {}, time.process_time()
    for step, words in given(Path()).items():
        told = {"spec", "checksums"}  # JSON; the others are places
        places = {
            key: word
            if key in told
            else [Path(one) for one in word]
            if isinstance(word, list)
            else Path(word)
            for key, word in words.items()
        }
        started = time.perf_counter()
        STEPS[step](**places)
        seconds[step] = time.perf_counter() - started
    worked = time.process_time() - before
    return {"seconds": seconds, "processor": worked, "bytes": largest()}


def run_read() -> dict[str, Any]:
    """Seconds of pandas' reader, the size of its table, and the most memory that it took."""
    started, before = time.perf_counter(), time.process_time()
    found = pd.read_csv("data/raw/answers.csv")
    spent, worked = time.perf_counter() - started, time.process_time() - before
    size = int(found.memory_usage(deep=True).sum())
    how = {"seconds": spent, "processor": worked, "bytes": largest()}
    return how | {"table": size, "shape": found.shape}


def run_text_read() -> dict[str, float]:
    """Seconds of pandas' reader that keeps every cell as it stands."""
    started = time.perf_counter()
    pd.read_csv("data/raw/answers.csv", dtype="str", keep_default_na=False)
    return {"seconds": time.perf_counter() - started}


def run_files() -> dict[str, Any]:
    """Seconds in which the libraries alone read and write the files of a run that has been made."""
    made = Path("data/processed")
    records, scores = made / "records/answers.parquet", made / "scores.parquet"
    written = {
        path: pd.read_parquet(path)
        for path in (
            *(made / "intake/answers.parquet", records, made / "ledger.parquet"),
            *(made / "visits.parquet", scores, made / "panel.parquet"),
        )
    }
    names = [str(name) for name in written[records].columns]
    items = [name for name in names if name.startswith("dass21.")]
    others = [name for name in names if name not in items and name not in NUMBERS]
    seconds, before = {}, time.process_time()
    for step, reads in {
        "intake": [],
        "clean": [(made / "intake/answers.parquet", None)],
        "check": [(made / "ledger.parquet", None)],
        "score": [(records, ["unit", "time", *items])],
        "panel": [(records, others), (scores, None)],
    }.items():
        started = time.perf_counter()
        if step == "intake":
            text = Path("data/raw/answers.csv").read_bytes()
            assert even_records(text, 1, len(NUMBERS), ",") is not None
        for path, columns in reads:
            pd.read_parquet(path, columns=columns)
        for path in OUTPUTS[step]:
            to_parquet(written[made / path], made / "again.parquet")
        seconds[step] = time.perf_counter() - started
    worked = time.process_time() - before
    (made / "again.parquet").unlink()
    return {"seconds": seconds, "processor": worked}


def run_commands() -> dict[str, float]:
    """Seconds of each command `cesp STEP`, with the start of Python and imports."""
    start, seconds = "from cesp_analysis.cli import run; run()", {}
    for step, words in given(Path()).items():
        options = [
            part
            for key, word in words.items()
            for part in (f"--{key}", *(word if isinstance(word, list) else [word]))
        ]
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", start, step, *options], check=True)
        seconds[step] = time.perf_counter() - started
    return seconds


def run_make(rows: str, pseudonyms: str, notes: str) -> None:
    """Make the study in the folder."""
    make_study(Path(), int(rows), pseudonyms == "on", notes == "notes")


CHILDREN = {
    "steps": run_steps,
    "read": run_read,
    "text": run_text_read,
    "files": run_files,
    "commands": run_commands,
    "make": run_make,
}


def child(folder: Path, what: str, *words: str) -> Any:
    """What one of the functions above says, from a process of its own."""
    folder.mkdir(exist_ok=True)
    command = [sys.executable, str(Path(__file__).resolve()), what, *words]
    done = subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def in_turn(folder: Path, turns: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """pandas' reader and ours in turn; the run of each that took least time, printed."""
    read, ours = [], []
    for _ in range(turns):
        read.append(child(folder, "read"))
        ours.append(child(folder, "steps"))
    least = min(read, key=lambda run: run["seconds"])
    best = min(ours, key=lambda run: sum(run["seconds"].values()))
    parts = ", ".join(f"{step} {spent:.2f}" for step, spent in best["seconds"].items())
    rows, columns = least["shape"]
    size = (folder / "data/raw/answers.csv").stat().st_size / 1e6
    print(f"{folder.name}: {rows} rows, {columns} columns, {size:.0f} MB")
    print(f"  pandas.read_csv {least['seconds']:.2f} s, {least['bytes'] / 1e6:.0f} MB at most,")
    print(f"  its table {least['table'] / 1e6:.0f} MB; ours {parts} s,")
    print(f"  {best['bytes'] / 1e6:.0f} MB at most", flush=True)
    return least, best


def seconds_of_scoring() -> float:
    """Scores from 1,000,000 rows of 21 answers in memory, the fastest of three."""
    answers = np.random.default_rng(1).integers(0, 4, (1_000_000, 21)).astype(float)
    instrument, spent = read_instrument("dass21"), []
    for _ in range(3):
        started = time.perf_counter()
        score_items(answers, instrument)
        spent.append(time.perf_counter() - started)
    return min(spent)


def main() -> None:
    """Make the studies, run both sides in turn, print the ratios."""
    rows = [10_000, 100_000, 1_000_000]
    with tempfile.TemporaryDirectory() as name:
        work, spent = Path(name), []
        for n in rows:
            folder = work / f"rows_{n}"
            child(folder, "make", str(n), "on", "plain")
            read, ours = in_turn(folder, 2)
            spent.append(sum(ours["seconds"].values()))
        as_text = min(child(folder, "text")["seconds"] for _ in range(2))
        runs = [child(folder, "files") for _ in range(2)]
        files = min(runs, key=lambda run: sum(run["seconds"].values()))
        parts = ", ".join(f"{step} {spent:.2f}" for step, spent in files["seconds"].items())
        print(f"  the files alone {parts} s")
        commands = child(folder, "commands")
        said = ", ".join(f"{step} {seconds:.2f}" for step, seconds in commands.items())
        print(f"  as commands {said} s")
        other = {}
        for variant, words in {"off": ("off", "plain"), "quoted": ("on", "notes")}.items():
            folder = work / variant
            child(folder, "make", str(rows[-1]), *words)
            theirs, own = in_turn(folder, 1)
            other[variant] = sum(own["seconds"].values()) / theirs["seconds"]
    slope = float(np.polyfit(np.log(rows), np.log(spent), 1)[0])
    print(f"measure read_seconds {read['seconds']:.2f} s")
    print(f"measure text_read_seconds {as_text:.2f} s")
    print(f"measure files_seconds {sum(files['seconds'].values()):.2f} s")
    print(f"measure intake_seconds {spent[-1]:.2f} s")
    print(f"measure commands_seconds {sum(commands.values()):.2f} s")
    print(f"measure scoring_seconds {seconds_of_scoring():.2f} s")
    print(f"measure intake_slope {slope:.2f} log seconds a log row")
    print(f"ratio intake_memory_vs_table {ours['bytes'] / read['table']:.1f}")
    print(f"ratio intake_processor_vs_read {ours['processor'] / read['processor']:.1f}")
    print(f"ratio intake_vs_read_without_pseudonyms {other['off']:.1f}")
    print(f"ratio intake_vs_read_with_quotes {other['quoted']:.1f}")
    least = sum(files["seconds"].values())
    print(f"ratio intake_files_vs_read {least / read['seconds']:.1f}")
    print(f"ratio intake_files_processor_vs_read {files['processor'] / read['processor']:.1f}")
    print(f"ratio intake_vs_text_read {spent[-1] / as_text:.1f}")
    print(f"ratio intake_vs_read {spent[-1] / read['seconds']:.1f}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(CHILDREN[sys.argv[1]](*sys.argv[2:])))
    else:
        main()
