"""What is refused and what is left out of models of imputation, and the sentences about it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cesp_analysis.missing import screening as rule
from cesp_analysis.missing.recipe import Recipe
from cesp_analysis.missing.screening import Columns
from cesp_analysis.models.cluster_sums import Codes

if TYPE_CHECKING:
    from cesp_analysis.missing.plan import Target

NOBODY = "nobody answered it: nothing to impute it from"
ANSWERS_A_DONOR = 10
"""Answers a donor below which matching shows a bias: docs/validation.md, missing at random."""
NAMED = 3
"""How many models a sentence names."""
SAME = "does not vary among those who answered what it is to predict"
AGAIN = "repeats other predictors there"


def quoted(names: Sequence[str]) -> str:
    """Names of columns in quotes: the report prints labels in their place."""
    return ", ".join(f"'{name}'" for name in names)


class LeftOut:
    """Collects what one group's plan refuses and leaves out.

    nowhere: columns that predict nothing; refused: (column, reason); apart: (column, reason) → the
    targets whose models go without it.
    """

    def __init__(self, recipe: Recipe, columns: Columns) -> None:
        self.recipe, self.columns = recipe, columns
        self.nowhere: set[str] = set()
        self.refused: list[tuple[str, str]] = []
        self.said: list[tuple[str, str]] = []
        self.apart: dict[tuple[str, str], list[str]] = {}
        self.strength = np.abs(rule.correlations(columns))

    def refuses(self, one: "Target", clusters: Codes | None) -> bool:
        """Whether a column cannot be imputed; says why, or what is done about it."""
        name, answers = one.column.name, len(one.raw)
        reason = ""
        if not answers:
            reason = NOBODY
        elif answers < rule.FEWEST:
            reason = f"{answers} answered it, too few to impute it from ({rule.FEWEST} are needed)"
        elif one.column.method == "logistic" and len(one.values) > 2:
            reason = f"it has {len(one.values)} values and a logistic model takes two: use ordered"
        elif one.column.method == "ordered" and 2 * len(one.values) > answers:
            reason = (
                f"it has {len(one.values)} values among {answers} answers, too many for an ordered"
                " model: use norm or pmm"
            )
        if one.column.method == "two_level" and (clusters is None or clusters.max() < 1):
            self.said.append((name, "fewer than two clusters: imputed without a random intercept"))
        if reason:
            self.refused.append((name, reason))
        elif len(one.values) == 1:
            self.said.append((name, f"all answers are {one.values[0]:g}: so is what is imputed"))
        elif one.column.method == "pmm":
            self._few_donors(one)
        return bool(reason)

    def _few_donors(self, one: "Target") -> None:
        """Say where matching has few answers to choose from."""
        answers, donors = len(one.raw), one.column.donors
        if answers < ANSWERS_A_DONOR * donors:
            words = (
                f"it is matched among {answers} answers, fewer than {ANSWERS_A_DONOR} for each of"
                f" {donors} donors: where people who are lost lie beyond those who answered it is"
                " biased, and norm is not"
            )
            self.said.append((one.column.name, words))

    def unusable(self, imputed: set[str]) -> None:
        """Settle which columns predict nothing: gaps that stay, one value, numbers of people."""
        names = self.recipe.names
        whole = np.asarray(self.columns.known.all(axis=0))
        filled = {n for n, own in zip(names, whole, strict=True) if own} | imputed
        refused = {name for name, _ in self.refused}
        ids, same = rule.like_ids(self.columns), rule.constant(self.columns)
        for j, name in enumerate(names):
            if not self.recipe.parts(name) <= filled:
                self.nowhere.add(name)
                if name not in refused and j < len(self.recipe.columns):
                    self.said.append(
                        (name, "it has gaps that are not imputed: it predicts nothing")
                    )
            elif same[j]:
                self.nowhere.add(name)
                if name not in imputed:
                    self.said.append((name, "it has one value: it predicts nothing"))
            elif ids[j] and name not in (*imputed, *self.recipe.keep) and j < len(whole):
                self.nowhere.add(name)
                self.said.append(
                    (
                        name,
                        "it numbers people, as an id does: it predicts nothing (keep it to use it)",
                    )
                )

    def screened(self, one: "Target", among: Codes) -> Codes:
        """The predictors of one target that its model can bear."""
        own = rule.varying(self.columns, one.known, among)
        among = self._without(one, among, own, SAME)
        if len(among) >= len(one.raw) - rule.FEWEST:  # of so many, some always repeat others
            among = self._borne(one, among)
        own = ~rule.repeating(self.columns, one.known, among)
        among = self._without(one, among, own, AGAIN)
        self._perfect(one, among)
        return self._borne(one, among)

    def _borne(self, one: "Target", among: Codes) -> Codes:
        """As many as the people who answered can bear."""
        kept = np.array([self.recipe.names[j] in self.recipe.keep for j in among], dtype=bool)
        stay = rule.strongest(self.strength[one.at - 1, among], len(one.raw), kept)
        if stay.all() or len(one.values) == 1:
            return among
        self.said.append(
            (
                one.column.name,
                f"{len(one.raw)} people answered, {len(among)} columns were to predict it: the"
                f" {int(stay.sum())} that are kept or most correlated with it do",
            )
        )
        return among[stay]

    def _without(self, one: "Target", among: Codes, stay: rule.Bools, reason: str) -> Codes:
        for j in among[~stay]:
            key = (self.recipe.names[j], reason)
            self.apart.setdefault(key, []).append(one.column.name)
        return among[stay]

    def _perfect(self, one: "Target", among: Codes) -> None:
        """Say which predictors determine a target."""
        if len(one.values) == 1:
            return
        if one.column.method == "logistic" and len(one.values) == 2:
            found = rule.separates(self.columns, one.known, one.at - 1, among)
            words = "tell its two values apart without overlap: a prior holds their slopes"
        else:
            found = self.strength[one.at - 1, among] > rule.PERFECT
            words = "determine it: what is imputed hardly differs between sets"
        if found.any():
            names = quoted([self.recipe.names[j] for j in among[found]])
            self.said.append((one.column.name, f"{names} {words}"))

    def sentences(self) -> tuple[tuple[str, str], ...]:
        """(column, sentence), one a column and reason."""
        apart = []
        for (name, reason), targets in self.apart.items():
            more = f" and {len(targets) - NAMED} more" if len(targets) > NAMED else ""
            models = quoted(targets[:NAMED]) + more
            apart.append((name, f"it is left out of the model of {models}: it {reason}"))
        return tuple(self.said + apart)
