"""The documents: links lead somewhere, commands exist, examples run, words are the glossary's."""

import inspect
import json
import re
import runpy
import shlex
import shutil
import sys
import types
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
import yaml

import words as sentences
from cesp_analysis import contracts
from cesp_analysis.declared.files import Form
from cesp_analysis.declared.instruments import StateColumn
from cesp_analysis.declared.strict_yaml import read_yaml
from cesp_analysis.declared.wording import Wording
from cesp_analysis.instruments.score import broken_example
from cesp_analysis.instruments.types import read_instrument
from cesp_analysis.intake.corrections import read_corrections
from cesp_analysis.models.kinds import KINDS, class_of
from cesp_analysis.models.two_sites import SAMPLING_ONLY
from cesp_analysis.report.blocks import Heading, Paragraph
from cesp_analysis.report.results import Results
from cesp_analysis.report.wording_spec import wording_spec
from cesp_analysis.report.write import SECTIONS, Section, section
from cesp_analysis.schemas import Estimates, Panel
from cesp_analysis.steps import STEPS
from cesp_analysis.study.read import merged, read_study
from cesp_analysis.study.schema import schema_of_study
from cesp_analysis.study.study import Study as Declared
from designs import CASES, study_of
from small_panel import model, panel_of
from small_study import Study

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    *sorted(DOCS.rglob("*.md")),
    *sorted(ROOT.glob("examples/*/README.md")),
]
LINK = re.compile(r"\]\(([^)#\s]+)\)")
BLOCK = re.compile(r"```(\w*)\n(.*?)```", re.DOTALL)

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def blocks(page: Path, language: str) -> list[str]:
    """The code blocks of a page in one language ('' for commands)."""
    text = page.read_text(encoding="utf-8")
    return [code for kind, code in BLOCK.findall(text) if kind == language]


@cache
def root_study() -> Declared:
    """The study of this folder, read once for all pages."""
    return read_study(ROOT)


def howto(page: str, language: str) -> list[str]:
    """The code blocks of a how-to page."""
    return blocks(DOCS / "howto" / page, language)


def commands(page: Path) -> Iterator[list[str]]:
    """The commands that a page's blocks show, as words."""
    for block in blocks(page, ""):
        for line in block.splitlines():
            if line.startswith(("cesp ", "make ", "snakemake ")):
                yield shlex.split(line, comments=True)


@every_page
def test_links_lead_somewhere(page: Path) -> None:
    links = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    missing = [link for link in links if not (page.parent / link).exists()]
    assert missing == []


@every_page
def test_steps_exist(page: Path) -> None:
    named = set(re.findall(r"\bcesp ([a-z][a-z-]*)\b", page.read_text(encoding="utf-8")))
    assert named <= set(STEPS)


@every_page
def test_commands_can_be_typed(page: Path) -> None:
    """Options are the step's, targets the Makefile's, studies and models those of this folder."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    study = root_study()
    for program, *words in commands(page):
        if program == "cesp":
            module, name = STEPS[words[0]].split(":")
            known = inspect.signature(getattr(import_module(module), name)).parameters
            options = [word for word in words[1:] if word.startswith("--")]
            if words[0] == "run":  # what follows the folder is Snakemake's
                options = []
            assert {option[2:].replace("-", "_") for option in options} <= set(known), words
        elif program == "make":
            assert re.search(rf"^{words[0]}:", makefile, re.MULTILINE), words
        else:
            folders = [words[i + 1] for i, word in enumerate(words) if word == "--directory"]
            folders = [folder for folder in folders if not folder.startswith("../")]  # a reader's
            there = ("config.yaml", "make.py")  # the second writes the first
            assert all(any((ROOT / f / one).is_file() for one in there) for f in folders), words
            models = re.findall(r"results/models/(\w+)/", " ".join(words))
            assert set(models) <= set(study.models), words


@every_page
def test_nothing_belongs_to_one_machine(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"(?<![\w.~])/(home|work|tmp|usr|root|opt|Users)/|pypi", text)


def test_the_picture_of_the_report() -> None:
    assert "(docs/report.png)" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert (DOCS / "report.png").stat().st_size < 300_000


def with_entries(entries: str, folder: Path) -> Path:
    """A folder that holds the root study's config.yaml with entries added."""
    config = merged(read_yaml(ROOT / "config.yaml"), yaml.safe_load(entries))
    (folder / "config.yaml").write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", DOCS / "howto" / "add_an_outcome.md"], ids=lambda page: page.name
)
def test_the_outcome_of_the_page_may_be_added(page: Path, tmp_path: Path) -> None:
    entries = blocks(page, "yaml")[0]
    (name,) = yaml.safe_load(entries)["outcomes"]
    assert name in read_study(with_entries(entries, tmp_path)).outcomes


