"""Make the study of many places: data/raw and config.yaml, from the root study's.

    python examples/many_places/make.py                              # 200 places, 100,000 people
    python examples/many_places/make.py --people 2000 --sites 20     # a small one

The root study's files say what a study is; simulation.yaml and changes.yaml say what is other here.
"""

import argparse
import re
from pathlib import Path
from typing import Any

import yaml

from cesp_analysis.declared.strict_yaml import read_yaml
from cesp_analysis.simulate.grow import merged
from cesp_analysis.simulate.spec import Simulation, read_simulation
from cesp_analysis.simulate.study import simulate_study

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
OLD = ("Trafford", "Wexmoor")


class Plain(yaml.SafeDumper):
    """Without anchors: every value stands where it holds."""

    def ignore_aliases(self, data: object) -> bool:
        """Never an alias."""
        return True


def sites_of(spec: Simulation) -> dict[str, dict[str, str]]:
    """The section `sites`; a place that begins with the first follow-up needs no `started`."""
    first, ids = spec.times[1].name, spec.survey.population.words
    return {
        ids[site.name]: {
            "label": site.name,
            "arm": site.arm,
            **({"started": site.started} if site.started not in ("", first) else {}),
        }
        for site in spec.sites
    }


def renamed(value: Any, words: dict[str, str], first: dict[str, str]) -> Any:
    """The study file with the new sites: `words` where files name both, `first` for one of them."""
    if isinstance(value, dict):
        if set(OLD) <= set(value):
            rest = {name: part for name, part in value.items() if name not in OLD}
            return words | rest
        return {name: renamed(part, words, first) for name, part in value.items()}
    if isinstance(value, list):
        return [renamed(part, words, first) for part in value]
    return first.get(value, value) if isinstance(value, str) else value


def by_site(models: dict[str, Any]) -> dict[str, Any]:
    """Models whose errors are clustered by neighbourhood: by site, which has the intervention."""
    return {
        name: {**model, "cluster": "site"} if model.get("cluster") == "neighbourhood" else model
        for name, model in models.items()
    }


def raters(spec: Simulation) -> list[str]:
    """The codes of all who rate fidelity."""
    rule, workers = spec.fidelity, sum(len(site.link_workers) for site in spec.sites)
    others = [name for source in rule.sources.values() for name in source.raters]
    coded = [f"{rule.worker_code}{number + 1}" for number in range(workers)]
    return [rule.own_rating, *coded, *others]


def first_of_each(spec: Simulation) -> dict[str, str]:
    """The root study's sites → the first one here that is like each."""
    words = spec.survey.population.words
    arms = {site.arm: words[site.name] for site in reversed(spec.sites)}
    return {"trafford": arms["intervention"], "wexmoor": arms["control"]}


def study_file(spec: Simulation) -> dict[str, Any]:
    """config.yaml: the root study's with changes.yaml, its sites those of the simulation."""
    words = {site.name: spec.survey.population.words[site.name] for site in spec.sites}
    first = first_of_each(spec)
    whole = merged(read_yaml(ROOT / "config.yaml"), read_yaml(HERE / "changes.yaml"))
    whole = renamed(whole, words, first)
    whole["files"]["fidelity_ratings"]["variables"]["rater"]["values"] = raters(spec)
    return {**whole, "sites": sites_of(spec), "models": by_site(whole["models"])}


def main() -> None:
    """Write both."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--people", type=int, default=0, help="by default as simulation.yaml says")
    ask.add_argument("--sites", type=int, default=0, help="by default as simulation.yaml says")
    ask.add_argument("--out", type=Path, default=HERE, help="the study's folder")
    asked = ask.parse_args()
    spec = read_simulation(HERE / "simulation.yaml", asked.people, asked.sites)
    simulate_study(spec, asked.out / "data")
    text = yaml.dump(study_file(spec), Dumper=Plain, sort_keys=False, allow_unicode=True, width=96)
    (asked.out / "config.yaml").write_text(f"# Written by {Path(__file__).name}.\n{text}", "utf-8")
    for name in ("unit_costs.csv", "context_events.csv", "inferences.csv"):
        text = (ROOT / "data" / name).read_text("utf-8")
        for old, new in first_of_each(spec).items():
            text = re.sub(rf"\b{old}\b", new, text)
        (asked.out / "data" / name).write_text(text, "utf-8")
    print(f"{asked.out}: {len(spec.sites)} sites, {sum(s.recruited for s in spec.sites)} people")


if __name__ == "__main__":
    main()
