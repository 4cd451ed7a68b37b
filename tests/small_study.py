"""A tiny study that tests change: two sites, twelve people, two times, one survey wave file."""

import contextlib
import hashlib
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from cesp_analysis import contracts
from cesp_analysis.cli import main
from cesp_analysis.columns import Table
from cesp_analysis.describe import specs as describe_specs
from cesp_analysis.describe.record_tables import Flow
from cesp_analysis.describe.tables import (
    FlowChecks,
    FlowPlaces,
    Missing,
    MissingPatterns,
    MissingPredictors,
)
from cesp_analysis.errors import CespError
from cesp_analysis.missing import sensitivity_spec as missing_sensitivity
from cesp_analysis.missing import specs as missing_specs
from cesp_analysis.panel import specs as panel_specs
from cesp_analysis.pipeline import opened
from cesp_analysis.schemas import DataProblems, Ledger, Panel, Raw, Records
from cesp_analysis.study import specs
from cesp_analysis.study.read import read_study
from cesp_analysis.study.study import Study as Declared
from cesp_analysis.survey import specs as survey_specs
from ran_once import STORE, Chain

MISSING = {
    "missing": Missing,
    "missing_patterns": MissingPatterns,
    "missing_predictors": MissingPredictors,
}
PEOPLE = "id,site,near,age,sex\n" + "".join(
    f"P{i:02},{'North' if i % 2 else 'South'},n{i % 4},{30 + i},{'f' if i % 3 else 'm'}\n"
    for i in range(1, 13)
)


def missing_command(study: Any) -> list[str]:
    """The step `missing`, in the study's folder."""
    done, tables = "data/processed", "results/tables"
    return ["missing", "--spec", describe_specs.missing(study), "--panel", f"{done}/panel.parquet",
            "--events", f"{done}/events.parquet", "--records", f"{done}/records",
            "--out", f"{tables}/missing.csv", "--patterns", f"{tables}/missing_patterns.csv",
            "--predictors", f"{tables}/missing_predictors.csv"]  # fmt: skip


def answers(time: int) -> str:
    """One row a person: date, score, three items of UCLA-3."""
    rows = [
        f"P{i:02},2024-0{time + 1}-1{i % 10},{_score(i, time):g},{1 + i % 3},{1 + i % 2},2\n"
        for i in range(1, 13)
    ]
    return "id,date,score,u_1,u_2,u_3\n" + "".join(rows)


def _score(i: int, time: int) -> float:
    """10 + i before; one point more after at the north site, and some noise."""
    return 10 + i + time * (i % 2 + 0.5 * (i * 7 % 5))


def config() -> dict[str, Any]:
    """config.yaml as data."""
    answer = {
        "level": "person",
        "unit": "id",
        "date": {"column": "date", "format": "%Y-%m-%d"},
        "instruments": {"ucla3": "u_{item}"},
        "variables": {"score": {"range": [0, 40], "missing": [-9]}},
    }
    return {
        "format": 1,
        "study": {
            "id": "tiny",
            "title": "Tiny",
            "about": "A study for tests.",
            "synthetic": True,
            "seed": 1,
            "pseudonyms": False,  # ids as written; tests/intake/test_pseudonyms.py has them
            "period": ["2023-01-01", "2025-12-31"],
        },
        "arms": {"control": {"label": "Usual"}, "intervention": {"label": "New"}},
        "sites": {
            "north": {"label": "North", "arm": "intervention"},
            "south": {"label": "South", "arm": "control"},
        },
        "times": {
            "before": {"label": "Before", "position": 0},
            "after": {"label": "After", "position": 6},
        },
        "files": {
            "people": {
                "path": "data/raw/people.csv",
                "level": "person",
                "lists_people": True,
                "unit": "id",
                "one_row_per": "unit",
                "site": {"column": "site"},
                "neighbourhood": {"column": "near"},
                "variables": {
                    "age": {"range": [18, 110]},
                    "sex": {"type": "category", "values": ["f", "m"]},
                },
            },
            "before": answer | {"path": "data/raw/before.csv", "time": {"constant": "before"}},
            "after": answer | {"path": "data/raw/after.csv", "time": {"constant": "after"}},
        },
        "covariates": {"age": {"label": "Age", "variable": "age"}},
        "outcomes": {
            "score": {
                "label": "Score",
                "variable": "score",
                "unit": "points",
                "direction": "higher_is_better",
                "role": "primary",
            },
            "lonely": {
                "label": "Lonely",
                "score": "ucla3.total",
                "unit": "points",
                "direction": "lower_is_better",
            },
        },
        "models": {"did": {"kind": "did", "design": "change", "outcomes": ["score"]}},
    }


