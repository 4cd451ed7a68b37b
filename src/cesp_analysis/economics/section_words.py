"""What tables and figures say of the section economics, out of the study file."""

from pathlib import Path
from typing import Any

from cesp_analysis.declared.resources import OWN_SHARE, OWN_TIME
from cesp_analysis.economics.price_index import changes_of, inflated
from cesp_analysis.economics.specs import NOT_HERE, asked
from cesp_analysis.economics.words import DEPARTURE, PERSPECTIVE, VALUE_SET
from cesp_analysis.errors import CespError
from cesp_analysis.study.study import Study

CLUSTERS = ("link_worker", "neighbourhood")


def economics_words(study: Study) -> dict[str, Any]:
    """What tables and figures say of the section (EconomicsWords)."""
    own = asked(study)
    delivered = own.intervention
    services = {name: one.label for name, one in own.services.items()}
    if delivered is not None:
        services |= {OWN_TIME: delivered.label, OWN_SHARE: delivered.label}
    beside = list(own.perspectives.items())[1:]  # the first is that of the base case
    scenarios = {f"{PERSPECTIVE}{n}": one.label for n, one in beside}
    scenarios |= {f"{VALUE_SET}{n}": one.label for n, one in own.value_sets.items()}
    scenarios |= {f"{DEPARTURE}{n}": one.label for n, one in own.departures.items()}
    return {
        "price_year": own.price_year,
        "value_set": own.utility.label,
        "thresholds": list(own.thresholds),
        "perspectives": {name: one.label for name, one in own.perspectives.items()},
        "services": services,
        "scenarios": scenarios,
        "priced": own.costs is None,
        "costs": own.costs.label if own.costs else "",
        "qalys": own.qalys.label if own.qalys else "",
        "bracket": not study.study.randomised,
        "cluster": own.cluster or "",
        "of_models": _shared(study),
        "covariates": [study.covariates[name].label for name in own.covariates],
        "discount": own.discount,
        "tornado": {name: one.model_dump() for name, one in own.tornado.items()},
        "imputed_by": own.missing.method,
        "left_out": [n for n in NOT_HERE if getattr(study.missing_data.imputation, n)],
        **(_wellby_words(study) if own.wellby is not None else {}),
    }


def _shared(study: Study) -> list[str]:
    """Which people are taken together by models of their outcomes, those of a section's choice."""
    found = {
        name
        for model in study.models.values()
        if model.level == "person"
        for name in (getattr(model, "cluster", None), *getattr(model, "random", ()))
    }
    return [name for name in CLUSTERS if name in found]


def _wellby_words(study: Study) -> dict[str, Any]:
    names = {"wellby", "wellby_price_year", "wellby_index", "wellby_source", "life_satisfaction"}
    return asked(study).model_dump(include=names) | {"wellby_factor": wellby_factor(study)}


def wellby_factor(study: Study) -> float:
    """By what £ of a point of life satisfaction are brought to the study's price year; CespError
    where the index does not reach."""
    own = asked(study)
    if own.wellby is None or own.wellby_price_year is None:
        return 1.0
    changes = changes_of(Path(own.index) if own.index else None)
    try:
        return inflated(1.0, own.wellby_price_year, changes, own.price_year, own.wellby_index)
    except ValueError as error:
        raise CespError(f"config.yaml: economics.wellby_price_year: {error}") from error
