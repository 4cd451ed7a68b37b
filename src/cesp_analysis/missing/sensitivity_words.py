"""What each row of the sensitivity analysis assumes, in one plain sentence."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from cesp_analysis.declared.design import Place
from cesp_analysis.numbers import fixed

if TYPE_CHECKING:
    from cesp_analysis.missing.reference_based import Strategy

ANCHORED = (
    "Rubin's variance of reference-based imputation is information-anchored: it holds what missing"
    " at random would lose, and is larger than what estimates would vary by in repeated studies."
)
FREQUENTIST = (
    "The jackknife's variance is frequentist: what this estimate would vary by in repeated studies"
    " where the assumption holds. It is smaller than Rubin's, as borrowed answers vary little."
)
AT_RANDOM_ALIKE = (
    "The jackknife's variance is frequentist: what this estimate would vary by in repeated studies."
    " At random it and Rubin's say nearly the same where people are independent."
)
BY_RUBIN = "Rubin's rules: sampling, and imputing."
NO_SPREAD = "Every set is filled alike: sampling alone."
BY_MODEL = "The model's own."
COMPLETE = (
    "Describes those who answered; nothing is assumed of the others, and it stands for no analysis"
    " of everybody."
)
BY_GROUPS = "Groups of those who are lost, each moved by its own shift; all others as imputed."
LIKELIHOOD = (
    "Missing at random too, by the likelihood of the answers that there are: no auxiliaries,"
    " nothing imputed."
)
AS_IF_ALIVE = " Those who died count as if they were missing."
OTHER_ANSWERS = (
    "the model by likelihood takes all answers as they are, and here events set some aside or put"
    " values in their place"
)


@dataclass(frozen=True)
class Assumption:
    """label: of its rows in tables and figures, '' where each row has its own; heading: under which
    a figure puts them, {each}: site or arm."""

    label: str
    heading: str


AT_RANDOM, AS_CONTROL = "Missing at random", "As the control changed"
ASSUMPTIONS: dict[str, Assumption] = {
    "complete_records": Assumption("Complete records", "Description"),
    "missing_at_random": Assumption("Missing at random, imputed", AT_RANDOM),
    "likelihood": Assumption("Missing at random, mixed model", AT_RANDOM),
    "at_random_alone": Assumption("At random, outcome alone", AT_RANDOM),
    "jump_to_reference": Assumption("Jump to reference", AS_CONTROL),
    "copy_increments": Assumption("Copy increments", AS_CONTROL),
    "copy_reference": Assumption("Copy reference", AS_CONTROL),
    "delta": Assumption("", "Shifted by {each}"),
    "pattern": Assumption("", "Shifted by group"),
    "extreme": Assumption("", "Worst and best case"),
}
"""What may be assumed of missing answers: all that `assumption` of sensitivity.csv may be."""


@dataclass(frozen=True)
class Places:
    """How the two sides are called, and what they are: sites with labels of their own where there
    is one each, else arms."""

    intervention: str
    control: str
    each: Literal["site", "arm"] = "site"

    @property
    def both(self) -> str:
        """'both sites'."""
        return f"both {self.each}s"

    def at(self, side: str) -> str:
        """'at Trafford' of a site, 'in Usual treatment' of an arm; 'at both sites'."""
        return f"{'at' if self.each == 'site' else 'in'} {side}"


def places_of(sites: tuple[Place, ...], arms: dict[str, str]) -> Places:
    """The sides' names."""
    own = {arm: [one.label for one in sites if one.arm == arm] for arm in arms}
    found = {arm: own[arm][0] if len(own[arm]) == 1 else label for arm, label in arms.items()}
    each: Literal["site", "arm"] = "site" if all(len(one) == 1 for one in own.values()) else "arm"
    return Places(found["intervention"], found["control"], each)


def no_answer(kind: str | None, model: str) -> str:
    """Why answers of a kind of outcome are not shifted in a model that is fitted to each set."""
    return (
        f"the outcome's type is {kind}: a shifted answer is none that models of kind {model} take;"
        " impute a did or ancova model of the outcome too"
    )


def above(share: float, limit: float) -> str:
    """A Monte Carlo error above what missing_data.imputation allows, in standard errors."""
    return (
        f"the Monte Carlo error of the estimate is {fixed(share, 3)} standard errors, above"
        f" {limit:g} (missing_data.imputation.monte_carlo)"
    )


def of_first_set(warning: str) -> str:
    """A warning of the model's fit to the first imputed set; its numbers are of that set."""
    if not any(letter.isdigit() for letter in warning):
        return warning
    return f"in the first imputed set, as imputed: {warning}"


def nobody_moved(who: str) -> str:
    """A shift of a group that holds no imputed answer of the estimate."""
    return f"the shift of {who} moves nobody: no answer that was imputed is of that group"


def at_random_sentence(places: Places) -> str:
    """What imputing assumes."""
    return (
        f"Those who did not answer would have answered like people of their own {places.each} with"
        " the same other answers who did: missing at random, by imputation."
    )


def alone_sentence(places: Places) -> str:
    """What the profiles of reference-based rows assume without a reference."""
    return (
        f"Those who did not answer would have answered like people of their own {places.each} with"
        " the same other answers to this outcome: missing at random, by the means and covariances"
        " that the rows with a reference use. What a reference changes is to be read beside this"
        " row; what this row differs by from missing at random by imputation comes from what else"
        " its equations hold."
    )


def reference_sentence(strategy: "Strategy", places: Places) -> str:
    """What a reference-based row assumes."""
    here, there = places.intervention, places.control
    said = {
        "jump_to_reference": f"From when they were lost, people of {here} stand where they would"
        f" had they changed since the start as {there} did: what they had gained is gone at once",
        "copy_increments": f"From when they were lost, people of {here} keep what they had gained"
        f" and change on as {there} did",
        "copy_reference": f"People of {here} who are lost changed from the start as {there} did,"
        " and their earlier answers count as chance departures from that",
    }[strategy]
    return (
        f"{said}; those lost {places.at(there)} are missing at random. The reference is {there}'s"
        " change."
    )


def amount(by: float, unit: str, decimals: int) -> str:
    """'1.00 points lower', '0.50 points higher'."""
    return f"{fixed(abs(by), decimals)} {unit} {'lower' if by < 0 else 'higher'}"


def shift_sentence(a: float, b: float, unit: str, decimals: int, places: Places) -> str:
    """What shifts of both sides' imputed answers assume."""
    if a == b:
        return (
            f"Those lost {places.at(places.both)} would have answered"
            f" {amount(a, unit, decimals)} than imputed."
        )
    said = [
        f"those lost {places.at(place)} would have answered {amount(by, unit, decimals)} than"
        " imputed"
        if by
        else f"those lost {places.at(place)} as imputed: missing at random"
        for place, by in ((places.intervention, a), (places.control, b))
    ]
    return f"{_first('; '.join(said))}."


def extreme_sentence(here: int, there: int, places: Places) -> str:
    """What a worst or best case assumes."""
    answer = {0: "no (0)", 1: "yes (1)"}
    if here == there:
        return (
            f"Everybody who is lost, in either {places.each}, would have answered {answer[here]}."
        )
    return (
        f"Everybody lost {places.at(places.intervention)} would have answered {answer[here]},"
        f" everybody lost {places.at(places.control)} {answer[there]}."
    )


def _first(text: str) -> str:
    return text[:1].upper() + text[1:]
