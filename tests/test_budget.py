"""What each step imports when it runs: imports are most of a small job, so this is its receipt."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cesp_analysis.analysis_plan import specs as plan_specs
from cesp_analysis.checklists.specs import filled
from cesp_analysis.cli import main
from cesp_analysis.describe import specs as describe_specs
from cesp_analysis.describe.dictionary_spec import dictionary_spec
from cesp_analysis.economics.specs import FIGURES as ECONOMIC
from cesp_analysis.figures.kinds import KINDS, beside
from cesp_analysis.missing import specs as missing_specs
from cesp_analysis.panel import specs as panel_specs
from cesp_analysis.planning.specs import FIGURES as PLANNED
from cesp_analysis.report.wording_spec import wording_spec
from cesp_analysis.steps import STEPS
from cesp_analysis.study import model_specs, specs
from cesp_analysis.study.read import read_study
from cesp_analysis.survey import specs as survey_specs
from delivery_study import commands as delivery_of
from delivery_study import delivered
from economics_tables import WORDS as ECONOMICS
from economics_tables import written as economics_written
from feasible import commands as feasible_commands
from feasible import feasible
from generated_survey import study_of
from imputed_study import imputed_study
from interviewed_study import commands as interview_steps
from interviewed_study import draws as interview_draws
from interviewed_study import ran as ran_interviews
from measured_study import command as measure_command
from measured_study import with_retest
from network_records import study as network_study
from planned_study import commands as planned_commands
from planning_tables import WORDS as PLANNING
from planning_tables import written as planning_written
from released_study import command_of
from small_study import Study, impute_command, inside, missing_command, sensitivity_command
from survey_study import frame, survey
from told import AFTER, CRATE, TRACE, write_told

HEAVY = (
    "pandas", "pyarrow", "matplotlib", "matplotlib.pyplot", "scipy", "scipy.stats",
    "scipy.optimize", "statsmodels", "linearmodels", "lxml", "jinja2", "python_calamine",
    "pyreadstat", "snakemake", "docx", "pikepdf", "typst", "rocrate",
)  # fmt: skip

TABLES = {"pandas", "pyarrow"}
ALLOWED = {
    **dict.fromkeys(("intake", "clean", "check", "score", "panel"), TABLES),
    **dict.fromkeys(("account", "dictionary", "answered", "flow", "baseline", "missing"), TABLES),
    **dict.fromkeys(("linking", "follow_up", "contamination"), TABLES),
    "means": TABLES | {"scipy"},  # scipy.special alone: Student's t
    "changes": TABLES | {"scipy"},
    "impute": TABLES | {"scipy"},  # scipy.special alone: Student's t
    **dict.fromkeys(("fit did", "fit imputed"), TABLES | {"scipy"}),
    **dict.fromkeys(("fmi", "imputed_values"), TABLES),
    **dict.fromkeys(("fit glm", "fit ordinal"), TABLES | {"scipy"}),
    "fit mixed": TABLES | {"scipy", "scipy.optimize"},
    "fit weighted": TABLES | {"scipy"},
    "fit survey": TABLES | {"scipy"},
    "agreement": TABLES | {"scipy"},
    "measure": TABLES | {"scipy"},  # scipy.special alone: t, F, chi-squared
    "weigh": TABLES,
    "networks": TABLES | {"scipy"},  # scipy.sparse alone
    "external": TABLES,
    "value": TABLES,
    "replicate": TABLES | {"scipy"},  # scipy.sparse alone
    "completeness": TABLES,
    "sensitivity": TABLES | {"scipy"},  # scipy.special alone: t
    **dict.fromkeys(("rates", "progression"), TABLES | {"scipy"}),  # scipy.special alone
    **dict.fromkeys(("survey_response", "survey_means"), TABLES | {"scipy"}),
    **dict.fromkeys(("fidelity", "dose"), TABLES | {"scipy"}),
    "cost": TABLES,
    **dict.fromkeys(("resample", "evaluate"), TABLES | {"scipy"}),  # scipy.special alone
    **dict.fromkeys(("learn", "worth"), TABLES | {"scipy"}),  # scipy.special alone
    "size": TABLES | {"scipy", "scipy.optimize"},  # optimize: roots, of many scenarios at once
    **dict.fromkeys(("simulate_trials", "gather_trials"), TABLES | {"scipy", "scipy.optimize"}),
    "activity": TABLES,
    **dict.fromkeys(("import_interviews", "join", "process", "theorise"), TABLES),
    "describe_interviews": TABLES | {"scipy"},  # scipy.special and scipy.sparse alone
    "collect": set(),
    "standardise": TABLES | {"scipy"},
    "balance": TABLES,
    "plan": {"scipy"},  # scipy.special alone: Student's t
    "specification_curve": TABLES | {"scipy"},
    "ladder": TABLES | {"scipy", "scipy.optimize"},  # optimize: the mixed model of several sites
    "published": TABLES,
    "draw": TABLES | {"matplotlib"},
    "draw_residuals": TABLES | {"matplotlib"},
    "release": TABLES | {"scipy", "scipy.optimize"},  # optimize: linear programmes
    "attack": {"scipy", "scipy.optimize"},
    "tick": set(),
    **{step: set[str]() for step in ("trace", "trace_public")},
    "write": set(),
    "render": {"lxml", "jinja2"},
    "word": {"lxml", "docx"},
    "pdf": {"lxml", "typst", "pikepdf"},  # lxml: pikepdf's, for the metadata
    "crate": {"rocrate", "jinja2"},  # jinja2: rocrate's, for a page that is not made
    **{step: set[str]() for step in ("manifest", "show", "explain", "verify", "compare")},
    "checksum": set(),
    "schema": set(),
}
"""Step → heavy modules that running it may load."""

ALONG = {
    "scipy": ("scipy.special", "scipy.linalg"),
    "matplotlib": ("matplotlib.figure", "matplotlib.backends.backend_agg"),
}
"""Parts of a heavy module that steps may load with it."""

RECEIPT = f"""
import contextlib, importlib, io, json, os, sys, traceback
from cesp_analysis.cli import main

