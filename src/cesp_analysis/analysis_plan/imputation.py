"""What an analysis plan holds of imputation: settings, and what the equations are made of."""

from typing import Any

from cesp_analysis.missing.specs import shares
from cesp_analysis.models.spec import ModelSpec
from cesp_analysis.study.study import Study

MISSING = "missing_data"
"""Where the plan's design says it, as config does."""


def imputation_of(study: Study) -> dict[str, Any]:
    """Settings and equations; nothing where no model is imputed."""
    if not study.imputed():
        return {}
    equations = {
        share["handling"]["name"]: {
            "outcomes": sorted(share["outcomes"]),
            "covariates": sorted(share["covariates"]),
            "cluster": share["cluster"],
            "flag": share["flag"],
        }
        for share in shares(study)
    }
    own = study.missing_data.imputation.model_dump(mode="json", exclude_defaults=True)
    return {"imputation": own, "equations": equations}


def handlings_of(model: ModelSpec) -> dict[str, Any]:
    """Outcome of an imputed model → what becomes of answers after events."""
    if model.missing_data is None:
        return {}
    told = {
        name: {
            event: how.model_dump(mode="json", exclude_none=True, exclude={"label", "declared"})
            for event, how in handling.events.items()
        }
        for name, handling in model.context.handlings.items()
    }
    return {"handlings": told}


def in_equations(design: dict[str, Any]) -> list[str]:
    """The covariates and outcomes that equations hold, beside a model's own."""
    said = design.get(MISSING, {})
    names = [*said.get("imputation", {}).get("auxiliaries", [])]
    for share in said.get("equations", {}).values():
        names += [*share["outcomes"], *share["covariates"]]
    return sorted(set(names))
