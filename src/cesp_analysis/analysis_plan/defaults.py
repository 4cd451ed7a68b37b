"""What the pipeline takes where config.yaml says nothing: part of a plan, it decides on numbers.

A setting at its default is not in the plan's entries, so that writing it out changes nothing. The
defaults stand beside them once, so that a later version with another one is seen.
"""

from typing import Any

from cesp_analysis.analysis_plan.reading import OF_A_VARIABLE, OF_RECORDS
from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.few_sites import FewSites
from cesp_analysis.declared.files import RawFile, Variable
from cesp_analysis.declared.follow_up import Event, VisitRules
from cesp_analysis.declared.missing_data import Imputation
from cesp_analysis.declared.outcomes import Covariate, Outcome
from cesp_analysis.models.kinds import class_of
from cesp_analysis.study.study import Study

_NOT_OF_A_MODEL = {"study", "label", "estimand", "outcomes"}


def defaults_of(study: Study) -> dict[str, dict[str, Any]]:
    """Kind of model, or of entry → its settings that have a default."""
    kinds = sorted({model.kind for model in study.models.values()})
    found = {f"model {kind}": _of(class_of(kind), without=_NOT_OF_A_MODEL) for kind in kinds}
    entries: dict[str, type[Frozen]] = {
        "covariate": Covariate,
        "event": Event,
        "few sites": FewSites,
        "outcome": Outcome,
        "visits": VisitRules,
    }
    entries |= {"imputation": Imputation} if study.imputed() else {}
    found |= {name: _of(kind) for name, kind in entries.items()}
    found["records"] = _of(RawFile, only=OF_RECORDS)
    found["variable"] = _of(Variable, only=OF_A_VARIABLE)
    return found


def _of(
    kind: type[Frozen], only: set[str] | None = None, without: set[str] | None = None
) -> dict[str, Any]:
    """The defaults alone: fields that must be written have none."""
    return dict(kind.model_construct().model_dump(mode="json", include=only, exclude=without))