for name in sys.argv[1:]:
    importlib.import_module(name)
print("ready", flush=True)
for line in sys.stdin:
    if os.fork() == 0:
        said = io.StringIO()
        try:
            with contextlib.redirect_stderr(said):
                status = main(json.loads(line))
        except BaseException:  # whatever ends a step: nobody else would tell what it was
            status = 1
            said.write(traceback.format_exc())
        loaded = [name for name in {HEAVY!r} if name in sys.modules]
        print("ended", json.dumps([status, loaded, said.getvalue()]), flush=True)
        os._exit(0)
    if status := os.wait()[1]:
        print("ended", json.dumps([status, [], f"killed: wait status {{status}}"]), flush=True)
"""
"""Runs each line of its input as a command, in a fork of itself.

What a step may load is loaded before (the same modules in every step that may), so that no step
waits for it again; what the step loads besides counts.
"""


def small_valued(folder: Path) -> list[str]:
    """The step `value` of the tiny study: its UCLA answers are states of a table."""
    folder.mkdir()
    study = Study(folder)
    (folder / "table.csv").write_text("state,value\n222,0.5\n112,0.7\n", "utf-8")
    study.config["value_sets"] = {"own": {
        "instrument": "ucla3", "path": "table.csv", "label": "Value", "source": "x",
    }}  # fmt: skip
    assert study.run("panel").status == 0
    return ["value", "--spec", panel_specs.value(read_study(folder)),
            *("--records", str(folder / "data/processed/records")),
            *("--paths", str(folder / "table.csv"), "--out", str(folder / "values.parquet")),
            *("--problems", str(folder / "problems.csv"))]  # fmt: skip


class Receipts:
    """One process for each set of modules that steps may load."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.running: dict[frozenset[str], subprocess.Popen[str]] = {}

    def of(self, allowed: set[str], command: list[str]) -> set[str]:
        """The heavy modules that are loaded after a command; AssertionError with what it said where
        it failed."""
        process = self._process(frozenset(allowed))
        assert process.stdin is not None and process.stdout is not None
        print(json.dumps(command), file=process.stdin, flush=True)
        for line in process.stdout:
            if line.startswith("ended "):
                status, loaded, said = json.loads(line.removeprefix("ended "))
                assert status == 0, f"cesp {shlex.join(command)} failed: {said}"
                return set(loaded)
        raise AssertionError(f"cesp {shlex.join(command)} ended without a receipt")

    def _process(self, allowed: frozenset[str]) -> "subprocess.Popen[str]":
        if allowed not in self.running:
            parts = [part for name in allowed for part in ALONG.get(name, ())]
            self.running[allowed] = process = subprocess.Popen(
                [sys.executable, "-c", RECEIPT, *sorted(allowed), *parts],
                cwd=self.folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            )
            assert process.stdout is not None and process.stdout.readline() == "ready\n"
        return self.running[allowed]

    def end(self) -> None:
        """Wait for all to end."""
        for process in self.running.values():
            process.communicate()