def as_yaml(data: dict[str, Any]) -> str:
    """YAML in the order of the data, by libyaml: thousands of tests write a study."""
    text: str = yaml.dump(data, Dumper=yaml.CSafeDumper, sort_keys=False)
    return text


@dataclass
class Study:
    """A study on disk; `config` and `files` are written when it runs."""

    folder: Path
    config: dict[str, Any] = field(default_factory=config)
    files: dict[str, str | bytes] = field(
        default_factory=lambda: {
            "people.csv": PEOPLE,
            "before.csv": answers(0),
            "after.csv": answers(1),
        }
    )
    sources: str | None = None
    config_text: str | None = None

    def write(self) -> None:
        """Put everything on disk, checksums as they are."""
        raw = self.folder / "data" / "raw"
        raw.mkdir(parents=True, exist_ok=True)
        entries = {}
        for name, content in self.files.items():
            data = content.encode() if isinstance(content, str) else content
            (raw / name).write_bytes(data)
            entries[name] = {
                "supplier": "test",
                "received": "2026-01-01",
                "row": "a row",
                "licence": "CC0-1.0",
                "sha256": hashlib.sha256(data).hexdigest(),
            }
        text = self.sources or as_yaml({"files": entries})
        (raw / "SOURCES.yaml").write_text(text, encoding="utf-8")
        written = self.config_text or as_yaml(self.config)
        (self.folder / "config.yaml").write_text(written, encoding="utf-8")

    def run(self, until: str = "fit") -> "Ran":
        """Read the study and run the steps up to `until`, as the rules do."""
        self.write()
        with inside(self.folder):
            return Ran(self.folder, *steps(until))

    def lines(self) -> list[str]:
        """The mistakes that reading config.yaml names; none if it is right."""
        self.write()
        try:
            read_study(self.folder)
        except CespError as error:
            return list(error.problems)
        return []


