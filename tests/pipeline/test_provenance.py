"""A run's record of where every number comes from: true, the same everywhere, and followed back."""

import csv
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from rocrate.rocrate import ROCrate
from running import ROOT, checksums, command, environment, snakemake

from cesp_analysis import contracts
from cesp_analysis.checksums import together
from cesp_analysis.cli import main
from cesp_analysis.forks import APART, HOW
from cesp_analysis.report.sections.provenance import VERSIONS
from cesp_analysis.rerun import at_package, code_of, within_package
from cesp_analysis.schemas import Estimates
from small_study import Study, inside

PUBLIC = "results/public/"
"""What leaves the team, which is made when the record is written."""


def study_in(folder: Path) -> Study:
    study = Study(folder)
    study.config["models"]["at_equal_baseline"] = {"kind": "ancova", "outcomes": ["score"]}
    study.config["measurement"] = {}
    study.write()
    return study


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small study, run in a folder with a space and an apostrophe."""
    folder = tmp_path_factory.mktemp("studies") / "anne's study (v2)"
    study_in(folder)
    done = snakemake(ROOT, folder)
    assert done.returncode == 0, done.stdout
    return folder


@pytest.fixture
def study(made: Path, tmp_path: Path) -> Path:
    """A copy of the study that was run."""
    return Path(shutil.copytree(made, tmp_path / "study", copy_function=shutil.copy2))


def record(folder: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((folder / "results/provenance.json").read_text("utf-8"))
    return read


def results(folder: Path) -> dict[str, str]:
    """Every file of the results → its checksum."""
    return {name: sum for name, sum in checksums(folder).items() if name.startswith("results/")}


def cesp(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`cesp` as a person types it in the study's folder."""
    program = "from cesp_analysis.cli import run; run()"
    return subprocess.run(
        [sys.executable, "-P", "-c", program, *words],
        cwd=folder, env=environment(ROOT), capture_output=True, text=True, check=False,
    )  # fmt: skip


def explained(folder: Path, name: str) -> list[str]:
    done = cesp(folder, "explain", name)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_the_record_is_of_every_file_that_a_report_comes_from(made: Path) -> None:
    """Each by one job, with the checksums that the files have; nothing of it is made up."""
    jobs = record(made)["jobs"]
    named = [path for job in jobs for path in job["files"]]
    assert len(named) == len(set(named))
    here = {path for path in checksums(made) if not path.startswith("results/report/")}
    later = {"results/provenance.json", "results/manifest.csv", "results/ro-crate-metadata.json"}
    apart = ("results/workflow/", PUBLIC)
    assert set(named) == {path for path in here - later if not path.startswith(apart)}
    for job in jobs:
        for path, told in (job["files"] | job["inputs"]).items():
            assert sha256((made / path).read_bytes()).hexdigest() == told, path


def test_the_chain_ends_at_the_raw_files_and_their_declared_checksums(made: Path) -> None:
    jobs = record(made)["jobs"]
    makers = {path for job in jobs for path in job["files"]}
    first = {path: sum for job in jobs for path, sum in job["inputs"].items() if path not in makers}
    text = (made / "data/raw/SOURCES.yaml").read_text(encoding="utf-8")
    first.pop("data/raw/SOURCES.yaml", None)  # it lists them
    assert set(first) == {f"data/raw/{name}.csv" for name in ("people", "before", "after")}
    assert all(told in text for told in first.values())


def test_the_code_is_that_of_the_step(made: Path) -> None:
    (job,) = [job for job in record(made)["jobs"] if job["wildcards"] == {"model": "did"}]
    sums = {within_package(path): sha256(Path(path).read_bytes()).hexdigest()
            for path in code_of("fit", "cesp_analysis.models.did")}  # fmt: skip
    assert (job["code"], job["code_files"]) == (together(sums), len(sums))
    lines = "".join(f"{sum}  {name}\n" for name, sum in sorted(sums.items()))
    assert job["code"] == sha256(lines.encode()).hexdigest()  # as sha256sum says it
    assert all(at_package(name).is_file() for name in sums)


