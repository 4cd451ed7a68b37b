"""Several models as one JSON object, in which what all see alike of the study stands once.

A word of a command holds 128 KiB, and two dozen models of 200 sites, each with all of them, do not
go into it.
"""

import json
from collections.abc import Mapping
from typing import Any

from cesp_analysis.models.kinds import read_model
from cesp_analysis.models.spec import ModelSpec, resolved_json

SEEN = "study"
"""The field of a model that holds what it sees of the study."""


def told_of(models: Mapping[str, ModelSpec]) -> dict[str, Any]:
    """models: name → a model as its own job receives it, without the parts of the study that all
    see alike, which are in seen_by_all."""
    told = {name: json.loads(resolved_json(model)) for name, model in models.items()}
    each = [model[SEEN] for model in told.values()]
    first = each[0] if each else {}
    alike = {
        part: value
        for part, value in first.items()
        if all(part in one and one[part] == value for one in each)
    }
    for model in told.values():
        model[SEEN] = {part: value for part, value in model[SEEN].items() if part not in alike}
    return {"models": told, "seen_by_all": alike}


def read_together(told: Mapping[str, Any]) -> dict[str, Any]:
    """The models that `told_of` wrote, by name."""
    alike = told.get("seen_by_all", {})
    return {
        name: read_model(json.dumps(data | {SEEN: alike | data[SEEN]}))
        for name, data in told["models"].items()
    }
