"""What of a construct is lacking, and where its sources do not say the same.

The third step of the pillar integration process, checking: what was listed and matched is looked at
for what is missing and what does not fit. The fourth, the pillar, is the inference that people
write; it is held against the flags and never changed.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from cesp_analysis.declared.integration import Construct
from cesp_analysis.integration.beside import Side
from cesp_analysis.integration.inferences import Inference
from cesp_analysis.integration.told import NONE, Told

MEANT = {"positive": "better", "negative": "worse"}
SIDES = {"compared": "estimate", "survey_compared": "survey's estimate"}


@dataclass(frozen=True)
class Pillar:
    """A construct with what each source says of it; declared None: excerpts alone have it."""

    declared: Construct | None
    people: Side
    survey: Side
    light: str
    told: Told
    inference: Inference | None

    def compared(self) -> dict[str, str]:
        """compared and survey_compared: agree, discord, unclear or not compared."""
        majority = self.told.majority
        sides = {"compared": self.people, "survey_compared": self.survey}
        return {name: compare(side.direction, majority) for name, side in sides.items()}


def compare(direction: str, majority: str) -> str:
    """agree, discord, unclear or not compared: a direction beside a majority valence. Unclear where
    the interval holds no difference, most excerpts are mixed or neutral, or no valence has most."""
    if not direction or not majority:
        return "not compared"
    if direction == "unclear" or majority not in MEANT:
        return "unclear"
    return "agree" if MEANT[majority] == direction else "discord"


def flags(pillar: Pillar) -> list[str]:
    """Everything to be looked at, in words: what is lacking, discord, and inferences that it
    speaks against."""
    return [*_lacking(pillar), *_discord(pillar), *_inferred(pillar)]


def _lacking(pillar: Pillar) -> Iterator[str]:
    own = pillar.declared
    if own is None:
        yield "excerpts have it, config.yaml does not: declare it under integration.constructs"
    elif own.outcome is None and own.survey_outcome is None:
        yield "no outcome is named" + (", a criterion alone" if own.criterion else "")
    if own is not None and not pillar.told.excerpts:
        yield "no excerpt speaks to it"
    elif pillar.told.excerpts and not pillar.told.majority:
        yield f"its excerpts are not compared with numbers: {_why_not(pillar.told)}"
    if pillar.told.unknown:
        yield "the site of some of its interviews is not known: what they say is not compared"
    if pillar.told.excerpts and not pillar.told.cleared:
        yield "no excerpt is cleared for quotation"
    for side, of in ((pillar.people, "of people"), (pillar.survey, "of the survey")):
        if side.reason:
            yield f"no estimate {of}: {side.reason}"
    if pillar.inference is None:
        yield from () if own is None else ("the inference is to be written",)
    elif not (pillar.inference.author and pillar.inference.date):
        yield "who wrote the inference, and when, is not said"


def _why_not(told: Told) -> str:
    """Why no majority is told, as far as it is known."""
    others = {
        "are of control sites": told.control,
        "are of sites that are not known": told.unknown,
        "have no valence": told.valences.get("", 0),
    }
    why = " or ".join(what for what, n in others.items() if n)
    if not sum(told.speakers.values()):
        return f"they {why}"
    few = "they are of fewer than three interviews"
    return f"{few}, and others {why}" if why else few


def _discord(pillar: Pillar) -> Iterator[str]:
    for name, answer in pillar.compared().items():
        side = pillar.people if name == "compared" else pillar.survey
        if answer == "discord":
            yield f"discord: the {SIDES[name]} is {side.direction}, most excerpts {_most(pillar)}"
    both = {pillar.people.direction, pillar.survey.direction}
    if both == {"better", "worse"}:
        yield (
            f"discord: the estimate is {pillar.people.direction}, the survey's estimate"
            f" {pillar.survey.direction}"
        )


def _most(pillar: Pillar) -> str:
    majority = pillar.told.majority
    return f"are {majority}" if majority != NONE else "neither"


def _inferred(pillar: Pillar) -> Iterator[str]:
    """Where what people inferred and what is flagged do not fit; both stand as they are."""
    if pillar.inference is None:
        return
    word = pillar.inference.inference
    if word == "confirm" and any(True for _ in _discord(pillar)):
        yield "the inference says confirm where sources are in discord"
    speaking = [bool(one) for one in _declared(pillar)]
    if word in ("confirm", "discord") and sum(speaking) < 2:
        yield f"the inference says {word}, but fewer than two sources speak"
    if word == "silence" and all(speaking):
        yield "the inference says silence, but every source that is named speaks"
    answers = set(pillar.compared().values())
    if word == "confirm" and answers & {"unclear"} and not answers & {"agree", "discord"}:
        yield "the inference says confirm where what is compared is unclear"
    if word == "discord" and answers & {"agree"} and not any(True for _ in _discord(pillar)):
        yield "the inference says discord where what is compared agrees"


def _declared(pillar: Pillar) -> Iterator[str | int]:
    """What each source that is named says; the criterion by its light."""
    own = pillar.declared
    if own is not None and own.outcome is not None:
        yield pillar.people.direction
    if own is not None and own.survey_outcome is not None:
        yield pillar.survey.direction
    if own is not None and own.criterion is not None:
        yield "" if pillar.light == "not assessed" else pillar.light
    yield pillar.told.excerpts