def test_a_job_s_spec_and_command_are_what_it_was_told(made: Path) -> None:
    """The command of each, with its spec in SPEC's place, is the one that Snakemake prints."""
    shown = snakemake(ROOT, made, "--dry-run", "--forceall", "--printshellcmds", plain=True).stdout
    read = record(made)
    for job in read["jobs"]:
        spec = read["specs"].get(job["spec"], "")
        assert ("--spec" in job["command"]) == bool(spec)
        assert job["command"].replace("SPEC", shlex.quote(spec), 1) in shown if spec else True
        if spec:
            assert sha256(spec.encode()).hexdigest() == job["spec"] and json.loads(spec)


def test_the_seed_stands_where_a_step_takes_one(made: Path) -> None:
    seeds = {job["step"]: job["seed"] for job in record(made)["jobs"]}
    assert (seeds["ladder"], seeds["measure"], seeds["means"], seeds["fit"]) == (1, 1, None, None)


def test_nothing_tells_the_clock_the_machine_or_a_place(made: Path) -> None:
    said = [os.uname().nodename, str(Path.home()), str(ROOT), str(made), "anne's study"]
    for name in ("provenance.json", "ro-crate-metadata.json", "manifest.csv", "report/report.json"):
        text = (made / "results" / name).read_text(encoding="utf-8")
        assert not [place for place in said if place in text], name
    crate = (made / "results/ro-crate-metadata.json").read_text(encoding="utf-8")
    assert re.findall(r"\d{4}-\d\d-\d\d", crate) == ["2026-01-01"]  # the last raw file's


def test_the_same_bytes_elsewhere_in_forks_of_a_run_and_in_jobs_apart_on_one_core(
    made: Path, tmp_path: Path
) -> None:
    """Results and processed data, as a person runs it."""
    expected = checksums(made)
    assert len(expected) > 20
    for how, words, known in (
        ("forks", (), {}), (APART, ("--cores", "1"), {HOW: APART}),
    ):  # fmt: skip
        folder = tmp_path / how
        study_in(folder)
        done = subprocess.run(
            command(ROOT, folder, *words), env=environment(ROOT) | known,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout
        assert checksums(folder) == expected, how


def test_the_command_of_an_entry_makes_the_same_bytes(study: Path) -> None:
    """Of each kind of step one, after its files are gone; then nothing else is to do."""
    before = checksums(study)
    for job in record(study)["jobs"]:
        if job["step"] in ("fit", "flow", "collect") or job["wildcards"] == {
            "figure": "flow_person"
        }:
            for path in job["files"]:
                (study / path).unlink()
            program, command, where, *words = shlex.split(job["remake"])
            assert (program, command, where) == ("cesp", "run", ".")
            done = snakemake(ROOT, study, *words)
            assert done.returncode == 0, done.stdout
            assert all((study / path).exists() for path in job["files"])
    assert checksums(study) == before
    assert cesp(study, "verify").returncode == 0
    assert snakemake(ROOT, study).returncode == 0
    assert checksums(study) == before
    assert "nothing to do" in snakemake(ROOT, study).stdout.lower()


def test_a_part_made_again_by_itself_is_told_as_it_is_now(study: Path, tmp_path: Path) -> None:
    """A model's spec changes and it alone is run: the record still tells the old one, and says so;
    the next run tells what a run from nothing tells."""
    told = Study(study)
    told.config["models"]["at_equal_baseline"] = {"kind": "ancova", "outcomes": ["score"]}
    told.config["measurement"] = {}
    told.config["models"]["did"]["covariance"] = "classical"
    told.write()
    target = "results/models/did/estimates.csv"
    assert snakemake(ROOT, study, target).returncode == 0
    *_, changed = explained(study, "did/score/after")
    assert changed.endswith("is no longer what is told here; run the study (cesp run DIR)")
    done = cesp(study, "verify")
    assert done.returncode == 1 and "models/did/estimates.csv: has changed" in done.stderr
    assert snakemake(ROOT, study).returncode == 0
    assert cesp(study, "verify").returncode == 0
    fresh = tmp_path / "fresh"
    Study(fresh, config=told.config).write()
    assert snakemake(ROOT, fresh).returncode == 0
    assert results(fresh) == results(study)


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("did/score/after", "fit did"),
        ("at_equal_baseline/score/after", "fit at_equal_baseline"),
        ("did", "fit did"),
        ("flow", "flow"),
        ("results/tables/flow.csv", "flow"),
        ("tables/flow.csv", "flow"),
        ("flow.csv", "flow"),
        ("estimates", "collect"),
        ("estimates.csv", "collect"),
        ("estimates_score", "collect"),
        ("forest_person", "draw"),
        ("results/figures/forest_person.svg", "draw"),
        ("results/models/did/estimates.csv", "fit did"),
        ("data/processed/panel.parquet", "panel"),
    ],
)
def test_explain_says_what_the_page_says(name: str, entry: str, made: Path) -> None:
    page = html.parse(made / "results/report/index.html")
    (block,) = page.xpath(f"//*[@id='from-{entry.replace(' ', '-')}']")
    shown = re.sub(r"\s+", "", block.text_content())
    first, *lines = explained(made, name)
    assert first == entry
    (raw,) = [line for line in lines if not line.startswith(" ")]
    (intake,) = page.xpath("//*[@id='from-intake']")
    for line in lines[: lines.index(raw)]:
        assert re.sub(r"\s+", "", line) in shown, line
    said = re.sub(r"\s+", "", intake.text_content())
    assert re.sub(r"\s+", "", raw.removeprefix("intake is made from ")) in said
    assert "cesp run . -f results/" in "\n".join(lines) or entry == "panel"


