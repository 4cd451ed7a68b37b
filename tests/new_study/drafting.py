"""Making drafts in tests, and holding each to the reader and to the JSON schema of editors."""

from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from cesp_analysis.cli import main
from cesp_analysis.declared.strict_yaml import read_yaml
from cesp_analysis.study.read import checked
from cesp_analysis.study.schema import schema_of_study
from cesp_analysis.study.study import Study


def drafted(folder: Path, *files: Path) -> Study:
    """The draft made of the files; it is valid, for a run and for an editor."""
    assert main(["new-study", str(folder), *map(str, files)]) == 0
    study, problems = checked(folder)
    assert problems == [] and study is not None and study.study.draft
    data = read_yaml(folder / "config.yaml")
    faults = [error.message for error in Draft202012Validator(schema_of_study()).iter_errors(data)]
    assert faults == []
    return study


def written(folder: Path, **files: str | bytes) -> list[Path]:
    """Raw files: name_ending=content → name.ending."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, content in files.items():
        path = folder / ".".join(name.rsplit("_", 1))
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        paths.append(path)
    return paths


def text_of(folder: Path) -> str:
    """The draft as text, its comments unwrapped."""
    lines = (folder / "config.yaml").read_text(encoding="utf-8").splitlines()
    joined: list[str] = []
    for line in lines:
        bare = line.strip()
        if bare.startswith("#  ") and joined:
            joined[-1] += " " + bare[1:].strip()
        elif (
            bare.startswith("# ") and joined and joined[-1].startswith("#") and bare[2:3].islower()
        ):
            joined[-1] += " " + bare[2:]
        else:
            joined.append(bare)
    return "\n".join(joined)


def part(folder: Path, name: str) -> dict[str, Any]:
    """One entry of the draft's files, as data."""
    return dict(read_yaml(folder / "config.yaml")["files"][name])
