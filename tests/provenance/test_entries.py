"""What is said of each step and model: the facts of the record, and no more where others read."""

import json
import shlex
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cesp_analysis.checksums import sha256_of_text, short, together
from cesp_analysis.cli import main
from cesp_analysis.code_files import write_sums
from cesp_analysis.long_specs import LONGEST, word_of
from cesp_analysis.models.kinds import KINDS
from cesp_analysis.provenance.checked import OF_IMPUTED, OF_KINDS, OF_STEPS
from cesp_analysis.provenance.entries import entries, entry, narrowed, short_of
from cesp_analysis.provenance.record import Made, Record, as_data, read_record
from cesp_analysis.provenance.told import write_told
from cesp_analysis.rerun import code_of, within_package
from cesp_analysis.steps import STEPS
from cesp_analysis.whole_files import read_json, write_json
from small_study import inside

A, B, C = ("a" * 64, "b" * 64, "c" * 64)


def made(step: str, files: dict[str, str], inputs: dict[str, str], **more: Any) -> Made:
    known: dict[str, Any] = {
        "does": f"Do {step}.", "wildcards": {}, "code": C, "code_files": 3, "spec": "",
        "command": f"cesp {step} --spec SPEC", "remake": f"cesp run . -f {next(iter(files))}",
    }  # fmt: skip
    return Made(rule=step, step=step, files=files, inputs=inputs, **known | more)


INTAKE = made("intake", {"data/processed/i.parquet": A}, {"data/raw/Secret place/x.csv": B})
FITS = [
    made("fit", {f"results/models/{name}/estimates.csv": A}, {"data/processed/i.parquet": A},
         wildcards={"model": name}, spec='{"seed":7}', seed=7)
    for name in ("one", "two")
]  # fmt: skip
DRAWN = [
    made("draw", {f"results/figures/{name}.svg": A},
         {f"results/models/{model}/estimates.csv": A for model in ("one", "two")},
         wildcards={"figure": name}, spec="{}")
    for name in ("forest", "flow")
]  # fmt: skip
RECORD = Record("cesp-analysis 1", (INTAKE, *FITS, *DRAWN))


def facts(found: Any) -> dict[str, str]:
    return {fact.label: fact.text for fact in found.facts}


def test_one_entry_a_step_and_one_a_model() -> None:
    assert [found.name for found in entries(RECORD)] == ["intake", "fit one", "fit two", "draw"]
    assert [found.model for found in entries(RECORD)] == ["", "one", "two", ""]


def test_the_facts_of_a_model() -> None:
    found = facts(entries(RECORD)[1])
    assert found == {
        "What it does": "Do fit.",
        "Makes": "results/models/one/estimates.csv",
        "Made from": f"data/processed/i.parquet ({short(A)}, of intake)",
        "Make it again": "cesp run . -f results/models/one/estimates.csv",
        "Steps before": "intake",
        "Code": "cesp-analysis 1, cesp_analysis/models/fit.py and what it needs: 3 source files,"
        f" sha256 together {short(C)}",
        "Seed": "7",
        "Command": "cesp fit --spec SPEC",
    }
    assert entries(RECORD)[1].told == 'SPEC = {"seed":7}'
    assert short_of("x" * 1234) == "SPEC: 1,234 characters, in results/provenance.json"


@pytest.mark.parametrize(("step", "spec", "file"), [
    ("fit", '{"kind":"mixed"}', "models/mixed.py"), ("ladder", "{}", "few_sites/ladder.py"),
    ("of_another_version", "", ""),
])  # fmt: skip
def test_the_file_with_which_to_begin_reading(step: str, spec: str, file: str) -> None:
    job = replace(INTAKE, step=step, spec=spec)
    (found,) = entries(Record("cesp-analysis 1", (job,)))
    begins = facts(found)["Code"].removeprefix("cesp-analysis 1, ")
    assert begins.startswith(f"cesp_analysis/{file} and" if file else "3 source files")