@contextlib.contextmanager
def inside(folder: Path) -> Iterator[None]:
    """Work in a folder."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@dataclass
class Ran:
    """How a run ended: status, what the terminal shows, and what it made."""

    folder: Path
    status: int
    shown: str

    @property
    def lines(self) -> list[str]:
        """The lines of the message."""
        return self.shown.splitlines()

    def problems(self) -> pd.DataFrame:
        """The data problems."""
        return contracts.read(self.folder / "results/tables/data_problems.csv", DataProblems)

    def ledger(self) -> pd.DataFrame:
        """The ledger."""
        return contracts.read(self.folder / "data/processed/ledger.parquet", Ledger)

    def raw(self, name: str) -> pd.DataFrame:
        """A raw file after intake."""
        return contracts.read(self.folder / f"data/processed/intake/{name}.parquet", Raw)

    def records(self, name: str) -> pd.DataFrame:
        """A raw file after cleaning."""
        return contracts.read(self.folder / f"data/processed/records/{name}.parquet", Records)

    def describe(self, step: str, contract: type[Table], **given: str) -> pd.DataFrame:
        """Run one describing step and read what it made."""
        out = f"results/tables/{step}.csv"
        words = [word for key, value in given.items() for word in (f"--{key}", value)]
        with inside(self.folder):
            assert main([step, *words, "--out", out]) == 0
        return contracts.read(self.folder / out, contract)

    def missing(self) -> dict[str, pd.DataFrame]:
        """Run the step missing; its tables by their names."""
        with inside(self.folder):
            assert main(missing_command(read_study())) == 0
        return {
            name: contracts.read(self.folder / f"results/tables/{name}.csv", contract)
            for name, contract in MISSING.items()
        }

    def flow(self) -> pd.DataFrame:
        """Run the steps account, contamination and flow; the flow."""
        done, tables, records = "data/processed", "results/tables", "data/processed/records"
        with inside(self.folder):
            study = read_study()
            again = [f"{tables}/dispositions.csv"] if study.surveys.response else []
            made = {
                "--records": records,
                "--events": f"{done}/events.parquet",
                "--panel": f"{done}/panel.parquet",
                "--crossed": f"{done}/crossed.parquet",
            }
            given = [word for pair in made.items() for word in pair]
            commands = [
                ["account", "--paths", specs.paths(study), "--ledger", f"{done}/ledger.parquet"]
                + ["--out", f"{tables}/account.csv"],
                ["contamination", "--spec", describe_specs.contamination(study), *given]
                + ["--out", f"{tables}/contamination.csv"],
                ["flow", "--spec", describe_specs.flow(study), *given]
                + ["--problems", f"{tables}/data_problems.csv"]
                + ["--visits", f"{done}/visits.parquet", "--account", f"{tables}/account.csv"]
                + ["--out", f"{tables}/flow.csv", "--checks", f"{tables}/flow_checks.csv"]
                + ["--places", f"{done}/flow_places.parquet"]
                + (["--dispositions", *again] if again else []),
            ]
            chain = STORE.goes_on()
            for command in commands:
                status, shown = chain.run(command, _step)
                assert status == 0, (command, shown)
        return contracts.read(self.folder / "results/tables/flow.csv", Flow)

    def places(self) -> pd.DataFrame:
        """Where everybody was at each step, once the flow was made."""
        return contracts.read(self.folder / "data/processed/flow_places.parquet", FlowPlaces)

    def odd(self) -> list[tuple[str, int]]:
        """Kind and number of what is odd in the flow."""
        rows = contracts.rows(self.folder / "results/tables/flow_checks.csv", FlowChecks)
        return [(row["kind"], row["n"]) for row in rows]

    def panel(self) -> pd.DataFrame:
        """The panel."""
        return contracts.read(self.folder / "data/processed/panel.parquet", Panel)

    def estimates(self) -> list[dict[str, Any]]:
        """The rows of the model `did`."""
        from cesp_analysis.schemas import Estimates

        return list(contracts.rows(self.folder / "results/models/did/estimates.csv", Estimates))


def sensitivity_command(study: Declared) -> list[str]:
    """The step `sensitivity`, as the rule has it."""
    done, tables = "data/processed", "results/tables"
    beside = [f"results/models/{name}/estimates.csv" for name in missing_sensitivity.beside(study)]
    return [
        "sensitivity", "--spec", missing_sensitivity.sensitivity(study),
        "--panel", f"{done}/panel.parquet", "--events", f"{done}/events.parquet",
        "--sets", *missing_specs.SETS, "--out", f"{tables}/sensitivity.csv",
        "--tipping", f"{tables}/tipping.csv", "--points", f"{tables}/tipping_points.csv",
        *(["--beside", *beside] if beside else []),
    ]  # fmt: skip


def impute_command(study: Declared) -> list[str]:
    """The step `impute`, as the rule has it."""
    done, tables = "data/processed", "results/tables"
    imputed, covariates, handled, table = missing_specs.SETS
    return [
        "impute", "--spec", missing_specs.impute(study), "--panel", f"{done}/panel.parquet",
        "--events", f"{done}/events.parquet", "--visits", f"{done}/visits.parquet",
        "--records", f"{done}/records", "--out", imputed, "--covariates", covariates,
        "--handled", handled, "--traces", f"{done}/traces.parquet",
        "--table", table, "--sets", f"{tables}/imputation_sets.csv",
    ]  # fmt: skip


def steps(until: str) -> tuple[int, str]:
    """Run the steps in the working folder up to `until`: status, and what the terminal shows."""
    try:
        study = opened(".")
    except CespError as error:
        return 1, str(error)
    chain, said = Chain(), ""
    for command in commands_of(study):
        status, shown = chain.run(command, _step)
        said += shown
        if status or command[0] == until:
            return status, said.strip()
    return 0, said.strip()


def _step(command: list[str]) -> tuple[int, str]:
    """One command: status, and what the terminal shows."""
    shown = io.StringIO()
    with contextlib.redirect_stderr(shown), contextlib.redirect_stdout(io.StringIO()):
        status = main(command)
    return status, shown.getvalue()


def commands_of(study: Declared) -> list[list[str]]:
    """The rules' commands up to the models, and of published numbers."""
    done, raw, records = "data/processed", "data/processed/intake", "data/processed/records"
    tables, models = "results/tables", "results/models"
    first = f"{done}/{'before_weighting' if study.surveys.weights else 'panel'}.parquet"
    corrected = Path("data/raw/CORRECTIONS.yaml").is_file()
    return [
        [
            "intake",
            "--spec",
            specs.intake(study),
            "--checksums",
            specs.checksums(study),
            "--out",
            raw,
            "--corrected",
            f"{tables}/corrections.csv",
            *(["--corrections", "data/raw/CORRECTIONS.yaml"] if corrected else []),
        ],
        ["clean", "--spec", specs.clean(study), "--raw", raw, "--out", records]
        + ["--ledger", f"{done}/ledger.parquet", "--problems", f"{tables}/data_problems.csv"]
        + ["--visits", f"{done}/visits.parquet", "--events", f"{done}/events.parquet"],
        ["check", "--spec", specs.check(study), "--problems", f"{tables}/data_problems.csv"]
        + ["--ledger", f"{done}/ledger.parquet", "--out", f"{tables}/problem_counts.csv"],
        ["score", "--spec", specs.score(study), "--records", records]
        + ["--out", f"{done}/scores.parquet"],
        *(
            [
                [
                    "networks",
                    "--spec",
                    survey_specs.networks(study),
                    "--records",
                    records,
                    "--ledger",
                    f"{done}/ledger.parquet",
                ]
                + ["--out", f"{done}/networks.parquet", "--table", f"{tables}/networks.csv"]
            ]
            if study.networks
            else []
        ),
        *(
            [
                ["value", "--spec", panel_specs.value(study), "--records", records]
                + ["--paths", *panel_specs.tables(study), "--out", f"{done}/values.parquet"]
                + ["--problems", f"{tables}/value_problems.csv"]
            ]
            if study.value_sets
            else []
        ),
        ["panel", "--spec", specs.panel(study), "--records", records, "--out", first]
        + ["--scores", f"{done}/scores.parquet"]
        + ([f"{done}/values.parquet"] if study.value_sets else [])
        + ([f"{done}/networks.parquet"] if study.networks else []),
        *(
            [
                ["weigh", "--spec", survey_specs.weigh(study), "--panel", first]
                + ["--margins", *survey_specs.margins(study), "--out", f"{done}/panel.parquet"]
                + ["--weights", f"{tables}/weights.csv", "--weighting", f"{tables}/weighting.csv"]
                + ["--margin-table", f"{tables}/margins.csv"]
            ]
            if study.surveys.weights
            else []
        ),
        *([impute_command(study)] if study.imputed() else []),
        *(
            ["fit", "--model", name, "--spec", specs.model(study, name)]
            + ["--panel", f"{done}/panel.parquet", "--estimates", f"{models}/{name}/estimates.csv"]
            + ["--means", f"{models}/{name}/means.csv"]
            + ["--diagnostics", f"{models}/{name}/diagnostics.json"]
            + ["--residuals", f"data/processed/models/{name}/residuals.parquet"]
            + ["--influence", f"data/processed/models/{name}/influence.parquet"]
            + (["--imputed", *missing_specs.SETS] if study.models[name].missing_data else [])
            for name in study.models
        ),
        *(
            [
                [
                    "published",
                    "--expected",
                    study.published.path,
                    "--out",
                    f"{tables}/published.csv",
                ]
                + ["--diagnostics", *(f"{models}/{name}/diagnostics.json" for name in study.models)]
            ]
            if study.published
            else []
        ),
    ]