def test_every_table_figure_and_estimate_leads_to_an_entry(made: Path) -> None:
    page = html.parse(made / "results/report/index.html")
    ids = {*page.xpath("//@id")}
    leading = page.xpath("//a[starts-with(@href, '#from-')]")
    assert {link.get("href")[1:] for link in leading} <= ids
    for table in page.xpath("//div[@class='table']"):
        leads = table.xpath(".//p[@class='file']/a[starts-with(@href, '#from-')]")
        assert leads or table.get("id") == "sources" or table.get("id").endswith("_data"), (
            table.get("id")  # the first is SOURCES.yaml itself; the last stand beside a figure
        )
    assert page.xpath("//figure") and len(page.xpath("//figure")) == len(
        page.xpath("//figure//a[starts-with(@href, '#from-')]")
    )
    names = {link.text_content() for link in leading}
    assert {"did/score/after", "at_equal_baseline/score/after"} <= names
    assert not page.xpath("//script") and page.xpath("//details//pre")


def test_the_page_has_one_entry_a_step_and_model(made: Path) -> None:
    page = html.parse(made / "results/report/index.html")
    names = page.xpath("//p[@class='source-name']/text()")
    jobs = record(made)["jobs"]
    steps = {job["rule"] for job in jobs if "model" not in job["wildcards"]}
    assert len(names) == len(set(names))
    assert set(names) == steps | {"fit did", "fit at_equal_baseline"}


