"""What each step of delivery is told of the study, as one line of JSON."""

from typing import Any

from cesp_analysis.clean.copied import unsaid
from cesp_analysis.declared.as_data import as_json
from cesp_analysis.declared.follow_up import days_in
from cesp_analysis.study.study import Study

_FOR_READERS: dict[str, Any] = {"sources": True, "cut_offs": {"rationale": True}}


def fidelity(study: Study) -> str:
    """The ratings' file and columns, cut-offs, where starts are, labels of components; without what
    only the report says of them."""
    own = study.fidelity
    assert own is not None
    file = study.files[own.file].with_form(study.forms)
    labels = {}
    for word in own.components:
        entry = file.variables.get(word) or file.derived[word]
        labels[word] = entry.label or word
    return as_json(
        {
            "fidelity": own.model_dump(mode="json", exclude_defaults=True, exclude=_FOR_READERS)
            | {"sources": dict.fromkeys(own.sources, "")},
            "starts": starts(study),
            "labels": labels,
            "ci_level": study.study.ci_level,
        }
    )


def dose(study: Study) -> str:
    """The contacts' file and columns, where starts are, times of people."""
    assert study.dose is not None
    copied = unsaid(study.files, [study.dose.file])
    return as_json(
        {
            **({"copied": copied} if copied else {}),
            "dose": study.dose.model_dump(mode="json", exclude_defaults=True),
            "starts": starts(study),
            "times": list(study.times),
            "ci_level": study.study.ci_level,
        }
    )


def activity(study: Study) -> str:
    """The meetings' file and columns, and the sites."""
    assert study.activity is not None
    return as_json(
        {
            "activity": study.activity.model_dump(mode="json", exclude_defaults=True),
            "sites": [place.name for place in study.places()],
        }
    )


def files_read(study: Study, section: str) -> list[str]:
    """The files whose records a section's step reads: its own, and where people's starts are."""
    own = getattr(study, section)
    if own is None:
        return []
    begun = starts(study) if section != "activity" else {}
    more = [begun.get("register_file"), *begun.get("first_files", ())]
    return list(dict.fromkeys([own.file, *filter(None, more)]))


def nothing_to_draw(study: Study) -> list[str]:
    """Kinds of figures for which there is nothing to show."""
    drawn = {"fidelity": study.fidelity is not None, "contacts": study.dose is not None}
    return [name for name, some in drawn.items() if not some]


def delivery_words(study: Study, figure: str | None = None) -> dict[str, Any]:
    """What the report says of delivery (DeliveryWords); of a kind of figure what it draws."""
    own, told = study.fidelity, dict[str, Any]()
    if own is not None and figure in (None, "fidelity"):
        told |= {"sources": own.sources, "moderate": own.cut_offs.moderate}
        told |= {"high": own.cut_offs.high, "fidelity": True}
    if figure is not None:
        return told
    if own is not None:
        told |= {"rationale": own.cut_offs.rationale, "paired_within": own.paired_within}
        told |= {"weights": own.weights, "components": len(own.components)}
        told["minimum_components"] = own.minimum_components or len(own.components)
    if study.dose is not None:
        told |= {"dose": True, "minutes": study.dose.minutes is not None}
        told |= {"response": study.dose.response is not None}
    return told | ({"activity": True} if study.activity is not None else {})


def starts(study: Study) -> dict[str, Any]:
    """The register's date from which time is counted, else the files of the first time."""
    days = days_in(study.time_unit)
    known = {} if days is None else {"days": days}
    if study.visits.since is not None:
        register = next(name for name, file in study.files.items() if file.lists_people)
        return {"register_file": register, "since": study.visits.since} | known
    files = [
        name
        for name, file in study.files.items()
        if file.level == "person" and file.time is not None and file.date is not None
    ]
    return {"first_files": files, "first_time": next(iter(study.times), None)} | known
