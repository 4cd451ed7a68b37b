"""What each step of feasibility is told of the study, as one line of JSON."""

import json
from pathlib import Path
from typing import Any

from cesp_analysis.declared.as_data import as_json, as_set
from cesp_analysis.declared.derived import ends_of
from cesp_analysis.declared.expressions import names_in
from cesp_analysis.declared.feasibility import Criterion, Feasibility, Rate
from cesp_analysis.declared.follow_up import DAYS_IN
from cesp_analysis.describe.specs import flow as flow_spec
from cesp_analysis.feasibility.read_of_people import holding, questionnaires
from cesp_analysis.feasibility.spec import StepOfFlow
from cesp_analysis.study.feasibility_rules import values_in
from cesp_analysis.study.study import Study

_OF_A_STEP = set(StepOfFlow.model_fields)


def rates(study: Study) -> str:
    """The rates with all that they point to."""
    own = told_of(study)
    register = next((n for n, file in study.files.items() if file.lists_people), "")
    days = DAYS_IN.get(study.time_unit, 0.0)
    last = max((time.position for time in study.times.values()), default=0.0)
    flow = json.loads(flow_spec(study))
    used = {c.outcome for rate in own.rates.values() for c in _counts(rate) if c.outcome}
    spec: dict[str, Any] = {
        "rates": {name: as_set(rate) for name, rate in own.rates.items()},
        "steps": {
            name: {
                part: told for part, told in as_set(step).items() if part in StepOfFlow.model_fields
            }
            for name, step in study.flow.items()
        },
        **{name: told for name, told in flow.items() if name in ("apart", "links")},
        "register_of_people": register,
        "files_of_people": [n for n, file in study.files.items() if file.level == "person"],
        "times": [moment.model_dump() for moment in study.moments("person")],
        "values": {
            rate.values_of: list(values_in(study, rate))
            for rate in own.rates.values()
            if rate.values_of
        },
        "holding": holding(study),
        "questionnaires": questionnaires(study) if own.completeness else {},
        "link_workers": as_set(own.link_workers),
        "since": study.visits.since or "",
        "last": last * days / DAYS_IN["months"],
        "days_a_unit": days,
        "ends": [n for n, event in study.events.items() if event.kind != "transfer"],
        "outcomes": {name: study.outcomes[name].label for name in sorted(used)},
        "ci_level": study.study.ci_level,
        **_groups(study),
    }
    spec |= {"period": as_set(own.period)} if own.period else {}
    spec |= {"recruitment": as_set(own.recruitment)} if own.recruitment else {}
    return as_json(spec)


def told_of(study: Study) -> Feasibility:
    """The section of the study."""
    assert study.feasibility is not None
    return study.feasibility


def _groups(study: Study) -> dict[str, Any]:
    """By what rates are broken down: sites, else arms; group → arm."""
    if study.sites:
        arms = {place.name: place.arm for place in study.places()}
        return {"of": "site", "groups": list(arms), "arms": arms}
    return {"of": "arm", "groups": list(study.arms), "arms": {name: name for name in study.arms}}


def rate_files(study: Study) -> list[str]:
    """The files whose records rates are made from; people at a time are counted in the panel."""
    own, names = told_of(study), dict[str, None]()
    for rate in own.rates.values():
        for count in _counts(rate):
            if count.time is None:
                names |= dict.fromkeys(count.files_of(study.flow, study.files))
    if own.link_workers.file:
        names[own.link_workers.file] = None
    names |= {name: None for name, file in study.files.items() if file.lists_people}
    names |= {name: None for files in holding(study).values() for name in files}
    if own.completeness:
        names |= {name: None for told in questionnaires(study).values() for name in told["files"]}
    return list(names)


def counts_steps(study: Study) -> bool:
    """Whether any rate counts a step of the flow, and so rests on where everybody was in it."""
    return any(count.step for rate in told_of(study).rates.values() for count in _counts(rate))


def _counts(rate: Rate) -> list[Any]:
    return [count for count in (rate.numerator, rate.denominator) if count is not None]


def progression(study: Study) -> str:
    """The criteria, resolved; whether they were declared when the plan was locked."""
    own, times = told_of(study), list(study.times)
    standing = standing_of(study)
    spec: dict[str, Any] = {
        "criteria": {
            name: {
                "criterion": as_set(criterion),
                "measure": _measure(study, criterion),
                "kind": _kind(own, criterion),
                "standing": standing.get(name, ""),
                **_span(study, criterion),
            }
            for name, criterion in own.progression.items()
        },
        "main_trial": as_set(own.main_trial),
        "register_of_people": next((n for n, f in study.files.items() if f.lists_people), ""),
        "outcomes": {
            name: outcome.label
            for name, outcome in study.outcomes.items()
            if outcome.level == "person" and outcome.role == "primary"
        },
        "last": times[-1] if times else "",
        "icc": own.link_workers.icc,
        "ci_level": study.study.ci_level,
    }
    return as_json(spec | ({"decision": as_set(own.decision)} if own.decision else {}))