@pytest.mark.parametrize(("step", "spec", "rows"), [
    ("fit", '{"kind":"did"}', ["least squares, HC2, CR1, CR2"]),
    ("fit", '{"kind":"mixed","missing_data":"imputed"}', [*OF_KINDS["mixed"], *OF_IMPUTED]),
    ("ladder", "{}", list(OF_STEPS["ladder"])), ("intake", "{}", []), ("fit", "", []),
])  # fmt: skip
def test_where_it_is_said_how_an_estimate_was_checked(
    step: str, spec: str, rows: list[str]
) -> None:
    (found,) = entries(Record("cesp-analysis 1", (replace(INTAKE, step=step, spec=spec),)))
    said = facts(found).get("Checked in", "")
    assert said == ("docs/validation.md, " + " and ".join(f"'{row}'" for row in rows)) * bool(rows)


def test_every_kind_and_row_of_the_validation_page_is_there() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "validation.md").read_text()
    assert set(OF_KINDS) == set(KINDS) and set(OF_STEPS) <= set(STEPS)
    for rows in (*OF_KINDS.values(), OF_IMPUTED, *OF_STEPS.values()):
        assert all(f"\n| {row} | " in page for row in rows)


def test_a_raw_file_has_its_whole_checksum() -> None:
    assert facts(entries(RECORD)[0])["Made from"] == f"data/raw/Secret place/x.csv (sha256 {B})"


def test_an_entry_of_several_jobs_has_a_line_of_each_and_can_be_narrowed_to_one() -> None:
    whole = entry(RECORD, DRAWN)
    assert {"forest", "flow"} <= facts(whole).keys()
    assert whole.told.count("SPEC = {}") == 1 and whole.told.count("cesp draw") == 2
    one = narrowed(whole, DRAWN[1], DRAWN)
    assert "forest" not in facts(one) and facts(one)["flow"] == facts(whole)["flow"]
    assert one.told.count("cesp draw") == 1


def test_many_inputs_of_one_step_are_counted_with_their_checksum_together() -> None:
    files = {f"results/models/m{at}/estimates.csv": A for at in range(6)}
    many = made("fit", files, {})
    record = Record("p", (many, made("collect", {"results/tables/e.csv": B}, files)))
    said = facts(entries(record)[1])["Made from"]
    assert said == f"6 files of fit (sha256 together {short(together(files))})"


def released_in(folder: Path) -> dict[str, Any]:
    """The public record of a small run: a raw file, a model, its released form, a drawing."""
    files = {
        "data/raw/Secret place/x.csv": "id,score\n", "data/processed/i.parquet": "i",
        "results/models/one/means.csv": "mean,n\n3,4\n",
        "results/public/models/one/means.csv": "mean,n\n3,<10\n",
        "results/public/figures/flow.svg": "<svg/>",
    }  # fmt: skip
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    raw, panel, model, released, figure = files
    made_of = {
        "intake": (raw, panel), "fit": (panel, model), "release": (model, released),
        "draw_public": (released, figure),
    }  # fmt: skip
    told = [
        {
            "rule": rule, "does": f"Do {rule}.", "wildcards": {}, "inputs": [read],
            "outputs": [wrote], "code": code_of("answered")[:1], "spec": '{"seed":7}',
            "command": f"cesp {rule} --checksums {A} --spec '{{\"seed\":7}}'",
        }
        for rule, (read, wrote) in made_of.items()
    ]  # fmt: skip
    for job in told:
        job["code"] = [within_package(path) for path in job["code"]]
    write_json(told, folder / "told.json")
    out = "results/public/provenance.json"
    with inside(folder):
        assert main(["trace_public", "--told", "told.json", "--out", out]) == 0
    found: dict[str, Any] = read_json(folder / out)
    return found


