"""What is refused and what is left out of models of imputation, and the sentences about it."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from cesp_analysis.arrays import Bools, Codes, Floats
from cesp_analysis.missing import screening as rule
from cesp_analysis.missing.recipe import Recipe
from cesp_analysis.missing.screening import Columns
from cesp_analysis.missing.together import blocks, drawn_apart, mates
from cesp_analysis.quoting import quoted

if TYPE_CHECKING:
    from cesp_analysis.missing.target import Target

NOBODY = "nobody answered it: nothing to impute it from"
ONE_VALUE = "it has one value: it predicts nothing"
GAPS = "it has gaps that are not imputed: it predicts nothing"
NUMBERS = "it numbers people, as an id does: it predicts nothing"
MAY_NUMBER = (
    "each of {} answers is a whole number of {} digits that nobody else gave, as in ids and in some"
    " measures: it predicts as a measure; if it is an id, take it out of"
    " missing_data.imputation.auxiliaries"
)
ANSWERS_A_DONOR = 10
"""Answers a donor below which matching shows a bias: docs/validation.md, missing at random."""
NAMED = 3
"""How many models a sentence names."""
MANY = {
    "ordered": "values among {} answers, too many for an ordered model: use norm or pmm",
    "nominal": "categories among {} answers, too many to impute it: declare fewer",
}
"""What is said where a value has fewer than two answers on average."""
DIED = "are not counted: what they gave is no model of who lived"
SAME = "does not vary among those who answered what it is to predict"
AGAIN = "repeats other predictors there"
CUT = "columns were to predict it"
"""Said of an equation with fewer: their number tells how many people answered."""


class LeftOut:
    """Collects what one group's plan refuses and leaves out.

    nowhere: columns that predict nothing; refused: (column, reason); apart: (column, reason) → the
    targets whose models go without it; weighty: sentences that concern every estimate of a column.
    """

    def __init__(self, recipe: Recipe, columns: Columns) -> None:
        self.recipe, self.columns = recipe, columns
        self.nowhere: set[str] = set()
        self.refused: list[tuple[str, str]] = []
        self.said: list[tuple[str, str]] = []
        self.weighty: list[tuple[str, str]] = []
        self.apart: dict[tuple[str, str], list[str]] = {}
        correlations = rule.correlations(columns)
        self.strength = np.abs(correlations)
        self.told = rule.told_by_others(correlations)

    def refuses(self, one: "Target", clusters: Codes | None) -> bool:
        """Whether a column cannot be imputed; says why, or what is done about it."""
        name, answers = one.column.name, len(one.raw)
        reason = ""
        if not one.drawn:
            return False
        if not answers:
            reason = NOBODY + self.uncounted(name, self._answered(one))
        elif answers < rule.FEWEST:
            reason = f"{answers} answered it, too few to impute it from ({rule.FEWEST} are needed)"
            reason += self.uncounted(name, self._answered(one))
        elif one.column.method == "logistic" and len(one.values) > 2:
            reason = f"it has {len(one.values)} values and a logistic model takes two: use ordered"
        elif one.column.method in MANY and 2 * len(one.values) > answers:
            reason = f"it has {len(one.values)} {MANY[one.column.method].format(answers)}"
        if one.column.method == "two_level" and (clusters is None or clusters.max() < 1):
            self.said.append((name, "fewer than two clusters: imputed without a random intercept"))
        if reason:
            self.refused.append((name, reason))
        elif len(one.values) == 1 and not one.lacking_parts:
            self.said.append((name, f"all answers are {one.values[0]:g}: so is what is imputed"))
        elif one.column.method == "pmm" and one.matches_whole:
            self._few_donors(one)
        return bool(reason)

    def _answered(self, one: "Target") -> Bools:
        """Who (n,) answered a column."""
        return np.asarray(self.columns.known[:, one.at - 1])

    def uncounted(self, name: str, answered: Bools) -> str:
        """How many answers (n,) to a column do not count, their people being no models."""
        others = self.recipe.not_models.get(name)
        number = 0 if others is None else int((answered & others).sum())
        return f"; {number} more died within its period and {DIED}" if number else ""

    def _few_donors(self, one: "Target") -> None:
        """Say where matching has few answers to choose from."""
        answers, donors = len(one.raw), one.column.donors
        if answers < ANSWERS_A_DONOR * donors:
            words = (
                f"it is matched among {answers} answers, fewer than {ANSWERS_A_DONOR} for each of"
                f" {donors} donors: where people who are lost lie beyond those who answered it is"
                " biased, and norm is not" + self.uncounted(one.column.name, self._answered(one))
            )
            self.said.append((one.column.name, words))

    def set_aside(self, one: "Target", answers: int, aside: Bools) -> None:
        """Say of how many who answered the model of a column is, where others are set aside."""
        lack = answers - len(one.raw) or int(aside[one.known].sum())
        if lack:
            whose = f"{lack} of {answers} people who answered it lack what predicts it"
            rest = "its model is of the others"
            if len(one.raw) == answers:
                rest = "as those are most, its model is of all, and shows too little of what it has"
                rest += " to do with that"
            rest += self.uncounted(one.column.name, self._answered(one))
            self.said.append((one.column.name, f"{whose}, which was imputed without it: {rest}"))

    def unusable(self, imputed: set[str]) -> None:
        """Settle which columns predict nothing: gaps that stay, one value, numbers of people."""
        names = self.recipe.names
        whole = np.asarray(self.columns.known.all(axis=0))
        filled = {n for n, own in zip(names, whole, strict=True) if own} | imputed
        refused = {name for name, _ in self.refused}
        ids, same = rule.like_ids(self.columns), rule.constant(self.columns)
        perhaps = rule.perhaps_ids(self.columns)
        for j, name in enumerate(names):
            if not self.recipe.parts(name) <= filled:
                self.nowhere.add(name)
                if name not in refused and j < len(self.recipe.columns):
                    alone = bool(same[j] and self.columns.known[:, j].any())
                    self.said.append((name, ONE_VALUE if alone else GAPS))
            elif same[j]:
                self.nowhere.add(name)
                if name not in imputed:
                    self.said.append((name, ONE_VALUE))
            elif name in self.recipe.keep:
                continue
            elif ids[j]:
                self.nowhere.add(name)
                self.said.append((name, NUMBERS))
            elif perhaps[j]:
                n = int(self.columns.known[:, j].sum())
                self.said.append((name, MAY_NUMBER.format(n, int(perhaps[j]))))

    def screened(self, one: "Target", among: Codes) -> Codes:
        """The predictors of one target that its model can bear."""
        own = rule.varying(self.columns, one.known, among)
        among = self._without(one, among, own, SAME)
        if len(among) >= len(one.raw) - rule.FEWEST:  # of so many, some always repeat others
            among = self._borne(one, among)
        own = ~rule.repeating(self.columns, one.known, among)
        among = self._without(one, among, own, AGAIN)
        return self._borne(one, among)

    def _borne(self, one: "Target", among: Codes) -> Codes:
        """As many as the people who answered can bear."""
        kept = np.array([self.recipe.names[j] in self.recipe.keep for j in among], dtype=bool)
        stay = rule.strongest(self._strength(one, among), len(one.raw), kept)
        if stay.all() or len(one.values) == 1:
            return among
        self.said.append(
            (
                one.column.name,
                f"{len(one.raw)} people answered, {len(among)} {CUT}: those that are kept do,"
                " and those most correlated with it, to a third as many as these people"
                + self.uncounted(one.column.name, self._answered(one)),
            )
        )
        return among[stay]

    def _strength(self, one: "Target", among: Codes) -> Floats:
        """Correlations of columns with a target; the largest with anything that says what it is."""
        own = np.array(list(self.recipe.places(one.column.name)), dtype=int)
        return np.asarray(self.strength[np.ix_(own, among)].max(axis=0))

    def _without(self, one: "Target", among: Codes, stay: Bools, reason: str) -> Codes:
        for j in among[~stay]:
            key = (self.recipe.names[j], reason)
            self.apart.setdefault(key, []).append(one.column.name)
        return among[stay]

    def together(self, targets: Sequence["Target"], monotone: bool) -> Iterator["Target"]:
        """Targets in the order in which they are drawn, those next to each other that determine one
        another, each without what its people lack as well; says so."""
        linked = {
            one.column.name: mates(one, self.recipe, self.columns, self.strength, self.told)
            for one in targets
        }
        for block in blocks(targets, {} if monotone else linked):
            for one, without, people in drawn_apart(block, self.recipe, linked):
                self._perfect(one)
                if without:
                    names, both = quoted(without), "neither" if len(without) == 1 else "none"
                    words = (
                        f"it and {names} nearly determine one another, and {people} people have"
                        f" {both} of them: for those it is drawn without {names}, which"
                        f" {'follows' if len(without) == 1 else 'follow'} from it"
                    )
                    self.weighty.append((one.column.name, words))
                yield one

    def _perfect(self, one: "Target") -> None:
        """Say which predictors determine a target."""
        among = one.predictors[one.predictors > 0] - 1
        if len(one.values) == 1:
            return
        if one.column.method == "nominal" or (
            one.column.method == "logistic" and len(one.values) == 2
        ):
            found = np.zeros(len(among), dtype=bool)
            for at in self.recipe.places(one.column.name):
                found |= rule.separates(self.columns, one.known, at, among)
            words = "two values" if one.column.method == "logistic" else "categories"
            words = f"its {words} apart without overlap: a prior holds the slopes"
            words = f"{'tells' if found.sum() == 1 else 'tell'} {words}"
        else:
            found = self._strength(one, among) > rule.PERFECT
            words = f"{'determines' if found.sum() == 1 else 'determine'} it: given that, what is"
            words += " imputed hardly differs between sets"
        if found.any():
            names = quoted([self.recipe.names[j] for j in among[found]])
            self.weighty.append((one.column.name, f"{names} {words}"))

    def sentences(self) -> tuple[tuple[str, str], ...]:
        """(column, sentence), one a column and reason."""
        apart = []
        for (name, reason), targets in self.apart.items():
            more = f" and {len(targets) - NAMED} more" if len(targets) > NAMED else ""
            models = quoted(targets[:NAMED]) + more
            apart.append((name, f"it is left out of the model of {models}: it {reason}"))
        return tuple(self.said + apart)
