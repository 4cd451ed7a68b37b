"""The settings that docs/howto/feasibility.md shows may be written so into the root study."""

from pathlib import Path
from typing import Any

import yaml

from cesp_analysis.declared.strict_yaml import read_yaml
from cesp_analysis.study.read import merged, read_study

ROOT = Path(__file__).resolve().parents[2]


def shown() -> list[dict[str, Any]]:
    """The page's blocks of YAML."""
    text = (ROOT / "docs/howto/feasibility.md").read_text(encoding="utf-8")
    return [yaml.safe_load(part.split("```")[0]) for part in text.split("```yaml\n")[1:]]


def test_the_page_s_settings_may_be_declared(tmp_path: Path) -> None:
    parts = shown()
    assert len(parts) == 3
    told = read_yaml(ROOT / "config.yaml", "config.yaml")
    for part in parts:
        told = merged(told, part)
    text = yaml.safe_dump(told, sort_keys=False)
    (tmp_path / "config.yaml").write_text(text, encoding="utf-8")
    own = read_study(tmp_path).feasibility
    assert own is not None and {"still_there", "how_asked", "harm"} <= set(own.rates)
    assert own.progression["spill"].better == "lower"