def test_the_public_record_has_no_checksum_of_what_stays(tmp_path: Path) -> None:
    """No path to raw files, no settings (labels of others, paths), no command; and no checksum, by
    which guesses of withheld numbers could be tried."""
    record = released_in(tmp_path)
    text = json.dumps(record)
    assert "x.csv" in text and "data/raw" not in text and "Secret place" not in text
    assert A not in text and "--spec" not in text and record["specs"] == {}
    for path in sorted(tmp_path.rglob("*")):
        if path.is_file() and path.name != "provenance.json":
            leaves = "public" in path.parts
            assert (sha256(path.read_bytes()).hexdigest() in text) == leaves, path
    steps = {job["rule"]: job for job in record["jobs"]}
    assert steps["fit"]["files"] == {"results/models/one/means.csv": ""}
    assert steps["release"]["inputs"] == {"results/models/one/means.csv": ""}
    assert steps["fit"]["seed"] == 7 and steps["release"]["code"]


def test_the_public_entries_say_who_released_and_drew(tmp_path: Path) -> None:
    released_in(tmp_path)
    record = read_record(tmp_path / "results/public/provenance.json")
    found = {one.name: facts(one) for one in entries(record)}
    assert found["intake"]["Made from"] == "x.csv"
    assert found["release"]["Made from"] == "1 file of fit"
    assert found["release"]["Makes"] == "results/public/models/one/means.csv"
    assert found["draw_public"]["Made from"].startswith("results/public/models/one/means.csv (")
    assert found["draw_public"]["Steps before"] == "intake, fit and release"
    assert not any(one.told or "Command" in facts(one) for one in entries(record))