def test_the_derived_variables_of_the_howto_may_be_added(tmp_path: Path) -> None:
    entries = howto("add_an_outcome.md", "yaml")[1]
    (file,) = yaml.safe_load(entries)["files"]
    assert "hours_or_none" in read_study(with_entries(entries, tmp_path)).files[file].derived


@pytest.mark.parametrize("entries", howto("value_sets.md", "yaml")[:2])
def test_the_value_sets_of_the_howto_may_be_declared(entries: str, tmp_path: Path) -> None:
    (name,) = yaml.safe_load(entries)["outcomes"]
    assert name in read_study(with_entries(entries, tmp_path)).outcomes


def test_the_states_and_the_index_of_the_howto_are_read() -> None:
    file, index = (yaml.safe_load(block) for block in howto("value_sets.md", "yaml")[2:])
    form = Form.model_validate(file["files"]["eq5d"])
    assert form.instruments["eq5d_3l"] == StateColumn(state="eq5d_state", columns={"vas": "eq_vas"})
    shipped = next(s for s in read_instrument("eq5d_3l").scores if s.code == "uk_1997")
    told = shipped.model_dump(include={"method", "start", "any_at"})
    assert {key: index[key] for key in told} == told
    assert index["level_values"]["mobility"] == shipped.level_values["mobility"]


@pytest.mark.parametrize("entries", howto("read_an_export.md", "yaml"))
def test_the_files_of_the_howto_may_be_declared(entries: str, tmp_path: Path) -> None:
    data = yaml.safe_load(entries)
    if "corrections" in data:
        path = tmp_path / "CORRECTIONS.yaml"
        path.write_text(entries, encoding="utf-8")
        assert read_corrections(path)[1].column == "age_at_referral"
        return
    study = read_study(with_entries(entries, tmp_path))
    assert set(data["files"]) <= set(study.files)


@pytest.mark.parametrize("entries", howto("plan_the_analysis.md", "yaml"))
def test_the_plan_of_the_howto_may_be_declared(entries: str, tmp_path: Path) -> None:
    assert "primary" in read_study(with_entries(entries, tmp_path)).analysis_plan.families


@pytest.mark.parametrize("entries", howto("people_and_time.md", "yaml"))
def test_windows_events_and_ids_of_the_howto_may_be_declared(entries: str, tmp_path: Path) -> None:
    data = yaml.safe_load(entries)
    set_aside = {"intercurrent_events": {"withdrew": {"strategy": "while_on_treatment"}}}
    aims = dict.fromkeys(root_study().estimands, set_aside) if "events" in data else {}
    study = read_study(with_entries(entries, tmp_path), {"estimands": aims})
    assert set(data.get("files", {})) <= set(study.files)
    assert set(data.get("events", {})) <= set(study.events)
    assert data.get("visits", {}).items() <= study.visits.model_dump().items()


def test_the_measurement_of_the_howto_may_be_declared(tmp_path: Path) -> None:
    """In the root study, whose outcomes it names."""
    declared, file = (yaml.safe_load(block) for block in howto("measurability.md", "yaml"))
    declared["measurement"]["retest"]["variables"] = {"health_today": "eq_vas"}
    declared["measurement"]["candidates"] = ["wellbeing", "loneliness", "health_today"]
    declared["measurement"]["retest"]["file"] = "again"
    told = merged(read_yaml(ROOT / "config.yaml"), {})
    told["measurement"] = declared["measurement"]
    told["files"] = told["files"] | {"again": file["files"]["retest"]}
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(told, sort_keys=False), encoding="utf-8")
    assert read_study(tmp_path).measurement is not None


