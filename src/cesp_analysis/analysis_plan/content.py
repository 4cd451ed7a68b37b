"""What an analysis plan in canonical form holds: its fingerprint, what decides on an estimate."""

import hashlib
import json
from typing import Any

Plan = dict[str, dict[str, Any]]
"""Section → entry → settings; of `design` and `analysis_plan` the entry is the setting's name."""


def fingerprint(plan: Plan) -> str:
    """sha256 of the plan's canonical form."""
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
    read = plan["outcomes"][outcome], *covariates.values()
    sources = {part.get("variable") for part in read}
    derived = {
        place: how
        for place, how in plan.get("derived", {}).items()
        if place.rpartition(".")[2] in sources
    }
    design = {**plan["design"]}
    if own.get("analysis_set") != "without_contaminated_controls":
        design.pop("contamination", None)
    parts = [own, plan["outcomes"][outcome], covariates, derived, design]
    return json.dumps(parts, sort_keys=True)
