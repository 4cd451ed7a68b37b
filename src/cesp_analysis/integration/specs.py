"""What each step of integration is told of the study, as one line of JSON."""

from typing import Any

from cesp_analysis.declared.as_data import as_json
from cesp_analysis.study.foremost import foremost
from cesp_analysis.study.study import Study

OF_INTERVIEWS = ("themes", "theme_grid", "theme_network", "cooccurrence")
FIGURES = ("theory_of_change", "process_timeline", *OF_INTERVIEWS)


def joined(study: Study) -> str:
    """Constructs, their outcomes, which model speaks for each, times and waves, control sites."""
    own = study.integration
    assert own is not None
    named = {one for c in own.constructs.values() for one in (c.outcome, c.survey_outcome) if one}
    return as_json(
        {
            "integration": _declared(study),
            "outcomes": {
                name: outcome.model_dump(mode="json", exclude_defaults=True)
                for name, outcome in study.outcomes.items()
                if name in named
            },
            "foremost": {n: own for n, own in foremost(study).items() if n in named},
            "models": list(study.models),
            "moments": [*study.times, *study.waves],
            "control": _control(study),
        }
    )


def _control(study: Study) -> list[str]:
    return [name for name, site in study.sites.items() if site.arm == "control"]


def theory(study: Study) -> str:
    """Constructs, boxes and links; sites of the control arm."""
    return as_json({"integration": _declared(study), "control": _control(study)})


def process(study: Study) -> str:
    """What is delivered and met, waves, sites, and where people's and respondents' records are."""
    own = study.integration
    assert own is not None
    sections: dict[str, Any] = {
        "dose": study.dose.model_dump(mode="json", exclude_defaults=True) if study.dose else None,
        "ratings": study.fidelity.model_dump(
            mode="json", exclude_none=True, include={"file", "components", "minimum_components"}
        )
        if study.fidelity
        else None,
        "activity": study.activity.model_dump(mode="json", exclude_defaults=True)
        if study.activity
        else None,
    }
    return as_json(
        {name: told for name, told in sections.items() if told is not None}
        | {
            "waves": {name: wave.label for name, wave in study.waves.items()},
            "surveys": _surveys(study),
            "sites": [place.name for place in study.places()],
        }
    )


def _surveys(study: Study) -> list[str]:
    """The files of respondents."""
    return [name for name, file in study.files.items() if file.level == "respondent"]


def records_read(study: Study) -> list[str]:
    """The files whose records the time line reads."""
    own = [section.file for section in (study.dose, study.fidelity, study.activity) if section]
    return list(dict.fromkeys([*own, *_surveys(study)]))


def inferences(study: Study) -> list[str]:
    """The file of what people inferred, if one is declared."""
    own = study.integration
    return [own.inferences] if own and own.inferences else []


def context(study: Study) -> list[str]:
    """The file of context events, if one is declared."""
    own = study.integration
    return [own.context] if own and own.context else []


def judged(study: Study) -> list[str]:
    """The decision table, if there are criteria."""
    own = study.feasibility
    return ["results/tables/progression.csv"] if own and own.progression else []


def theorised(study: Study) -> bool:
    """Whether a theory of change is declared."""
    return study.integration is not None and bool(study.integration.nodes)


def tables(study: Study) -> list[str]:
    """The tables that the report reads."""
    if study.integration is None:
        return []
    names = ["joint_display", "joint_themes", "joint_quotes", "process"]
    return names + (["theory_nodes", "theory_links"] if theorised(study) else [])


def nothing_to_draw(study: Study) -> list[str]:
    """Kinds of figures for which there is nothing to show."""
    drawn = {
        "theory_of_change": theorised(study),
        "process_timeline": study.integration is not None,
    } | dict.fromkeys(OF_INTERVIEWS, study.interviews is not None)
    return [name for name, some in drawn.items() if not some]


def _declared(study: Study) -> Any:
    assert study.integration is not None
    return study.integration.model_dump(mode="json", exclude_defaults=True, by_alias=True)