def test_the_imputation_of_the_howto_may_be_declared(tmp_path: Path) -> None:
    """In the root study: a model, the section, an estimand with other strategies."""
    told = merged(read_yaml(ROOT / "config.yaml"), {})
    for block in howto("missing_data.md", "yaml"):
        told = merged(told, yaml.safe_load(block))
    told["models"]["did_imputed"]["estimand"] = ["wellbeing_or_death", "loneliness_change"]
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(told, sort_keys=False), encoding="utf-8")
    study = read_study(tmp_path)
    handlings = study.models["did_imputed"].context.handlings
    assert handlings["wellbeing"].name == "withdrew_hypothetical_died_composite_7"
    assert handlings["loneliness"].name == "while_alive"


def test_the_models_of_the_howto_may_be_added(tmp_path: Path) -> None:
    entries = howto("add_a_model.md", "yaml")[0]
    study = read_study(with_entries(entries, tmp_path))
    for name in yaml.safe_load(entries)["models"]:
        assert study.models[name].context.model == name


def test_the_staggered_start_of_the_howto_may_be_declared(tmp_path: Path) -> None:
    study = study_of(CASES["many_staggered"], tmp_path)
    sites, models = (yaml.safe_load(block) for block in howto("staggered_start.md", "yaml"))
    own = {f"{arm}{n}": site for n, site in enumerate(sites["sites"].values())
           for arm in ["aston" if site["arm"] == "intervention" else "barton"]}  # fmt: skip
    study.config["sites"] |= own
    study.config["models"] = models["models"]
    assert study.lines() == []
    told = (DOCS / "howto" / "staggered_start.md").read_text(encoding="utf-8")
    made = read_study(study.folder).models["roll_out"].estimate_tails()
    for tail in re.findall(r"`roll_out/score/([a-z0-9_]+)`", told):
        assert tail in made
    assert "before_12" in made and "`…/before_12`" in told


def test_the_instrument_of_the_howto_scores_its_example_and_a_study(study: Study) -> None:
    entries, text = howto("add_an_instrument.md", "yaml")
    added = yaml.safe_load(entries)
    own = study.folder / added["instruments"]["good_days"]["path"]
    own.write_text(text, encoding="utf-8")
    assert list(broken_example(read_instrument(own))) == []

    study.config |= {"instruments": added["instruments"], "forms": added["forms"]}
    study.config["files"]["after"]["form"] = "outcomes"
    head, *lines = str(study.files["after.csv"]).splitlines()
    study.files["after.csv"] = "\n".join([head + ",gd_1,gd_2", *(f"{r},3,1" for r in lines)])
    study.config["outcomes"]["good_days"] = {
        "label": "Good days",
        "score": "good_days.total",
        "unit": "points",
        "direction": "higher_is_better",
        "times": ["after"],
    }
    ran = study.run("panel")
    assert ran.status == 0, ran.shown
    panel = ran.panel()
    values = panel.loc[(panel["outcome"] == "good_days") & (panel["time"] == "after"), "value"]
    assert (values == 6).all() and len(values) == 12


