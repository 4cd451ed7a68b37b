"""By what a column of an evaluation was imputed: its method, and what foretells it, in words."""

from collections.abc import Mapping

from cesp_analysis.arrays import Codes
from cesp_analysis.columns import Row
from cesp_analysis.economics.cases import Case
from cesp_analysis.economics.frame import COST, Frame
from cesp_analysis.economics.words import column_in_words, columns_in_words
from cesp_analysis.missing.in_parts import Lacking, Service
from cesp_analysis.missing.recipe import Recipe
from cesp_analysis.missing.target import Target
from cesp_analysis.numbers import listed

MATCHED = "pmm"
OWN = "own"
"""Where all that is lacking of a cost is as the person's own mean: nothing is drawn."""


def imputed_by(frame: Frame, target: Target | None, recipe: Recipe) -> Row:
    """Of one column: nothing of one whose gaps stay."""
    if target is None:
        return {"method": None, "n_predictors": 0, "predictors": None}
    if not target.drawn:
        return {"method": OWN, "n_predictors": 0, "predictors": None}
    most, words = _foretold(frame, target, recipe)
    return {
        "method": target.column.method,
        "n_predictors": most,
        "predictors": " | ".join(words) or None,
    }


def _foretold(frame: Frame, target: Target, recipe: Recipe) -> tuple[int, list[str]]:
    """The most predictors of any equation of a target, and the words of all; it has one equation,
    or one a service that somebody lacks, each with columns and services of its own."""
    drawn = [one for one in target.lacking_parts if len(one.gaps)]
    each = [_columns(target, one) for one in drawn] or [target.predictors]
    places = [at for at in target.predictors.tolist() if at > 0 and any(at in own for own in each)]
    names = [recipe.names[at - 1] for at in places]
    words = [columns_in_words(name, [name]) for name in names]
    counts = [int((own > 0).sum()) for own in each]
    time = frame.equations.about[target.column.name].time
    for number, one in enumerate(drawn):
        parts = frame.equations.in_parts[target.column.name]
        if one.parts and len(parts.beside(one.parts)):
            words.append(f"log cost of its other services at {time}".replace("_", " "))
            counts[number] += 1
        words += [_service(frame, service) for service in one.services]
        counts[number] += len(one.services)
    return max(counts), list(dict.fromkeys(words))


def _columns(target: Target, lacking: Lacking) -> Codes:
    """The total's columns that foretell a part."""
    if lacking.predictors is None:
        return target.predictors
    return target.predictors[[at in lacking.predictors for at in target.predictors]]


def _service(frame: Frame, one: Service) -> str:
    """Services at a time: one, or those together that are lacking together."""
    names = frame.equations.in_parts[one.column].names
    own = list(dict.fromkeys(names[at] for at in one.places))
    time = frame.equations.about[one.column].time
    return f"service{'s' if len(own) > 1 else ''} {listed(own)} at {time}".replace("_", " ")


def shared_by(case: Case, column: str, targets: Mapping[str, Target]) -> Row:
    """By what a part of the main costs is imputed, if the column is one: {} of others."""
    about = case.frame.equations.about[column]
    if about.variable not in case.shared:
        return {}
    whole = f"{COST}@{about.time}"
    if (target := targets.get(whole)) is not None and target.lacking_parts:
        names = case.frame.equations.in_parts[whole].names
        services = case.frame.equations.in_parts[column].names
        if not any(
            len(one.gaps) and (not one.parts or {names[at] for at in one.parts} & {*services})
            for one in target.lacking_parts
        ):
            return {"method": OWN, "predictors": None}
    return {"method": MATCHED, "predictors": f"the donors of {column_in_words(whole)}"}
