"""Make the study of three perspectives: data/raw and config.yaml, from the root study's.

    python examples/society/make.py

simulation.yaml and changes.yaml say what is other here than in the root study.
"""

import argparse
import hashlib
from pathlib import Path
from typing import Any

import yaml

from cesp_analysis.declared.strict_yaml import read_yaml
from cesp_analysis.simulate.grow import merged
from cesp_analysis.simulate.spec import Simulation
from cesp_analysis.simulate.study import clean_files
from cesp_analysis.simulate.writers import csv_bytes

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SECTIONS = ("format", "study", "arms", "sites", "time_unit", "times", "visits", "events")
FORM = "outcomes"
FILES = (
    "people", "outcomes_baseline", "outcomes_6m", "outcomes_12m", "service_use",
    "link_worker_contacts",
)  # fmt: skip
COVARIATES = ("age", "sex", "lives_alone")
OUTCOMES = ("wellbeing", "loneliness", "life_satisfaction", "depression")
MODELS = ("did_change",)
MORE_PRICES = """\
day_of_work,Day off work,day,2023/24,140,,set for the example,yes,human capital
hour_of_volunteer,Hour of a volunteer,hour,2023/24,12,,set for the example,yes,replacement
"""


class Plain(yaml.SafeDumper):
    """Without anchors: every value stands where it holds."""

    def ignore_aliases(self, data: object) -> bool:
        """Never an alias."""
        return True


def study_file() -> dict[str, Any]:
    """config.yaml: what the root study says of people and their costs, with changes.yaml."""
    root = read_yaml(ROOT / "config.yaml")
    own = {name: root[name] for name in SECTIONS}
    own["forms"] = {FORM: root["forms"][FORM]}
    for section, names in (
        ("files", FILES), ("covariates", COVARIATES), ("outcomes", OUTCOMES), ("models", MODELS)
    ):  # fmt: skip
        own[section] = {name: root[section][name] for name in names}
    for model in own["models"].values():
        model["outcomes"] = list(OUTCOMES)
    own["economics"] = root["economics"]
    whole: dict[str, Any] = merged(own, read_yaml(HERE / "changes.yaml"))
    return whole


def said() -> dict[str, Any]:
    """The root study's simulation, with what is other here."""
    root = read_yaml(ROOT / "data/simulation.yaml")
    whole: dict[str, Any] = merged(root, read_yaml(HERE / "simulation.yaml"))
    return whole


def raw_files(paths: list[str]) -> dict[str, bytes]:
    """File → content, of those that the study names, as the truth has them: no planted faults."""
    made = clean_files(Simulation.model_validate(said()))
    wanted = {Path(path).name for path in paths}
    named = {Path(name).with_suffix(".csv").name: table for name, table in made.items()}
    return {name: csv_bytes(table) for name, table in named.items() if name in wanted}


def main() -> None:
    """Write both."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--out", type=Path, default=HERE, help="the study's folder")
    out = ask.parse_args().out
    study = study_file()
    raw = out / "data/raw"
    raw.mkdir(parents=True, exist_ok=True)
    rows = said()["sources"]
    files = raw_files([file["path"] for file in study["files"].values()])
    sources = {
        name: {
            "supplier": "examples/society/make.py",
            "received": "2026-11-29",
            "row": rows[name if name in rows else f"{Path(name).stem}.sav"]["row"],
            "licence": "CC0-1.0",
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        for name, content in files.items()
    }
    for name, content in files.items():
        (raw / name).write_bytes(content)
    text = yaml.dump({"files": sources}, sort_keys=False)
    (raw / "SOURCES.yaml").write_text(text, "utf-8")
    prices = (ROOT / "data/unit_costs.csv").read_text("utf-8")
    (out / "data/unit_costs.csv").write_text(prices + MORE_PRICES, "utf-8")
    text = yaml.dump(study, Dumper=Plain, sort_keys=False, allow_unicode=True, width=96)
    (out / "config.yaml").write_text(f"# Written by {Path(__file__).name}.\n{text}", "utf-8")
    print(f"{out}: config.yaml and {len(files)} raw files")


if __name__ == "__main__":
    main()
