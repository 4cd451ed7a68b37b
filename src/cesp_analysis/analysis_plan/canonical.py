"""The analysis plan in one canonical form: what config.yaml says, however it is written.

Comments, order, labels, decimals and settings that are written out although they are the default
do not count; what decides on numbers does.
"""

import json
from pathlib import Path
from typing import Any

from cesp_analysis.analysis_plan.content import Plan
from cesp_analysis.analysis_plan.criteria import progression_of
from cesp_analysis.analysis_plan.defaults import defaults_of
from cesp_analysis.analysis_plan.imputation import MISSING, handlings_of, imputation_of
from cesp_analysis.analysis_plan.measurement import measurement_of
from cesp_analysis.analysis_plan.reading import (
    external_of,
    networks_of,
    prior_of,
    read_from,
    surveys_of,
)
from cesp_analysis.declared.base import Frozen
from cesp_analysis.models.spec import ModelSpec
from cesp_analysis.study.study import Study

_WORDS = {"label", "decimals"}
_IN_ORDER = {"random", "labels", "days_between", "period", "format"}
"""Lists in which the order says something: effects nest, labels belong to cut points,
one date comes before the other, the first format that fits reads a date."""


def plan_of(study: Study, folder: Path = Path()) -> Plan:
    """What the study declares of its analysis, in canonical form; folder: where its files are.

    Raises CespError where an instrument or prior of its own cannot be read.
    """
    plan = study.analysis_plan
    sections: dict[str, Any] = {
        "estimands": {name: _said(entry) for name, entry in study.estimands.items()},
        "models": {name: _model(entry) for name, entry in study.models.items()},
        "outcomes": {name: _said(entry) for name, entry in study.outcomes.items()},
        "covariates": {name: _said(entry) for name, entry in study.covariates.items()},
        "analysis_plan": _said(plan),
        "design": _design(study),
        "defaults": defaults_of(study),
        **read_from(study, folder),
    }
    if own := prior_of(study, folder):
        sections["design"]["few_sites"]["prior"] = own
    if surveys := surveys_of(study, folder):
        sections["design"]["surveys"] = surveys
    if imputation := imputation_of(study):
        sections["design"][MISSING] = imputation
    if networks := networks_of(study):
        sections["design"]["networks"] = networks
    if external := external_of(study, folder):
        sections["design"]["external"] = external
    if criteria := progression_of(study):
        sections["progression"] = criteria
    if candidates := measurement_of(study):
        sections["measurement"] = candidates
    if study.contamination:
        sections["design"]["contamination"] = _said(study.contamination.of_models())
    found: Plan = json.loads(json.dumps(_canonical(sections)))
    return {section: entries for section, entries in found.items() if entries}


def _design(study: Study) -> dict[str, Any]:
    """Arms, sites, times, events and what is known of few sites: what models share; surveys, too,
    see `plan_of`."""
    return {
        "ci_level": study.study.ci_level,
        "seed": study.study.seed,
        "period": study.study.period,
        "randomised": study.study.randomised,
        "sites": {name: {"arm": site.arm} for name, site in study.sites.items()},
        "times": {name: _said(time) for name, time in study.times.items()},
        "waves": {name: _said(wave) for name, wave in study.waves.items()},
        "time_unit": study.time_unit,
        "visits": _said(study.visits),
        "events": {name: _said(event) for name, event in study.events.items()},
        "few_sites": _said(study.few_sites),
    }


def _model(model: ModelSpec) -> dict[str, Any]:
    targets = {"estimand": list(model.targets())} if model.targets() else {}
    return _said(model, "study", "estimand") | targets | handlings_of(model)


def _said(entry: Frozen, *without: str) -> dict[str, Any]:
    return entry.model_dump(mode="json", exclude_defaults=True, exclude=set(without))


def _canonical(node: Any, key: str = "") -> Any:
    """Names sorted, lists of names in order of the alphabet, words that decide nothing gone."""
    if isinstance(node, dict):
        codes = key == "values"  # raw value → code: a code may be called like a setting
        said = {
            name: value
            for name, value in node.items()
            if codes or name not in _WORDS or isinstance(value, dict | list)
        }
        return {name: _canonical(said[name], name) for name in sorted(said)}
    if isinstance(node, list) and key not in _IN_ORDER and all(isinstance(x, str) for x in node):
        return sorted(node)
    return [_canonical(part, key) for part in node] if isinstance(node, list) else node