@pytest.mark.parametrize("page", ["report", "public"])
def test_versions_are_said_to_be_those_of_the_report_alone(page: str, made: Path) -> None:
    """No rule is told them, so that files of an earlier run may be older."""
    text = (made / "results" / page / "report.json").read_text(encoding="utf-8")
    assert VERSIONS in text and f"numpy {version('numpy')}" in text
    assert version("numpy") not in (made / "results/provenance.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["did/score/aftr", "flwo", "forest_persn", "diagnostics.json"])
def test_an_unknown_name_gets_the_nearest_right_ones(name: str, made: Path) -> None:
    done = cesp(made, "explain", name)
    (line,) = done.stderr.splitlines()
    near = {"did/score/aftr": "did/score/after", "flwo": "flow", "forest_persn": "forest_person",
            "diagnostics.json": "models/did/diagnostics.json"}  # fmt: skip  # each model has one
    assert done.returncode == 1 and f"'{near[name]}'" in line and "did you mean" in line


def test_results_elsewhere_are_explained_too(study: Path, tmp_path: Path) -> None:
    moved = Path(shutil.move(study / "results", tmp_path / "sent to a reviewer"))
    with inside(tmp_path):
        assert main(["explain", "flow", "--folder", str(moved)]) == 0
        assert main(["explain", str(moved / "tables/flow.csv"), "--folder", str(moved)]) == 0


def test_results_of_an_earlier_version_are_said_so(study: Path) -> None:
    path = study / "results/provenance.json"
    path.write_text("{}", encoding="utf-8")
    done = cesp(study, "explain", "flow")
    assert done.returncode == 1 and "is not as this version of the program writes it" in done.stderr
    path.unlink()
    done = cesp(study, "explain", "flow")
    assert done.returncode == 1 and "provenance.json: there is no such file" in done.stderr


def test_verify_names_what_was_changed_removed_added(study: Path) -> None:
    done = cesp(study, "verify")
    assert done.returncode == 0 and len(done.stdout.splitlines()) == 1
    flow = study / "results/tables/flow.csv"
    flow.write_bytes(flow.read_bytes() + b"\n")
    (study / "results/report/index.html").unlink()
    (study / "results/tables/more.csv").touch()
    done = cesp(study, "verify")
    assert done.returncode == 1 and [line.split(" ")[0] for line in done.stderr.splitlines()] == [
        "results/report/index.html:", "results/tables/flow.csv:", "results/tables/more.csv:",
    ]  # fmt: skip


def test_a_run_with_another_model_is_compared_with_the_first(made: Path, study: Path) -> None:
    """The number differs by exactly what the two tables of estimates say."""
    assert cesp(made, "compare", "results", str(study / "results")).returncode == 0
    told = Study(study)
    told.config["models"]["did"]["covariance"] = "classical"
    told.config["models"]["added"] = {"kind": "ancova", "outcomes": ["score"]}
    told.config["measurement"] = {}
    told.write()
    assert snakemake(ROOT, study).returncode == 0
    out = study.parent / "differences.csv"
    done = cesp(made, "compare", "results", str(study / "results"), "--csv", str(out))
    assert done.returncode == 1
    file = "tables/estimates.csv"
    with out.open(encoding="utf-8", newline="") as stream:
        told_of = {(one["file"], one["row"], one["column"]): one for one in csv.DictReader(stream)}
    one = told_of[file, "did/score/after", "std_error"]
    for side, folder in (("a", made), ("b", study)):
        rows = contracts.rows(folder / "results" / file, Estimates)
        (own,) = [row for row in rows if row["estimate_id"] == "did/score/after"]
        assert float(one[side]) == own["std_error"]
    assert float(one["difference"]) == float(one["b"]) - float(one["a"])
    assert (file, "did/score/after", "estimate") not in told_of
    assert "models/added/estimates.csv: in B alone" in done.stdout
    assert "models/at_equal_baseline/estimates.csv: in A alone" not in done.stdout  # left over
    assert "added/score/after: in B alone" in done.stdout
    done = cesp(study, "verify")
    assert "models/at_equal_baseline/estimates.csv: is there besides" in done.stderr


def test_the_crate_is_whole(made: Path) -> None:
    """It can be read; every file of it is there as it says; every action's parts are in it."""
    crate = ROCrate(made / "results")
    graph = json.loads((made / "results/ro-crate-metadata.json").read_text("utf-8"))["@graph"]
    entities = {entity["@id"]: entity for entity in graph}
    assert len(entities) == len(graph)
    files = [entity for entity in graph if "File" in entity["@type"]]
    for entity in files:
        path = made / "results" / entity["@id"]
        assert sha256(path.read_bytes()).hexdigest() == entity["sha256"], path
    listed = {f"results/{entity['@id']}" for entity in files}
    last = {"results/manifest.csv", "results/ro-crate-metadata.json"}
    assert listed == {path for path in set(results(made)) - last if not path.startswith(PUBLIC)}
    actions = [entity for entity in graph if entity["@type"] == "CreateAction"]
    assert len(actions) == len(record(made)["jobs"]) + 1
    for action in actions:
        for part in ("object", "result", "instrument"):
            parts = action[part] if isinstance(action[part], list) else [action[part]]
            assert all(one["@id"] in entities for one in parts)
    assert crate.mainEntity.id == "workflow/Snakefile"
    assert (made / "results/workflow/Snakefile").read_bytes() == (ROOT / "Snakefile").read_bytes()


def public_record(folder: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((folder / PUBLIC / "provenance.json").read_text("utf-8"))
    return read


def test_the_public_record_is_of_every_file_that_leaves(made: Path) -> None:
    """Each by release or draw_public, with its checksum; of what stays it names files, and tells
    no checksum (of small tables all possible ones could be tried)."""
    jobs = public_record(made)["jobs"]
    own = {path: (job["rule"], sum) for job in jobs for path, sum in job["files"].items()}
    forms = ("index.html", "report.docx", "report.json", "report.pdf")
    after = {"provenance.json", "manifest.csv", "ro-crate-metadata.json", *forms}
    leaving = {path for path in results(made) if path.startswith(PUBLIC)}
    leaving -= {f"{PUBLIC}{name}" for name in after}
    leaving = {path for path in leaving if not path.startswith(f"{PUBLIC}workflow/")}
    assert {path for path in own if path.startswith(PUBLIC)} == leaving
    for path in leaving:
        rule, told = own[path]
        assert rule == ("draw_public" if "/figures/" in path else "release"), path
        assert told == sha256((made / path).read_bytes()).hexdigest()
    told_inside = [job["files"] | job["inputs"] for job in record(made)["jobs"]]
    inside_team = {sum for files in told_inside for sum in files.values()}
    outside = {own[path][1] for path in leaving}  # a table without anything small is the same
    for name in after - {"report.docx", "report.pdf", "manifest.csv"}:
        text = (made / PUBLIC / name).read_text(encoding="utf-8")
        assert not [sum for sum in inside_team - outside if sum in text], name


def test_a_released_table_leads_to_its_release(made: Path) -> None:
    page = html.parse(made / PUBLIC / "index.html")
    ids = {*page.xpath("//@id")}
    leading = page.xpath("//a[starts-with(@href, '#from-')]")
    assert {link.get("href")[1:] for link in leading} <= ids
    (flow,) = page.xpath("//div[@id='flow']//p[@class='file']/a[starts-with(@href, '#from-')]")
    assert flow.get("href") == "#from-release"
    drawn = page.xpath("//figure//a[starts-with(@href, '#from-')]/@href")
    assert drawn and set(drawn) == {"#from-draw_public"}
    told = cesp(made, "explain", "flow", "--folder", PUBLIC.rstrip("/")).stdout.splitlines()
    assert told[0] == "release"
    assert told[-1] == (
        "results/public/tables/flow.csv is the released form of results/tables/flow.csv, of flow"
    )


def test_the_public_crate_holds_what_leaves_and_names_the_rest(made: Path) -> None:
    folder = made / PUBLIC
    assert ROCrate(folder).mainEntity.id == "workflow/Snakefile"
    text = (folder / "ro-crate-metadata.json").read_text(encoding="utf-8")
    graph = {entity["@id"]: entity for entity in json.loads(text)["@graph"]}
    files = [entity for entity in graph.values() if "File" in entity["@type"]]
    for entity in files:
        assert sha256((folder / entity["@id"]).read_bytes()).hexdigest() == entity["sha256"]
    last = {f"{PUBLIC}manifest.csv", f"{PUBLIC}ro-crate-metadata.json"}
    there = {path for path in results(made) if path.startswith(PUBLIC)}
    assert {f"{PUBLIC}{entity['@id']}" for entity in files} == there - last
    inner = graph["#results/tables/flow.csv"]
    assert inner["@type"] == "CreativeWork" and "sha256" not in inner
    assert "#people.csv" in graph and "data/raw" not in text and "SPEC" not in text
    (run,) = [one for one in graph.values() if one["@id"].startswith("#run-release")]
    assert {"@id": "tables/flow.csv"} in run["result"]
    assert {"@id": "#results/tables/flow.csv"} in run["object"]