def survey_commands(folder: Path) -> dict[str, list[str]]:
    """The steps of weighted surveys, in the folder of a study of its own."""
    study = study_of(folder)
    study.config["surveys"]["weights"]["replicates"] = "jackknife"
    study.config["models"] = {
        "survey": {"kind": "survey", "outcomes": ["y"]},
        "mixed": {
            "kind": "mixed", "level": "respondent", "random": ["neighbourhood"], "outcomes": ["y"]
        },
    }  # fmt: skip
    ran = study.run("published")  # all steps: there is nothing to compare
    assert (ran.status, ran.shown) == (0, "")
    read = read_study(folder)
    made = [str(folder / f"results/models/{name}/estimates.csv") for name in read.models]
    estimates = str(folder / "estimates.csv")
    assert main(["collect", "--estimates", *made, "--out", estimates]) == 0
    whole = ["--panel", str(folder / "data/processed/panel.parquet")]
    who = str(folder / "composition.csv")
    described = ["survey_means", "--spec", survey_specs.means(read), *whole, "--composition", who]
    assert main([*described, "--out", str(folder / "means.csv")]) == 0
    panel, margins = (
        str(folder / "data/processed/before_weighting.parquet"),
        str(folder / "margins.csv"),
    )
    given = ["--panel", panel, "--margins", margins]
    named = network_study(folder / "named")
    figures = folder / "figures.csv"
    figures.write_text(
        "authority,period,series,value\nN,2020,s,1\nN,2021,s,2\nS,2020,s,1\nS,2021,s,1\n", "utf-8"
    )
    (folder / "named").mkdir(exist_ok=True)
    (folder / "named/figures.csv").write_bytes(figures.read_bytes())
    named.config["external"] = {"a": {
        "path": "figures.csv", "source": "x", "authorities": {"north": "N", "south": "S"},
        "series": {"s": {"label": "S"}}, "before": 2021,
    }}  # fmt: skip
    assert named.run("panel").status == 0
    how = read_study(folder / "named")
    valued = small_valued(folder / "valued")
    return {
        "value": valued,
        "external": ["external", "--spec", survey_specs.external(how), "--paths", str(figures),
                     *("--out", str(folder / "external.csv")),
                     *("--divergences", str(folder / "divergences.csv"))],
        "draw external": ["draw", "--figure", "external_respondent",
                          *("--table", str(folder / "external.csv"), "--spec", wording_spec(how)),
                          *("--svg", str(folder / "external.svg")),
                          *("--png", str(folder / "external.png")),
                          *("--about", str(folder / "external.json"),
                          "--data", str(folder / "external_drawn.csv"))],
        "draw composition": ["draw", "--figure", "composition_respondent", "--table", who,
                             *("--spec", wording_spec(read)),
                             *("--svg", str(folder / "composition.svg")),
                             *("--png", str(folder / "composition.png")),
                             *("--about", str(folder / "composition.json"),
                             "--data", str(folder / "composition_drawn.csv"))],
        "networks": ["networks", "--spec", survey_specs.networks(how),
                     *("--records", str(folder / "named/data/processed/records")),
                     *("--ledger", str(folder / "named/data/processed/ledger.parquet")),
                     *("--out", str(folder / "networks.parquet")),
                     *("--table", str(folder / "networks.csv"))],
        "weigh": ["weigh", "--spec", survey_specs.weigh(read), *given,
                  *("--out", str(folder / "panel.parquet")),
                  *("--weights", str(folder / "weights.csv")),
                  *("--weighting", str(folder / "weighting.csv")),
                  *("--margin-table", str(folder / "margin_table.csv"))],
        "agreement": ["agreement", "--spec", survey_specs.agreement(read), *whole,
                      *("--estimates", estimates), *("--out", str(folder / "agreement.csv"))],
        "fit survey": ["fit", "--model", "survey", "--spec", specs.model(read, "survey"), *whole,
                       *("--estimates", str(folder / "own.csv")),
                       *("--means", str(folder / "own_means.csv")),
                       *("--diagnostics", str(folder / "own.json")),
                       *("--residuals", str(folder / "residuals.parquet")),
                       *("--influence", str(folder / "influence.parquet"))],
        "replicate": ["replicate", "--spec", survey_specs.replicate(read), *given,
                      *("--out", str(folder / "replicates.csv"))],
    }  # fmt: skip