def _kind(own: Feasibility, criterion: Criterion) -> str:
    if criterion.rate is not None:
        per = own.rates[criterion.rate].per
        return f"per_{per}" if per else "proportion"
    return "mean" if criterion.mean is not None else "qualitative"


def _measure(study: Study, criterion: Criterion) -> str:
    """What is judged, in words."""
    if criterion.qualitative is not None:
        return criterion.qualitative
    if criterion.mean is not None:
        told = criterion.mean
        where = f" where {told.where}" if told.where else ""
        whose = ", each unit's mean first" if told.count == "units" else ""
        return f"mean of {told.variable} over rows of {told.file}{where}{whose}"
    rate = told_of(study).rates[str(criterion.rate)]
    parts = [rate.label, study.times[criterion.time].label if criterion.time else "",
             criterion.value or "", _group(study, criterion.site)]  # fmt: skip
    return ", ".join(part for part in parts if part)


def _span(study: Study, criterion: Criterion) -> dict[str, Any]:
    """Of a mean: the declared ranges between which its unknown values lie."""
    if criterion.mean is None:
        return {}
    file = study.files[criterion.mean.file].with_form(study.forms)
    name = criterion.mean.variable
    made = file.derived.get(name)
    expression = made.expression if made is not None and ends_of(made) is None else None
    ranges = {}
    for source in sorted(names_in(expression)) if expression else [name]:
        how, asked = file.derived.get(source), file.variables.get(source)
        known = ends_of(how) if how else (asked.range or ends_of(asked)) if asked else None
        if known is not None:
            ranges[source] = known
    return {"span": {"expression": expression or "", "ranges": ranges}}


def _group(study: Study, name: str | None) -> str:
    if name is None:
        return ""
    arms: dict[str, str] = {arm: entry.label for arm, entry in study.arms.items()}
    return study.sites[name].label if name in study.sites else arms[name]


def progression_files(study: Study) -> list[str]:
    """The files whose records criteria are made from."""
    names = dict[str, None]()
    for criterion in told_of(study).progression.values():
        if criterion.mean is not None:
            names[criterion.mean.file] = None
        if criterion.linked is not None and criterion.linked.file is not None:
            names[criterion.linked.file] = None
    names |= {name: None for name, file in study.files.items() if file.lists_people}
    return list(names)


def excerpts(study: Study) -> list[str]:
    """The codings of interviews, if they bear on a criterion."""
    linked = [one.linked for one in told_of(study).progression.values() if one.linked]
    of_interviews = any(one.file is None for one in linked)
    return ["data/processed/excerpts.parquet"] if of_interviews else []


def judgements(study: Study) -> list[str]:
    """The file of judgements, if one is declared."""
    own = study.feasibility
    return [own.judgements] if own and own.judgements else []


def people_judge(study: Study) -> dict[str, bool]:
    """Criterion → whether people judge its zone."""
    return {n: c.qualitative is not None for n, c in told_of(study).progression.items()}


def standing_of(study: Study) -> dict[str, str]:
    """Criterion → whether it was declared when the analysis plan was locked; '': nothing is."""
    from cesp_analysis.analysis_plan.canonical import plan_of
    from cesp_analysis.analysis_plan.lock_file import LOCK, read_locks
    from cesp_analysis.analysis_plan.received import called, first_received
    from cesp_analysis.analysis_plan.specs import lock_file
    from cesp_analysis.analysis_plan.standing import criterion_standing

    if not lock_file():
        return {}
    locks, now, received = read_locks(Path(LOCK)), plan_of(study), first_received(study)
    return {
        name: called(criterion_standing(locks, now, name), locks, received)
        for name in told_of(study).progression
    }


def tables(study: Study) -> list[str]:
    """The tables of feasibility that the report is written from, by name."""
    if study.feasibility is None:
        return []
    found = ["rates", "projection", "recruitment"]
    return found + (["progression", "sample_size"] if study.feasibility.progression else [])


def nothing_to_draw(study: Study) -> list[str]:
    """Kinds of figures for which feasibility has nothing to show."""
    own = study.feasibility
    return [] if own is not None and own.recruitment is not None else ["recruitment"]
