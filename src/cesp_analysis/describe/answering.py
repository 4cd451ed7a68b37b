"""Who answered at a time, in a plain sentence of the counts and differences themselves."""

from collections.abc import Sequence
from dataclasses import dataclass

from cesp_analysis.numbers import counted, fixed, interval, listed

NOT_IN = "not in the model: an outcome that is not primary"
"""Why a variable has no difference of the model: the reason says no more than what it holds."""
ANSWERED, NO_ANSWER, WITHDREW, DIED = "answered", "no answer", "withdrew", "died"
"""Where somebody is in an outcome at a time, as MissingPatterns has it."""
SMALL = 0.1
"""SDs: smaller differences are not named. The line that is usual in balance plots."""
MOST = 2
"""At most so many differences are named, the largest; of outcomes that are not primary one."""


@dataclass(frozen=True)
class Group:
    """People of a group at a time: expected = answered + withdrew + died + no answer."""

    label: str
    expected: int
    answered: int
    withdrew: int
    died: int


@dataclass(frozen=True)
class Differs:
    """A standardised difference, those without an answer less those with one; no interval: None."""

    label: str
    share: bool
    value: float
    low: float | None
    high: float | None

    def words(self, called: str) -> str:
        """'Age, lower by 0.31 SD (−0.02 to 0.64)'; called: what the interval is called, blank for
        none. The ends are turned round with the number, so that it is never below 0."""
        more, less = ("more frequent", "less frequent") if self.share else ("higher", "lower")
        sign = 1 if self.value > 0 else -1
        said = f"{self.label}, {more if sign > 0 else less} by {fixed(abs(self.value), 2)} SD"
        if self.low is None or self.high is None:
            return said
        low, high = sorted((sign * self.low, sign * self.high))
        return f"{said} ({called}{interval(low, high, 2)})"


@dataclass(frozen=True)
class Answering:
    """Who answered an outcome at a time, and how those who did not differ from those who did."""

    time: str
    groups: tuple[Group, ...]
    differs: tuple[Differs, ...]
    interval: str
    primary: bool = True

    def sentence(self) -> str:
        """Counts by group; what became of the others; where they differed most before."""
        return " ".join(filter(None, (self._counts(), self._differences())))

    def _counts(self) -> str:
        alone = len(self.groups) == 1
        parts = [
            f"{own.answered:,} of {own.expected:,}" + ("" if alone else f" in {own.label}")
            for own in self.groups
        ]
        others = sum(own.expected - own.answered for own in self.groups)
        said = f"At {self.time} {listed(parts)} answered"
        if not others:
            return f"{said}."
        died, withdrew = (
            sum(getattr(g, name) for g in self.groups) for name in ("died", "withdrew")
        )
        gone = [f"{died:,} had died"] if died else []
        gone += [f"{withdrew:,} had withdrawn"] if withdrew else []
        if not gone:
            return f"{said}; of the {counted(others, 'other')} no death or withdrawal is on record."
        whose = "the other one" if others == 1 else f"the {others:,} others"
        return f"{said}; of {whose} {listed(gone)} by then."

    def _differences(self) -> str:
        others = sum(g.expected - g.answered - g.died for g in self.groups)
        if not others or not self.differs:
            return ""
        most = largest(self.differs)[: MOST if self.primary else 1]
        if not most:
            return (
                f"Before, those without an answer lay within {SMALL:g} SD of the others in all that"
                " was known of them."
            )
        named = [one.words(f"{self.interval} " if at == 0 else "") for at, one in enumerate(most)]
        return (
            "Before, those without an answer differed most from the others in"
            f" {', and '.join(named)}."
        )


def largest(differs: Sequence[Differs]) -> list[Differs]:
    """The largest differences, at most MOST, none below SMALL."""
    known = sorted(differs, key=lambda one: -abs(one.value))
    return [one for one in known if abs(one.value) >= SMALL][:MOST]
