"""What each step of planning is told of the study, as one line of JSON."""

from collections.abc import Mapping
from typing import Any

from cesp_analysis.declared.as_data import as_json
from cesp_analysis.declared.planning import LEARNT, Planning
from cesp_analysis.declared.trial_designs import TrialDesign
from cesp_analysis.models.prior import gap_in_months
from cesp_analysis.planning.levels import LEVELS
from cesp_analysis.study.study import Study

FIGURES = ("planning_layout", "planning_power", "planning_map", "planning_front")
"""Kinds of figures of the section: no other says its words."""
TRIALS = "results/tables/planning_trials.csv"
_OF_WORDS = {
    "outcome", "alpha", "power", "assurance", "locations_at_most", "structure", "costs",
    "delay",
}  # fmt: skip
_OF_DRAWS = {"outcome", "known", "draws", "structure", "difference_sd"}
_OF_SIZES = {
    "alpha", "power", "assurance", "locations_at_most", "structure", "costs", "difference_sd",
}  # fmt: skip


def learn(study: Study) -> str:
    """What the draws rest on: outcome, times, what is declared; the longest design's periods."""
    own = asked(study)
    outcome = study.outcomes[own.outcome]
    return as_json(
        own.model_dump(mode="json", include=_OF_DRAWS, exclude_defaults=True)
        | {
            "known": origins(own),
            "type": outcome.type or "continuous",
            "first": next(iter(study.times)),
            "last": last_of(study),
            "months": months_between(study),
            "difference": difference(study),
            "sign": sign(study),
            "periods": max(one.surveys for one in own.designs.values()),
            "also": _also(own),
            "individual": any(one.kind == "individual" for one in own.designs.values()),
            "intervention": [
                name for name, site in study.sites.items() if site.arm == INTERVENTION
            ],
            "arms": list(dict.fromkeys(site.arm for site in study.sites.values())),
            "seed": study.study.seed,
        }
    )


INTERVENTION = "intervention"


def size(study: Study) -> str:
    """Designs, targets, costs; of shares and counts which way is better."""
    own = asked(study)
    kind = study.outcomes[own.outcome].type
    return as_json(
        own.model_dump(mode="json", include=_OF_SIZES)
        | {"designs": _designs(own.designs)}
        | {"difference": difference(study)}
        | {"published": [name for name, whose in origins(own).items() if whose == "published"]}
        | ({"level": kind, "change": sign(study) * difference(study)} if kind in LEVELS else {})
    )


def valued(study: Study) -> bool:
    """Whether what a trial tells of net benefit has a worth: whom it concerns, what it costs."""
    known = study.economics is not None and study.economics.information is not None
    return known and study.planning is not None and study.planning.costs is not None


def worth(study: Study) -> str:
    """Designs; whom the decision concerns, from when on a trial's result is in time."""
    own = asked(study)
    economics = study.economics
    assert economics is not None and economics.information is not None  # `valued` says so
    return as_json(
        own.model_dump(mode="json", include={"alpha", "structure", "delay"})
        | {"designs": _designs(own.designs)}
        | {
            "incidence": economics.information.incidence,
            "years": economics.information.years,
            "discount": economics.discount,
        }
    )


def trials(study: Study) -> str:
    """The designs of which trials are simulated, and how."""
    own = asked(study)
    return as_json(
        own.model_dump(mode="json", include={"alpha", "structure"})
        | {
            "designs": _drawn(own.simulated),
            "trials": own.trials.model_dump(mode="json", exclude={"parts"}),
            "type": study.outcomes[own.outcome].type or "continuous",
            "sign": sign(study),
            "difference": difference(study),
            "seed": study.study.seed,
            "chosen": "analyses" in own.trials.model_fields_set,
        }
        | ({"people": _answers(study)} if own.trials.plasmode else {})
    )


def _answers(study: Study) -> dict[str, str]:
    """Which of the panel's answers people have when they are drawn again."""
    return {
        "outcome": asked(study).outcome,
        "first": next(iter(study.times)),
        "last": last_of(study),
    }