def description_commands(folder: Path) -> dict[str, list[str]]:
    """The steps that describe surveys, in the folder of a study with a frame of invitations."""
    study = survey(folder, frame({"I": 12, "R": 3, "UO": 2}))
    ran = study.run("panel")
    assert (ran.status, ran.shown) == (0, "")
    with inside(folder):
        read = read_study()
        specs_of = {
            "completeness": survey_specs.questions(read),
            "survey_response": survey_specs.response(read),
            "survey_means": survey_specs.means(read),
        }

    def at(path: str) -> str:
        return str(folder / path)

    records = ["--records", at("data/processed/records")]
    return {
        "completeness": ["completeness", "--spec", specs_of["completeness"], *records,
                         *("--raw", at("data/processed/intake"), "--out", at("completeness.csv")),
                         *("--crosswalk", at("crosswalk.csv"), "--waves", at("waves.csv"))],
        "survey_response": ["survey_response", "--spec", specs_of["survey_response"], *records,
                            *("--ledger", at("data/processed/ledger.parquet")),
                            *("--dispositions", at("ends.csv"), "--out", at("response.csv"))],
        "survey_means": ["survey_means", "--spec", specs_of["survey_means"],
                         *("--panel", at("data/processed/panel.parquet")),
                         *("--out", at("means.csv"), "--composition", at("composition.csv")),
                         *("--neighbourhoods", at("neighbourhoods.csv"))],
        **{
            f"draw {kind}": ["draw", "--figure", f"{kind}_respondent", "--table", at(table),
                             *("--spec", wording_spec(read), "--svg", at(f"{kind}.svg")),
                             *("--png", at(f"{kind}.png"), "--about", at(f"{kind}.json"),
                             "--data", at(f"{kind}_drawn.csv"))]
            for kind, table in (
                ("completeness", "completeness.csv"),
                ("survey_waves", "means.csv"),
                ("neighbourhoods", "means.csv"),
                ("neighbourhood_changes", "neighbourhoods.csv"),
                ("survey_answers", "means.csv"),
            )
        },
    }  # fmt: skip


def rates_commands(folder: Path) -> dict[str, list[str]]:
    """The steps of feasibility and its figure, in the folder of a study of its own."""
    study = feasible(folder)
    ran = study.run("panel")
    assert (ran.status, ran.shown) == (0, "")
    ran.flow()
    with inside(folder):
        found = feasible_commands(study)
        wording = wording_spec(read_study())
    for command in found.values():
        for at, word in enumerate(command):
            if word.startswith(("data/processed/", "results/tables/")):
                command[at] = str(folder / word)
    return found | {
        "draw recruitment": ["draw", "--figure", "recruitment_person", "--spec", wording,
                             "--table", str(folder / "results/tables/recruitment.csv"),
                             *("--svg", str(folder / "r.svg"), "--png", str(folder / "r.png")),
                             *("--about", str(folder / "r.json")),
                             *("--data", str(folder / "r_drawn.csv"))],
    }  # fmt: skip


def pushed_commands(folder: Path) -> dict[str, list[str]]:
    """The step sensitivity and its figures, in the folder of a study of its own."""
    study = imputed_study(folder)
    study.config["missing_data"]["sensitivity"] = {}
    ran = study.run()
    assert (ran.status, ran.shown) == (0, "")
    with inside(folder):
        step = sensitivity_command(read_study())
        assert main(step) == 0
    there = ("data/processed/", "results/tables/")
    found = {"sensitivity": [str(folder / one) if one.startswith(there) else one for one in step]}
    for kind, table in (("assumptions", "sensitivity.csv"), ("tipping", "tipping.csv")):
        wording = wording_spec(read_study(folder), figures=True, kind=kind)
        found[f"draw {kind}"] = [
            "draw", "--figure", f"{kind}_person", "--spec", wording,
            "--table", str(folder / "results/tables" / table),
            "--svg", str(folder / f"{kind}.svg"), "--png", str(folder / f"{kind}.png"),
            "--about", str(folder / f"{kind}.json"), "--data", str(folder / f"{kind}_drawn.csv"),
        ]  # fmt: skip
    return found