def test_a_released_table_is_explained_from_its_folder_and_from_the_team_s(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    released_in(tmp_path)
    asked = [["models/one/means.csv", "--folder", "results/public"],
             ["results/public/models/one/means.csv"]]  # fmt: skip
    with inside(tmp_path):
        for words in asked:
            assert main(["explain", *words]) == 0
            first, *_, raw, last = capsys.readouterr().out.splitlines()
            assert first == "release" and raw == "intake is made from x.csv"
            assert last == (
                "results/public/models/one/means.csv is the released form of"
                " results/models/one/means.csv, of fit"
            )
        (tmp_path / "results/public/figures/flow.svg").write_text("<svg></svg>")
        assert main(["explain", "flow", "--folder", "results/public"]) == 0
        assert capsys.readouterr().out.splitlines()[-1].endswith("run the study (cesp run DIR)")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("results/public/models/one/means.csv", ["models/one/means.csv"]),
        ("models/two/means.csv", ["models/two/means.csv"]),
        ("results/public/tables/means.csv", ["tables/means.csv"]),
        ("tables/means.csv", ["tables/means.csv"]),
        ("means", ["tables/means.csv"]),
        ("means.csv", ["tables/means.csv"]),
        ("flow", ["tables/flow.csv"]),
    ],
)
def test_of_released_tables_of_one_name_the_one_that_was_asked_for_is_explained(
    asked: str, told: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ("tables/flow.csv", "tables/means.csv", "models/one/means.csv", "models/two/means.csv")
    own = {f"results/{name}": "" for name in names}
    released = made("release", {f"results/public/{name}": A for name in names}, own)
    record = Record("p", (made("describe", own, {}), released), "results/public")
    (tmp_path / "results/public").mkdir(parents=True)
    write_json(as_data(record), tmp_path / "results/public/provenance.json")
    with inside(tmp_path):
        assert main(["explain", asked, "--folder", "results/public"]) == 0
    said = [line for line in capsys.readouterr().out.splitlines() if "released form" in line]
    assert said == [
        f"results/public/{name} is the released form of results/{name}, of describe"
        for name in told
    ]


def test_checksums_together_are_those_of_sha256sum() -> None:
    assert together({"b": B, "a": A}) == sha256_of_text(f"{A}  a\n{B}  b\n")


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "provenance.json"
    write_json(as_data(RECORD), path)
    assert read_record(path) == RECORD
    assert len(read_json(path)["specs"]) == 2  # each text once


class Inputs(list[str]):
    """A job's inputs, by position and by name, as Snakemake has them."""

    def __init__(self, files: list[str], code: str) -> None:
        super().__init__([*files, code])
        self.named = {"code": code}

    def get(self, name: str, default: Any = None) -> Any:
        return self.named.get(name, default)


class Params(list[Any]):
    def __init__(self, **named: Any) -> None:
        super().__init__(named.values())
        self.named = named

    def get(self, name: str, default: Any = None) -> Any:
        return self.named.get(name, default)


class Job(SimpleNamespace):
    """What is asked of one of Snakemake's."""

    __hash__ = object.__hash__


def job(rule: Any, command: str, outputs: list[str], code: str, **params: Any) -> Any:
    return Job(
        rule=rule, wildcards_dict={}, input=Inputs([], code), output=outputs,
        params=Params(**params), shellcmd=f"{command} &> results/logs/x.log",
        log="results/logs/x.log",
    )  # fmt: skip


@pytest.mark.parametrize("key", ["/home/anne's/keys/study.key", "../keys/study.key"])
def test_of_a_key_outside_the_study_only_its_name_is_told(key: str, tmp_path: Path) -> None:
    """And the log is no part of the command; what comes after `trace` is not told."""
    command = f"cesp intake --key={shlex.quote(key)} --out a.csv"
    told = told_of(command, tmp_path, key=key)
    assert shlex.split(told["command"]) == ["cesp", "intake", "--key=…/study.key", "--out", "a.csv"]
    assert told["does"] == "Do it." and told["code"][0].startswith("cesp_analysis/")
    assert "/home" not in str(told) and ".." not in str(told)


def told_of(command: str, folder: Path, **params: str) -> dict[str, Any]:
    """What `trace` is told of a job with this command, the only one that comes before it."""
    rules = [
        SimpleNamespace(name=name, docstring=" Do\n it. ") for name in ("intake", "trace", "pdf")
    ]
    write_sums(code_of("answered")[:1], folder / "code")
    code = str(folder / "code")
    first = job(rules[0], command, ["a.csv"], code, **params)
    last = job(rules[1], "cesp trace", ["results/provenance.json"], code)
    later = job(rules[2], "cesp pdf", ["results/report/report.pdf"], code)
    after = {first: {}, last: {first: {"a.csv"}}, later: {last: {"results/provenance.json"}}}

    def bfs(direction: Any, *start: Any) -> Any:
        waiting = [*start]
        while waiting:
            one = waiting.pop()
            yield one
            waiting += direction[one]

    dag = SimpleNamespace(jobs=[first, last, later], dependencies=after, bfs=bfs)
    write_told(SimpleNamespace(dag=dag, rules=rules), {"trace": folder / "told.json"})
    (told,) = read_json(folder / "told.json")
    found: dict[str, Any] = told
    return found


@pytest.mark.parametrize("title", ["Mood &> time", "x &> results/logs/x.log", "Anne's &> 'z'"])
def test_a_title_that_looks_like_a_log_is_told_whole(title: str, tmp_path: Path) -> None:
    spec = json.dumps({"title": title})
    told = told_of(f"cesp write --spec {shlex.quote(spec)} --out a.csv", tmp_path, spec=spec)
    assert shlex.split(told["command"]) == ["cesp", "write", "--spec", spec, "--out", "a.csv"]


def test_a_spec_that_a_file_holds_is_told_as_its_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    spec = json.dumps({"title": "Anne's " + "x" * LONGEST})
    word = word_of(spec)
    told = told_of(f"cesp clean --spec {shlex.quote(word)} --out a.csv", tmp_path, spec=word)
    assert word != spec == told["spec"]
    assert shlex.split(told["command"]) == ["cesp", "clean", "--spec", spec, "--out", "a.csv"]


def test_a_run_without_the_step_tells_nothing(tmp_path: Path) -> None:
    dag = SimpleNamespace(jobs=[], dependencies={}, bfs=lambda direction, *start: iter(start))
    write_told(SimpleNamespace(dag=dag, rules=[]), {"trace": tmp_path / "told.json"})
    assert not (tmp_path / "told.json").exists()


def test_what_was_not_told_cannot_be_traced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "provenance.json"
    assert main(["trace", "--told", str(tmp_path / "none.json"), "--out", str(out)]) == 1
    assert "a run writes it: cesp run . -f" in capsys.readouterr().err
