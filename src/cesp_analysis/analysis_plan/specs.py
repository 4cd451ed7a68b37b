"""What the steps `plan` and `specification_curve` are told of the study, as one line of JSON."""

import json
import os
from pathlib import Path
from typing import Any

from cesp_analysis.analysis_plan.canonical import plan_of
from cesp_analysis.analysis_plan.lock_file import LOCK, read_locks
from cesp_analysis.analysis_plan.received import called, first_received
from cesp_analysis.analysis_plan.standing import curve_standing, withdrawn
from cesp_analysis.declared.estimands import CONTAMINATION
from cesp_analysis.models.together import told_of
from cesp_analysis.study.plan_rules import curve_models
from cesp_analysis.study.study import Study


def plan(study: Study) -> str:
    """Estimands, the models that target them, families, the plan in canonical form."""
    events = {name: event.label for name, event in study.events.items()}
    events |= {CONTAMINATION: study.contamination.label} if study.contamination else {}
    families = study.analysis_plan.families
    spec: dict[str, Any] = {
        "estimands": {n: e.model_dump(exclude_defaults=True) for n, e in study.estimands.items()},
        "targets": {n: model.targets() for n, model in study.models.items() if model.targets()},
        "events": events if study.estimands else {},
        "families": {name: family.model_dump() for name, family in families.items()},
        "received": first_received(study) if lock_file() else "",
        "plan": plan_of(study),
    }
    return json.dumps(spec, ensure_ascii=False)


def curve(study: Study) -> str:
    """The models that the specification curve fits, each with its context, and the times; which of
    its ways were declared when the plan was locked."""
    declared = study.analysis_plan.specification_curve
    models = {
        name: model.model_copy(update={"study": study.context_of(_own(name), model)})
        for name, model in curve_models(study).items()
    }
    times = list(declared.times) if declared else []
    received = first_received(study) if lock_file() else ""
    locks, now = read_locks(Path(LOCK)) if lock_file() else (), plan_of(study)
    spec = told_of(models) | {
        "times": times,
        "standing": {
            way: called(said, locks, received)
            for way, said in curve_standing(locks, now).items()
            if said
        },
        "withdrawn": withdrawn(locks, now),
    }
    return json.dumps(spec, ensure_ascii=False)


def _own(name: str) -> str:
    return name.split("/")[0]


def lock_file() -> list[str]:
    """The lock, if the study has one (also one that cannot be read: it was meant)."""
    return [LOCK] if os.path.lexists(LOCK) else []