def delivery_commands(folder: Path) -> dict[str, list[str]]:
    """The steps of delivery, in the folder of a study of its own."""
    study = delivered(folder)
    assert study.run("panel").status == 0
    steps, tables = delivery_of(folder), folder / "results/tables"
    for kind, table in (("fidelity", "fidelity.csv"), ("contacts", "dose.csv")):
        wording = wording_spec(read_study(folder), figures=True, kind=kind)
        steps[f"draw {kind}"] = [
            "draw", "--figure", f"{kind}_person", "--spec", wording, "--table",
            str(tables / table), "--svg", str(folder / f"{kind}.svg"),
            "--png", str(folder / f"{kind}.png"), "--about", str(folder / f"{kind}.json"),
            "--data", str(folder / f"{kind}_drawn.csv"),
        ]  # fmt: skip
    return steps


def interview_commands(folder: Path, where: Path) -> dict[str, list[str]]:
    """The steps of interviews and their figures, in the folder of a study of its own; `where`: the
    folder in which they run, since raw files are read there."""
    ran_interviews(folder)
    beside_raw = ("inferences.csv", "context.csv")
    there = ("data/processed/", "results/")
    with inside(folder):
        found = interview_steps() | interview_draws()
    for path in (folder / "data/raw").glob("*coded.csv"):
        shutil.copy(path, where / "data/raw")
    return {
        name: [
            str(folder / word) if word.startswith(there) or word in beside_raw else word
            for word in command
        ]
        for name, command in found.items()
    }


def planning_draws(folder: Path, wording: str) -> dict[str, list[str]]:
    """The figures of a planned trial, of tables as its steps leave them."""
    planning_written(folder / "results/tables")
    words = json.dumps(json.loads(wording) | {"planning": PLANNING})
    found = {}
    for kind in PLANNED:
        beside_it = [str(folder / path) for path in beside(f"{kind}_person", [])]
        found[f"draw {kind}"] = [
            "draw", "--figure", f"{kind}_person", "--spec", words,
            "--table", str(folder / KINDS[kind].table),
            *(["--beside", *beside_it] if beside_it else []),
            "--svg", str(folder / f"{kind}.svg"), "--png", str(folder / f"{kind}.png"),
            "--about", str(folder / f"{kind}.json"), "--data", str(folder / f"{kind}_drawn.csv"),
        ]  # fmt: skip
    return found


