"""config.yaml → Study, or every mistake in it at once, each with place, fact, nearest word."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cesp_analysis.errors import CespError
from cesp_analysis.study.references import broken_references
from cesp_analysis.study.rules import broken_rules
from cesp_analysis.study.strict_yaml import read_yaml
from cesp_analysis.study.study import Study
from cesp_analysis.study.words import in_words


def read_study(folder: str | Path = ".", overrides: Mapping[str, Any] | None = None) -> Study:
    """Read and check the study in `folder`; `overrides` are merged over config.yaml.

    Raises CespError with one line for each mistake.
    """
    path = Path(folder) / "config.yaml"
    data = merged(read_yaml(path, "config.yaml"), overrides or {})
    problems = list(_problems(data))
    if problems:
        raise CespError(problems)
    return Study.model_validate(data).resolved()


def merged(base: dict[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """`overrides` laid over `base`, section by section; neither is changed."""
    result = dict(base)
    for key, value in overrides.items():
        old = result.get(key)
        nested = isinstance(value, Mapping) and isinstance(old, dict)
        result[key] = merged(old, value) if nested else value  # type: ignore[arg-type]
    return result


def _problems(data: dict[str, Any]) -> Iterator[str]:
    study = None
    try:
        study = Study.model_validate(data)
    except ValidationError as error:
        yield from (f"config.yaml: {line}" for line in in_words(error, data))
    broken = list(broken_references(data))
    yield from (f"config.yaml: {line}" for line in broken)
    if study is not None and not broken:
        yield from (f"config.yaml: {line}" for line in broken_rules(study))
