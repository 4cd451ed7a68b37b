"""What an analysis plan in canonical form holds: its fingerprint, what decides on an estimate."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any

from cesp_analysis.analysis_plan.imputation import MISSING, in_equations
from cesp_analysis.declared.analysis_sets import WITHOUT
from cesp_analysis.declared.derived import Derived, sources_of
from cesp_analysis.declared.expressions import names_in

Plan = dict[str, dict[str, Any]]
"""Section → entry → settings; of `design` and `analysis_plan` the entry is the setting's name."""

NETWORK = "network"
"""What stands before the point of a score read from the ties that respondents named."""


def fingerprint(plan: Any) -> str:
    """sha256 of a canonical form."""
    text = json.dumps(plan, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def content_of(plan: Plan, model: str, outcome: str) -> str | None:
    """All that decides on a model's estimates of one outcome, as text; None: the plan has neither
    or not both."""
    entry = plan.get("models", {}).get(model)
    if entry is None or outcome not in entry["outcomes"] or outcome not in plan["outcomes"]:
        return None
    return content_with(plan, entry, outcome)


def content_with(plan: Plan, entry: dict[str, Any], outcome: str) -> str:
    """The same of a model with these settings."""
    own = {key: value for key, value in entry.items() if key not in ("outcomes", "estimand")}
    covariates = {name: plan["covariates"][name] for name in entry.get("covariates", ())}
    further = {name: plan["outcomes"][name] for name in (entry.get("exposure"),) if name}
    design = {**plan["design"]}
    design.pop("seed", None)  # draws of the ladder start from it, no estimate
    if own.get("analysis_set") != WITHOUT:
        design.pop("contamination", None)
    if own.get("missing_data"):
        own["handlings"] = own["handlings"].get(outcome)
        names = in_equations(design)
        covariates |= {
            name: plan["covariates"][name] for name in names if name in plan["covariates"]
        }
        further |= {name: plan["outcomes"][name] for name in names if name in plan["outcomes"]}
    else:
        design.pop(MISSING, None)
    drawn = _drawn(plan, design, plan["outcomes"][outcome])
    covariates |= drawn
    read = plan["outcomes"][outcome], *covariates.values(), *further.values()
    _from_outside(design, outcome)
    if not any(entry.get("score", "").startswith(f"{NETWORK}.") for entry in read):
        design.pop("networks", None)
    taken = _defaults(plan, own)
    parts = [own, taken, plan["outcomes"][outcome], covariates, further, design]
    return json.dumps([*parts, *_read_from(plan, read, design)], sort_keys=True)


def _drawn(plan: Plan, design: dict[str, Any], outcome: dict[str, Any]) -> dict[str, Any]:
    """The covariates by which respondents were drawn and weighted; nothing of people, whose design
    then holds no surveys."""
    if outcome.get("level", "person") == "person":
        design.pop("surveys", None)
        return {}
    surveys = design.get("surveys", {})
    named = surveys.get("weights", {}).get("margins", {}).get("covariates", [])
    names = {surveys.get("strata"), *named} & set(plan["covariates"])
    return {name: plan["covariates"][name] for name in sorted(names)}


def _from_outside(design: dict[str, Any], outcome: str) -> None:
    """Leave the file of figures from outside that the outcome's own divergence is taken from."""
    own = design.get("few_sites", {}).get("divergences", {}).get(outcome, {}).get("series", "")
    files = design.pop("external", {})
    if kept := {name: how for name, how in files.items() if name == own.partition(".")[0]}:
        design["external"] = kept


def of_networks(own: dict[str, Any]) -> set[str]:
    """The variables that ties are read from; own: settings of `networks`."""
    known = own.get("known") or {}
    names = (own.get("alter"), own.get("kind"), own.get("answered"))
    return {name for name in (*names, known.get("one"), known.get("other")) if name}


def _defaults(plan: Plan, own: dict[str, Any]) -> dict[str, Any]:
    """What the pipeline takes where a model, or what all models share, says nothing."""
    known = plan.get("defaults", {})
    kind = f"model {own['kind']}"
    shared = {name: how for name, how in known.items() if not name.startswith("model ")}
    if not own.get("missing_data"):
        shared.pop("imputation", None)
    model = {key: value for key, value in known.get(kind, {}).items() if key not in own}
    return shared | {kind: model}


def _read_from(plan: Plan, read: Iterable[dict[str, Any]], design: dict[str, Any]) -> Iterator[Any]:
    """What outcomes and covariates are read from: variables, records, instruments."""
    entries = list(read)
    scored = {entry["score"].rpartition(".")[0] for entry in entries if "score" in entry}
    names = {entry["variable"] for entry in entries if "variable" in entry}
    level = entries[0].get("level", "person")
    names |= _of_design(design) if level == "person" else set()
    names |= of_networks(design["networks"]) if "networks" in design else set()
    files: dict[str, set[str]] = {}
    for section in ("derived", "variables"):
        for place in plan.get(section, {}):
            file, _, name = place.rpartition(".")
            files.setdefault(file, set()).add(name)
    for file, held in files.items():
        reached = _followed(plan, file, names & held)
        for section in ("derived", "variables"):
            part = plan.get(section, {})
            yield {f"{file}.{n}": part[f"{file}.{n}"] for n in reached if f"{file}.{n}" in part}
        files[file] = reached
    yield {
        file: {key: value for key, value in how.items() if key != "instruments"}
        for file, how in plan.get("records", {}).items()
        if files.get(file)
        or scored & set(how.get("instruments", ()))
        or (NETWORK in scored and how.get("level") == "respondent")
        or (how.get("lists_people") and level == "person")
    }
    scored |= {entry["score"] for entry in entries if "score" in entry}  # of value sets
    yield {name: how for name, how in plan.get("instruments", {}).items() if name in scored}


def _of_design(design: dict[str, Any]) -> set[str]:
    """The variables that events, visits and contamination are read from."""
    found = {design.get("contamination", {}).get("variable"), design["visits"].get("since")}
    for event in design["events"].values():
        found |= {event.get("date"), event.get("to")}
        found |= names_in(event["where"]) if event.get("where") else set()
    return {name for name in found if name}


def _followed(plan: Plan, file: str, names: set[str]) -> set[str]:
    """The names, and all that they are derived from."""
    found: set[str] = set()
    while names:
        found |= names
        how = [plan.get("derived", {}).get(f"{file}.{name}") for name in names]
        sources = {s for one in how if one for s in sources_of(Derived.model_validate(one))}
        names = sources - found
    return found
