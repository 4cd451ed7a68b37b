"""The documents: links lead somewhere, commands exist, examples run, words are the glossary's."""

import re
import runpy
import types
from pathlib import Path

import numpy as np
import pytest
import yaml

from cesp_analysis.cli import STEPS
from cesp_analysis.instruments.score import broken_example
from cesp_analysis.instruments.types import read_instrument
from cesp_analysis.study.schema import schema_of_study

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\(([^)#\s]+)\)")
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)


def blocks(page: str, language: str) -> list[str]:
    """The code blocks of a page in one language."""
    text = (ROOT / "docs" / "howto" / page).read_text(encoding="utf-8")
    return [code for kind, code in BLOCK.findall(text) if kind == language]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    links = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    missing = [link for link in links if not (page.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"\bcesp ([a-z][a-z-]*)\b", text))
    assert named <= set(STEPS)


def test_the_instrument_of_the_howto_scores_its_example(tmp_path: Path) -> None:
    path = tmp_path / "good_days.yaml"
    path.write_text(blocks("add_an_instrument.md", "yaml")[1], encoding="utf-8")
    assert list(broken_example(read_instrument(path))) == []


def test_the_model_kind_of_the_howto_fits() -> None:
    from models.test_kinds import model, panel_of

    module = types.ModuleType("last_time")
    exec(blocks("add_a_model_kind.md", "python")[0], vars(module))
    spec = model(kind="did", design="change").model_dump()
    wanted = {"outcomes", "study", "label", "level"}
    own = module.LastTime(kind="last_time", **{k: spec[k] for k in wanted})
    panel = panel_of()
    (row,) = own.fit(panel).estimates
    last = panel[panel["time"] == "t1"]
    means = last.groupby("arm", observed=True)["value"].mean()
    assert row.estimate == pytest.approx(means["intervention"] - means["control"], rel=1e-11)
    assert row.warnings and row.n_units == 40


def test_the_models_of_the_howto_are_valid() -> None:
    from cesp_analysis.models.kinds import class_of

    entries = yaml.safe_load(blocks("add_a_model.md", "yaml")[0])["models"]
    for entry in entries.values():
        assert class_of(entry["kind"]).model_validate(entry).outcomes


def test_glossary_words_are_kept() -> None:
    forbidden = re.compile(r"\b(treatment group|timepoint|time point|scale_id)s?\b", re.IGNORECASE)
    sources = [*(ROOT / "src").rglob("*.py"), *(ROOT / "rules").glob("*.smk"), ROOT / "Snakefile"]
    found = [path.name for path in sources if forbidden.search(path.read_text(encoding="utf-8"))]
    assert found == []


def test_the_schema_is_the_types() -> None:
    import json

    written = json.loads((ROOT / "docs" / "schema.json").read_text(encoding="utf-8"))
    assert written == json.loads(json.dumps(schema_of_study()))


def test_citation_and_version_agree() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'version = "{citation["version"]}"' in project


def test_the_notebook_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:  # type: ignore[no-untyped-def]
    """On a panel made for Beat the Blues' study file."""
    import shutil

    from cesp_analysis import contracts
    from cesp_analysis.schemas import Panel
    from models.test_kinds import panel_of

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