def drawn_again(study: Study) -> bool:
    """Whether trials of this study's own people are simulated."""
    return study.planning is not None and study.planning.trials.plasmode


def parts(study: Study) -> int:
    """Jobs that share the simulated trials; 1 where there are none."""
    return study.planning.trials.parts if study.planning else 1


def planning_words(study: Study) -> dict[str, Any]:
    """What tables and figures say of the section (PlanningWords)."""
    own = asked(study)
    mid = study.outcomes[own.outcome].mid
    important = own.difference is None
    source = mid.source if important and mid is not None else own.difference_source
    return own.model_dump(mode="json", include=_OF_WORDS, exclude_none=True) | {
        "time": last_of(study),
        "difference": difference(study),
        "difference_source": source,
        "important": important,
        "difference_sd": own.difference_sd,
        "months": months_between(study),
        "designs": _designs(own.designs),
        "simulated": list(own.simulated),
        "valued": valued(study),
    }


def nothing_to_draw(study: Study) -> list[str]:
    """Kinds of figures for which the section has nothing to show."""
    own = study.planning
    if own is None:
        return list(FIGURES)
    grids = any(one.sizes is None for one in own.designs.values())
    of_locations = any(one.kind != "individual" for one in own.designs.values())
    some = {
        "planning_power": grids,
        "planning_map": grids,
        "planning_front": own.costs is not None,
        "planning_layout": of_locations,
    }
    return [name for name in FIGURES if not some[name]]


def not_made(study: Study) -> list[str]:
    """Tables that a study makes only if it asks for them."""
    simulated = study.planning is not None and study.planning.simulated
    return [] if simulated else [TRIALS]


def asked(study: Study) -> Planning:
    """The section; a step of it is there only if the study has it."""
    assert study.planning is not None
    return study.planning


def origins(own: Planning) -> dict[str, Any]:
    """Parameter → study, published, or what is declared of it."""
    default: dict[str, Any] = dict.fromkeys(LEARNT, "study")
    default |= {"icc": "published", "cac": "published"}
    declared = {
        name: value if isinstance(value, str) else value.model_dump(mode="json")
        for name, value in own.known.items()
    }
    return default | declared


def last_of(study: Study) -> str:
    """The time at which the outcome is compared."""
    own = asked(study)
    told = study.outcomes[own.outcome].times or tuple(study.times)
    return own.time or [time for time in study.times if time in told][-1]


def months_between(study: Study) -> float | None:
    """From the first time to the one compared; None if the unit of time has no length."""
    first, last = next(iter(study.times)), last_of(study)
    at = study.times[first].position, study.times[last].position
    return gap_in_months(at, study.time_unit)


def difference(study: Study) -> float:
    """The difference to be found, in the outcome's unit."""
    own = asked(study)
    if own.difference is not None:
        return own.difference
    mid = study.outcomes[own.outcome].mid
    assert mid is not None  # planning_rules holds the section to it
    return mid.value


def sign(study: Study) -> int:
    """Of the difference to be found, intervention less control."""
    direction = study.outcomes[asked(study).outcome].direction
    return -1 if direction == "lower_is_better" else 1


def _designs(designs: Mapping[str, TrialDesign]) -> dict[str, Any]:
    """As declared: what belongs to other kinds is not written out."""
    return {n: one.model_dump(mode="json", exclude_defaults=True) for n, one in designs.items()}


def _drawn(designs: Mapping[str, TrialDesign]) -> dict[str, Any]:
    """Of the simulated ones what trials are drawn by: another label, or other numbers of people
    beside those of which they are simulated, draw none again."""
    return {
        name: one | {"label": "", "people": designs[name].simulated}
        | {"simulated_people": designs[name].simulated}
        for name, one in _designs(designs).items()
    }  # fmt: skip


def _also(own: Planning) -> list[str]:
    """Parameters that some of the designs need, besides those that all do."""
    return list(dict.fromkeys(n for one in own.designs.values() for n in one.people_need))


def own_sizes(study: Study) -> list[str]:
    """Files of locations that there are."""
    own = study.planning
    return [] if own is None else [one.sizes for one in own.designs.values() if one.sizes]