def test_the_model_kind_of_the_howto_fits(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (code,) = (code for code in howto("add_a_model_kind.md", "python") if "class" in code)
    module = types.ModuleType("cesp_analysis.models.last_time")
    exec(code, vars(module))
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(KINDS, "last_time", f"{module.__name__}:LastTime")
    (entry,) = yaml.safe_load(howto("add_a_model_kind.md", "yaml")[0])["models"].values()
    assert class_of(entry["kind"]).model_validate(entry).outcomes == ("wellbeing",)

    panel = panel_of()
    (row,) = model(kind="last_time").fit(panel).estimates
    last = panel[panel["time"] == "t1"]
    means = last.groupby("arm", observed=True)["value"].mean()
    assert row.estimate == pytest.approx(means["intervention"] - means["control"], rel=1e-11)
    assert row.warnings == (SAMPLING_ONLY,) and row.n_units == 40
    assert (row.estimand, row.contrast) == ("difference in means", "New − Usual, at time 1")
    table = model(kind="last_time").fit(panel).table()
    contracts.write(table, tmp_path / "estimates.csv", Estimates)
    assert list(table["estimate_id"]) == ["m/y/t1"]

    (none,) = model(kind="last_time").fit(panel[panel["arm"] == "control"]).estimates
    assert none.status == "not_estimable" and none.reason

    for time, status in (("t0", "estimated"), ("t1", "not_estimable")):  # one control then
        others = (panel["arm"] == "control") & (panel["time"] == time)
        left = panel[~(others & (panel["unit"] != panel["unit"][others].iloc[0]))]
        (one,) = model(kind="last_time").fit(left).estimates
        assert one.status == status and one.estimate == (row.estimate if time == "t0" else None)


def test_the_section_of_the_howto_yields_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Study(tmp_path).write()
    words = Wording.model_validate_json(wording_spec(read_study(tmp_path)))
    alone = words.model_copy(update={"models": {}, "covariates": {}})
    results = Results(alone, tmp_path, tmp_path)
    (entry,) = re.findall(
        r'`"funding": (Section\(.*\))`',
        (DOCS / "howto" / "add_a_report_section.md").read_text(encoding="utf-8"),
    )
    monkeypatch.setitem(SECTIONS, "funding", eval(entry, {"Section": Section}))
    module = types.ModuleType("cesp_analysis.report.sections.funding")
    exec(howto("add_a_report_section.md", "python")[0], vars(module))
    monkeypatch.setitem(sys.modules, module.__name__, module)
    heading, paragraph = section("funding", results)
    assert isinstance(heading, Heading) and isinstance(paragraph, Paragraph)


def test_words_that_the_glossary_excludes_are_not_used() -> None:
    glossary = (DOCS / "glossary.md").read_text(encoding="utf-8")
    excluded = [word.strip() for words in re.findall(r"\(not: ([^)]+)\)", glossary)
                for word in words.split(",")]  # fmt: skip
    assert {"area", "treatment group", "timepoint", "scale_id"} <= set(excluded)
    pattern = re.compile(rf"\b({'|'.join(excluded)})s?\b", re.IGNORECASE)
    endings = {".py", ".smk", ".yaml", ".j2", ".css"}
    folders = (ROOT / "src", ROOT / "rules")
    paths = [p for folder in folders for p in folder.rglob("*") if p.suffix in endings]
    found = [
        f"{path.name}: {match.group()}"
        for path in [*paths, ROOT / "Snakefile", ROOT / "config.yaml"]
        for match in pattern.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == [] and len(paths) > 50


def test_the_page_on_one_site_quotes_the_software() -> None:
    page = (DOCS / "one_site.md").read_text(encoding="utf-8")
    assert SAMPLING_ONLY in " ".join(page.split())


def test_the_schema_is_the_types() -> None:
    written = json.loads((DOCS / "schema.json").read_text(encoding="utf-8"))
    assert written == json.loads(json.dumps(schema_of_study()))


def test_the_notebook_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a panel made for Beat the Blues' study file."""
    shutil.copy(ROOT / "examples" / "beat_the_blues" / "config.yaml", tmp_path)
    panel = panel_of(sites=False).drop(columns="age")
    panel["outcome"] = panel["outcome"].cat.rename_categories({"y": "bdi"})
    panel["time"] = panel["time"].cat.rename_categories({"t0": "baseline", "t1": "2m"})
    panel = panel.assign(bdi_baseline=1.0 + np.arange(len(panel)) % 7, drug=0.0, length=0.0)
    panel["drug"] = np.arange(len(panel)) // 4 % 2 * 1.0
    panel["length"] = np.arange(len(panel)) // 8 % 2 * 1.0
    contracts.write(panel, tmp_path / "data" / "processed" / "panel.parquet", Panel)
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(ROOT / "notebooks" / "look_at_one_model.py"))
    assert "random_intercept_ml/bdi" in capsys.readouterr().out


def test_each_model_kind_has_a_section_under_the_name_that_config_writes() -> None:
    page = (DOCS / "study_file.md").read_text(encoding="utf-8")
    named = re.findall(r"^## `models\.NAME \(kind: (\w+)\)`$", page, re.MULTILINE)
    assert sorted(named) == sorted(KINDS)


def test_the_checklists_that_a_page_fills_are_items_that_there_are(tmp_path: Path) -> None:
    (entries,) = howto("checklists.md", "yaml")
    study = read_study(with_entries(entries, tmp_path))
    assert study.checklists["CONSORT"]["25"].startswith("Funded by")


@pytest.mark.parametrize("name", sentences.PAGES)
def test_the_pages_of_all_sentences_are_those_of_the_source(name: str) -> None:
    """After a change of a sentence: python tests/words.py."""
    page = (ROOT / "docs" / "words" / f"{name}.md").read_text(encoding="utf-8")
    assert page == sentences.page(name)
    assert page.count("\n- ") > 900
