"""What others need to take the program up: how to cite it, the catalogue's file, which Pythons."""

import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def citation() -> dict[str, Any]:
    """CITATION.cff as text, as the schema has it: dates and versions are words."""
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    told: dict[str, Any] = yaml.load(text, yaml.BaseLoader)
    return told


def faults(told: dict[str, Any]) -> list[str]:
    """What the schema of the Citation File Format 1.2.0 says of it."""
    schema = json.loads((ROOT / "tests/reference/cff_schema.json").read_text(encoding="utf-8"))
    checker = jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker())
    return [error.message for error in checker.iter_errors(told)]


def test_the_citation_is_valid_by_the_format_s_own_schema() -> None:
    assert faults(citation()) == []


@pytest.mark.parametrize(
    "wrong",
    [{"date-released": "25.11.2026"}, {"license": "mit"}, {"authors": []}, {"titel": "x"},
     {"type": "program"}, {"cff-version": "2"}],
)  # fmt: skip
def test_the_schema_finds_mistakes(wrong: dict[str, Any]) -> None:
    assert faults(citation() | wrong)


def test_the_citation_is_of_this_program() -> None:
    told = citation()
    assert told["version"] == PROJECT["version"] and told["license"] == PROJECT["license"]
    assert told["title"].startswith(PROJECT["name"]) and told["type"] == "software"


def test_the_workflow_catalogue_finds_what_it_looks_for() -> None:
    """Its generic workflows: https://github.com/snakemake/snakemake-workflow-catalog, its page
    'Adding workflows'; and a settings file whose words are those that it reads."""
    assert {"snakemake", "workflow"} <= set(re.findall(r"[a-z]+", README.lower()))
    assert (ROOT / "Snakefile").is_file() and list((ROOT / "rules").glob("*.smk"))
    # a folder of that name would hide the Snakefile at the top from it
    assert not (ROOT / "workflow").exists()
    text = (ROOT / ".snakemake-workflow-catalog.yml").read_text(encoding="utf-8")
    usage = yaml.safe_load(text)["usage"]
    assert set(usage) == {"mandatory-flags", "software-stack-deployment", "report"}
    assert set(usage["mandatory-flags"]) == {"desc", "flags"}
    # no rule names an environment or a container, and none a file for Snakemake's own report
    rules = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "rules").glob("*.smk"))
    assert not re.search(r"^ +(conda|container):|\breport\(", rules, re.MULTILINE)
    assert not any([*usage["software-stack-deployment"].values(), usage["report"]])


def test_the_range_of_pythons_is_one_wherever_it_is_named() -> None:
    """Where it begins, mypy checks; the first that it excludes, the Makefile refuses as well."""
    low, beyond = map(int, re.findall(r"3\.(\d+)", PROJECT["requires-python"]))
    assert PROJECT["requires-python"] == f">=3.{low},<3.{beyond}"
    assert low <= sys.version_info.minor < beyond
    said = f"Python 3.{low} to 3.{beyond - 1}"
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert f"(3, {low}) <= sys.version_info < (3, {beyond})" in makefile and said in makefile
    assert said in README and said in (ROOT / "docs/howto/install.md").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["tool"]["mypy"]["python_version"] == f"3.{low}"
