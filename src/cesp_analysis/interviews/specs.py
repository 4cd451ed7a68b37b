"""What each step of interviews is told of the study, as one line of JSON."""

from typing import Any

from cesp_analysis.declared.as_data import as_json
from cesp_analysis.study.study import Study


def imported(study: Study) -> str:
    """The declared section, the sites, how declared constructs are called in excerpts, and texts
    that leave the team as they are written."""
    own, joined = study.interviews, study.integration
    assert own is not None
    declared = own.model_dump(mode="json", exclude_defaults=True)
    words = list(joined.words().values()) if joined is not None else []
    told = {"interviews": declared, "sites": list(study.sites), "constructs": words}
    return as_json(told | {"leaving": _leaving(study), **_secret(study)})


def _secret(study: Study) -> dict[str, str]:
    """What makes marks of words where the study has no key; nothing where it has."""
    own = study.study
    return {"secret": f"{own.id} {own.seed}"} if own.synthetic or not own.pseudonyms else {}


def _leaving(study: Study) -> dict[str, str]:
    """Place in the study file → text that leaves: labels beside interviews, checklists by hand."""
    joined, feasible = study.integration, study.feasibility
    found = {
        f"checklists.{name}.{item}": text
        for name, items in study.checklists.items()
        for item, text in items.items()
    }
    if joined is not None:
        for what, labelled in (("constructs", joined.constructs), ("nodes", joined.nodes)):
            found |= {f"integration.{what}.{n}.label": own.label for n, own in labelled.items()}
    for name, own in (feasible.progression if feasible else {}).items():
        found[f"feasibility.progression.{name}.label"] = own.label
    return found


def described(study: Study) -> str:
    """Level and seed of intervals; what coders have seen; whether excerpts of an earlier import are
    known, and codes without any of both imports or of neither."""
    own = study.interviews
    assert own is not None
    return as_json(
        {
            "ci_level": study.study.ci_level,
            "seed": study.study.seed,
            "seen": own.compared(),
            "numbered": own.numbered(),
            "excerpts_before": own.excerpts_before(),
            "codes_of_both": own.codes_of_both(),
        }
        | _secret(study)
    )


def changed(study: Study) -> bool:
    """Whether an earlier import is named."""
    return study.interviews is not None and study.interviews.earlier() is not None


def tables(study: Study) -> list[str]:
    """The tables that the report reads."""
    if study.interviews is None:
        return []
    names = ["interviews", "codes", "import_notes", "theme_coverage", "stopping_rules"]
    names += ["theme_matrix", "theme_by_interview", "theme_pairs", "coder_agreement"]
    return names + (["code_changes", "recoded"] if changed(study) else [])


def interview_words(study: Study) -> dict[str, Any]:
    """What the report says of them (InterviewWords)."""
    own, joined = study.interviews, study.integration
    assert own is not None
    told: dict[str, Any] = {"files": [file.path for file in own.files.values()]}
    told |= {"changed": True} if changed(study) else {}
    told |= {"excerpts_before": True} if own.excerpts_before() else {}
    if joined is not None:
        told |= {"joined": True, "theory": bool(joined.nodes)}
        told |= {"inferences": joined.inferences or "", "criteria": _criteria(study)}
    return told


def _criteria(study: Study) -> dict[str, str]:
    """Construct → how its criterion is called."""
    joined, own = study.integration, study.feasibility
    if joined is None or own is None:
        return {}
    return {
        name: own.progression[construct.criterion].label
        for name, construct in joined.constructs.items()
        if construct.criterion is not None
    }