def economics_draws(folder: Path, wording: str) -> dict[str, list[str]]:
    """The figures of an economic evaluation, of tables as the step evaluate leaves them."""
    economics_written(folder / "results/tables")
    words = json.dumps(json.loads(wording) | {"economics": ECONOMICS})
    found = {}
    for kind in ECONOMIC:
        beside_it = [str(folder / path) for path in beside(f"{kind}_person", [])]
        found[f"draw {kind}"] = [
            "draw", "--figure", f"{kind}_person", "--spec", words,
            "--table", str(folder / KINDS[kind].table), "--beside", *beside_it,
            "--svg", str(folder / f"{kind}.svg"), "--png", str(folder / f"{kind}.png"),
            "--about", str(folder / f"{kind}.json"), "--data", str(folder / f"{kind}_drawn.csv"),
        ]  # fmt: skip
    return found


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, list[str]]]:
    """The folder of a study that was run, and one command a step."""
    folder = tmp_path_factory.mktemp("budget")
    study = Study(folder)
    study.config["models"]["mixed"] = {"kind": "mixed", "random": ["person"], "outcomes": ["score"]}
    counts = {"kind": "glm", "family": "poisson", "design": "panel", "outcomes": ["score"]}
    ordered = {"kind": "ordinal", "design": "panel", "at_least": [16], "outcomes": ["score"]}
    study.config["models"] |= {"glm": counts, "ordinal": ordered}
    study.config["models"]["weighted"] = {
        "kind": "weighted_did",
        "design": "change",
        "method": "entropy",
        "covariates": ["age"],
        "outcomes": ["score"],
    }
    study.config["models"]["imputed"] = study.config["models"]["did"] | {"missing_data": "imputed"}
    study.config["missing_data"] = {"imputation": {"sets": 2, "auxiliaries": ["age"]}}
    curve = {"outcomes": ["score"], "times": ["after"], "models": ["did", "imputed"]}
    study.config["analysis_plan"] = {"specification_curve": curve}
    with_retest(study)
    trial = {"cluster_size": 20, "icc": 0.03, "icc_source": "x"}
    study.config["measurement"]["sample_size"] = {"person": trial}
    study.config["measurement"]["effects"] = {"score": {"value": 1, "source": "x"}}
    ran = study.run()
    assert (ran.status, ran.shown) == (0, "")
    done = "data/processed"
    raw, records, tables = "data/processed/intake", "data/processed/records", "results/tables"
    panel, ledger = "data/processed/panel.parquet", "data/processed/ledger.parquet"
    scores, problems = "data/processed/scores.parquet", f"{tables}/data_problems.csv"
    read = read_study(folder)
    wording, estimates = wording_spec(read), f"{tables}/estimates.csv"
    expected = "quantity,published,tolerance,tolerance_is,source,reason\n"
    (folder / "expected.csv").write_text(
        expected + "did/score/after/coefficient/arm,1,1,absolute,x,y\n", encoding="utf-8"
    )

    def fit(name: str) -> list[str]:
        made = f"results/models/{name}"
        return ["fit", "--model", name, "--spec", specs.model(read, name), "--panel", panel,
                "--estimates", f"{made}/estimates.csv", "--means", f"{made}/means.csv",
                "--diagnostics", f"{made}/diagnostics.json",
                "--residuals", f"{done}/models/{name}/residuals.parquet",
                "--influence", f"{done}/models/{name}/influence.parquet"]  # fmt: skip

    surveyed, described, given = (
        tmp_path_factory.mktemp(name) for name in ("surveyed", "described", "given")
    )
    apart = survey_commands(surveyed) | description_commands(described) | delivery_commands(given)
    apart |= rates_commands(tmp_path_factory.mktemp("rated"))
    apart |= pushed_commands(tmp_path_factory.mktemp("pushed"))
    apart |= economics_draws(tmp_path_factory.mktemp("priced"), wording)
    apart |= planned_commands(tmp_path_factory.mktemp("planned"))
    apart |= interview_commands(tmp_path_factory.mktemp("interviewed"), folder)
    apart |= planning_draws(tmp_path_factory.mktemp("drawn"), wording)
    own = {
        "intake": ["intake", "--spec", specs.intake(read),
                   "--checksums", specs.checksums(read, folder), "--out", raw,
                   "--corrected", f"{tables}/corrections.csv"],
        "clean": ["clean", "--spec", specs.clean(read), "--raw", raw, "--out", records,
                  "--ledger", ledger, "--problems", problems,
                  "--visits", f"{done}/visits.parquet", "--events", f"{done}/events.parquet"],
        "check": ["check", "--spec", specs.check(read), "--problems", problems, "--ledger", ledger,
                  "--out", f"{tables}/problem_counts.csv"],
        "score": ["score", "--spec", specs.score(read), "--records", records, "--out", scores],
        "panel": ["panel", "--spec", specs.panel(read), "--records", records, "--scores", scores,
                  "--out", panel],
        "account": ["account", "--paths", specs.paths(read), "--ledger", ledger,
                    "--out", f"{tables}/account.csv"],
        "dictionary": ["dictionary", "--spec", dictionary_spec(read), "--raw", raw,
                       "--out", f"{tables}/dictionary.csv"],
        "answered": ["answered", "--scores", scores, "--out", f"{tables}/answered.csv"],
        "linking": ["linking", "--spec", describe_specs.linking(read), "--records", records,
                    "--ledger", ledger, "--out", f"{tables}/linking.csv"],
        "follow_up": ["follow_up", "--spec", describe_specs.follow_up(read), "--panel", panel,
                      "--visits", f"{done}/visits.parquet", "--events", f"{done}/events.parquet",
                      "--out", f"{tables}/visits.csv", "--event-counts", f"{tables}/events.csv"],
        "contamination": ["contamination", "--spec", describe_specs.contamination(read),
                          "--records", records, "--events", f"{done}/events.parquet",
                          "--panel", panel, "--out", f"{tables}/contamination.csv",
                          "--crossed", f"{done}/crossed.parquet"],
        "flow": ["flow", "--spec", describe_specs.flow(read), "--records", records,
                 "--events", f"{done}/events.parquet", "--visits", f"{done}/visits.parquet",
                 "--problems", f"{tables}/data_problems.csv", "--panel", panel,
                 "--crossed", f"{done}/crossed.parquet", "--account", f"{tables}/account.csv",
                 "--out", f"{tables}/flow.csv",
                 "--places", f"{done}/flow_places.parquet",
                 "--checks", f"{tables}/flow_checks.csv"],
        "baseline": ["baseline", "--panel", panel, "--out", f"{tables}/baseline.csv"],
        "missing": missing_command(read),
        "means": ["means", "--panel", panel, "--ci-level", "0.95", "--out", f"{tables}/means.csv"],
        "changes": ["changes", "--panel", panel, "--ci-level", "0.95",
                    "--out", f"{tables}/changes.csv"],
        "impute": impute_command(read),
        "fit did": fit("did"),
        "fit imputed": [*fit("imputed"), "--imputed", *missing_specs.SETS],
        "imputed_values": ["imputed_values", "--panel", panel,
                           "--imputed", missing_specs.SETS[0], "--handled", missing_specs.SETS[2],
                           "--out", f"{tables}/imputed_values.csv"],
        "fmi": ["fmi", "--diagnostics", "results/models/imputed/diagnostics.json",
                "--out", f"{tables}/fmi.csv"],
        "fit mixed": fit("mixed"),
        "fit glm": fit("glm"),
        "fit ordinal": fit("ordinal"),
        "fit weighted": fit("weighted"),
        "collect": ["collect", "--estimates", "results/models/did/estimates.csv",
                    "results/models/mixed/estimates.csv", "results/models/imputed/estimates.csv",
                    "results/models/weighted/estimates.csv", "--out", estimates],
        "standardise": ["standardise", "--spec", model_specs.standardise(read), "--panel", panel,
                        "--estimates", estimates, "--out", f"{tables}/standardised.csv",
                        "--grades", f"{tables}/grades.csv"],
        "plan": ["plan", "--spec", plan_specs.plan(read), "--estimates", estimates,
                 "--estimands", f"{tables}/estimands.csv", "--planned", f"{tables}/planned.csv",
                 "--locks", f"{tables}/plan_locks.csv",
                 "--changed", f"{tables}/plan_changes.csv"],
        "specification_curve": ["specification_curve", "--spec", plan_specs.curve(read),
                                "--panel", panel, "--imputed", *missing_specs.SETS,
                                "--out", f"{tables}/specification_curve.csv"],
        "balance": ["balance", "--diagnostics", "results/models/weighted/diagnostics.json",
                    "--out", f"{tables}/balance.csv", "--weights", f"{tables}/balance_weights.csv"],
        "measure": measure_command(read),
        "ladder": ["ladder", "--spec", specs.ladder(read), "--panel", panel, "--estimates",
                   estimates, "--out", f"{tables}/ladder.csv",
                   "--curves", f"{tables}/shock_curve.csv",
                   "--bracket", f"{tables}/bracket.csv",
                   "--identities", f"{tables}/identities.csv"],
        "published": ["published", "--expected", "expected.csv", "--diagnostics",
                    "results/models/did/diagnostics.json", "--tables", f"{tables}/means.csv",
                    f"{tables}/changes.csv", f"{tables}/baseline.csv", f"{tables}/answered.csv",
                    estimates, "--out", f"{tables}/published.csv"],
        **{
            f"draw {figure}": ["draw", "--figure", figure, "--spec", wording, "--table", table,
                               "--svg", f"results/figures/{figure}.svg",
                               "--png", f"results/figures/{figure}.png",
                               "--about", f"results/figures/{figure}.json",
                               "--data", f"results/figures/{figure}_drawn.csv"]
            for figure, table in (
                ("flow_person", f"{tables}/flow.csv"),
                ("missingness_person", f"{tables}/missing.csv"),
                ("missing_items_person", f"{tables}/missing.csv"),
                ("traces_person", f"{done}/traces.parquet"),
                ("imputed_values_person", f"{tables}/imputed_values.csv"),
                ("fmi_person", f"{tables}/fmi.csv"),
                ("means_person", f"{tables}/means.csv"),
                ("trajectories_person", panel),
                ("forest_person", estimates),
                ("balance_person", f"{tables}/balance.csv"),
                ("shock_person", f"{tables}/shock_curve.csv"),
                ("bracket_person", f"{tables}/bracket.csv"),
                ("raincloud_person", panel),
                ("specification_curve_person", f"{tables}/specification_curve.csv"),
                ("distributions_person", f"{tables}/distributions.csv"),
                ("reliability_person", f"{tables}/measurability.csv"),
            )
        },
        "draw predicted_person": [
            "draw", "--figure", "predicted_person", "--spec", wording,
            "--table", f"{tables}/means.csv",
            "--beside", *(f"results/models/{name}/means.csv" for name in read.predicting("person")),
            "--svg", "results/figures/predicted_person.svg",
            "--png", "results/figures/predicted_person.png",
            "--about", "results/figures/predicted_person.json",
            "--data", "results/figures/predicted_person_drawn.csv"],
        "draw_residuals": ["draw_residuals", "--models", *read.models, "--spec", wording,
                           "--made", f"{done}/models", "--out", "results/figures/models"],
        "tick": ["tick", "--spec", wording, "--filled", filled(read), "--results", "results",
                 "--sources", "data/raw/SOURCES.yaml", "--out", f"{tables}/checklists.csv"],
        "release": command_of(read, [
            f"{tables}/{name}.csv"
            for name in ("flow", "missing", "means", "estimates", "flow_checks")
        ]),
        "attack": ["attack", "results/public"],
        "trace": TRACE,
        "trace_public": ["trace_public", *TRACE[1:]],
        "write": ["write", "--spec", wording, "--results", "results",
                  "--sources", "data/raw/SOURCES.yaml", "--out", "results/report/report.json"],
        **{
            step: [step, "--report", "results/report/report.json", "--results", "results",
                   "--out", f"results/report/{page}"]
            for step, page in (
                ("render", "index.html"), ("word", "report.docx"), ("pdf", "report.pdf")
            )
        },
        "crate": CRATE,
        "manifest": ["manifest", "--files", f"{tables}/means.csv", "results/provenance.json",
                     "--out", "results/manifest.csv"],
        "show": ["show", "did"],
        "explain": ["explain", "flow"],
        "verify": ["verify", "checked"],
        "compare": ["compare", tables, tables],
        "checksum": ["checksum", "data/raw/people.csv"],
        "schema": ["schema", "--out", "schema.json", "--page", "study_file.md"],
    }  # fmt: skip
    write_told([c for c in own.values() if c[0] not in AFTER], folder)
    (folder / "checked").mkdir()
    (folder / "checked/manifest.csv").write_text("path,bytes,sha256\n", encoding="utf-8")
    return folder, apart | own


