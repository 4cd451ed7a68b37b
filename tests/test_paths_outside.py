"""A path that leaves the study's folder is refused, and what lies there is not shown."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cesp_analysis.errors import CespError
from cesp_analysis.pipeline import opened
from interviewed_study import interviewed
from small_study import inside

Told = dict[str, Any]
SECRET = "root:x:0:0:secret"


def joined(name: str) -> Callable[[Told, str], None]:
    return lambda told, path: told["integration"].update({name: path})


def coded(name: str) -> Callable[[Told, str], None]:
    return lambda told, path: told["interviews"].update({name: {"path": path}})


def of_file(name: str) -> Callable[[Told, str], None]:
    return lambda told, path: told["interviews"]["files"]["one"].update({name: path})


SETTINGS: dict[str, Callable[[Told, str], None]] = {
    **{f"integration.{name}": joined(name) for name in ("inferences", "context")},
    **{f"interviews.{name}.path": coded(name) for name in ("people", "codebook")},
    **{f"interviews.files.one.{name}": of_file(name) for name in ("path", "previous")},
    "few_sites.prior": lambda told, path: told.setdefault("few_sites", {}).update(prior=path),
    "published.path": lambda told, path: told.update(published={"path": path}),
}


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("link", [False, True], ids=["path", "link"])
def test_what_lies_outside_is_not_shown(tmp_path: Path, setting: str, link: bool) -> None:
    """By a path that climbs, and by a link in its place."""
    study = interviewed(tmp_path / "study")
    outside = tmp_path / "passwd.csv"
    outside.write_text(f"{SECRET}\n", encoding="utf-8")
    path = "data/raw/passwd.csv" if link else "../passwd.csv"
    SETTINGS[setting](study.config, path)
    study.write()
    if link:
        (tmp_path / "study/data/raw/passwd.csv").symlink_to(outside)
    with inside(tmp_path / "study"), pytest.raises(CespError) as error:
        opened(".")
    said = "\n".join(error.value.problems)
    assert "out of the study's folder" in said if link else f"{setting}: '{path}' leaves" in said
    assert "secret" not in said and "x:0:0" not in said, said