def test_every_step_runs_within_its_budget(commands: tuple[Path, dict[str, list[str]]]) -> None:
    """One after another, as a run does: what a step imports inside its functions counts too."""
    folder, steps = commands
    receipts, over = Receipts(folder), {}
    for name, command in steps.items():
        allowed = ALLOWED[name if name in ALLOWED else name.split()[0]]
        loaded = receipts.of(allowed, command)
        if loaded - allowed:
            over[name] = sorted(loaded - allowed)
    receipts.end()
    assert over == {}


def test_a_step_that_ends_badly_says_how(tmp_path: Path) -> None:
    """A mistake of its user's, one of its own (that nothing catches), arguments that it lacks; and
    the process still answers for the next step."""
    receipts = Receipts(tmp_path)
    (tmp_path / "config.yaml").write_text("study: {id: x}\n", encoding="utf-8")
    with pytest.raises(AssertionError, match=r"cesp checksum gone\.csv failed: .*gone\.csv"):
        receipts.of(set(), ["checksum", "gone.csv"])
    bad = ["account", "--paths", "no json", "--ledger", "l.parquet", "--out", "a.csv"]
    with pytest.raises(AssertionError, match=r"(?s)cesp account .* failed: .*Error"):
        receipts.of(set(), bad)
    with pytest.raises(AssertionError, match=r"(?s)cesp account failed: .*required.*--paths"):
        receipts.of(set(), ["account"])
    (tmp_path / "there.csv").write_text("a\n", encoding="utf-8")
    assert receipts.of(set(), ["checksum", "there.csv"]) == set()
    receipts.end()


def test_every_step_of_a_run_has_a_budget() -> None:
    apart = {
        "describe",
        "export",
        "instruments",
        "lock-plan",
        "new-study",
        "pseudonym",
        "run",
        "simulate-study",
    }  # commands of their own, not of a run
    assert {name.split()[0] for name in ALLOWED} == set(STEPS) - apart


def test_reading_a_study_loads_nothing_heavy(tmp_path: Path) -> None:
    Study(tmp_path).write()
    code = (
        "import sys, json; from cesp_analysis.pipeline import opened; opened(sys.argv[1]);"
        f" print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "."], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert json.loads(done.stdout) == []
