"""A set of columns that may be an instrument's, as a question and as lines to take in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cesp_analysis.instruments.types import Instrument
from cesp_analysis.new_study.commented import flow
from cesp_analysis.new_study.platforms import as_code
from cesp_analysis.new_study.questionnaires import Match
from cesp_analysis.new_study.tables import Column

_MOST = 12  # codes that are written out


@dataclass(frozen=True)
class LikelySet:
    """Columns that may hold an instrument's answers, otherwise than it has them.

    renamed: as the pattern calls a column → as the file does; values: answer → the instrument's
    code, '' where nobody but a person knows; none: answers that say that there is none; why: what
    speaks for the instrument ('are called like …'); holds: what stands in the columns.
    """

    instrument: Instrument
    pattern: str
    columns: tuple[Column, ...]
    renamed: Mapping[str, str]
    values: Mapping[str, str]
    none: tuple[str, ...]
    why: str
    holds: str

    @property
    def question(self) -> str:
        """Whether it is the instrument, and what to do if so."""
        low, high = span_of(self.instrument)
        first = next(((answer, code) for answer, code in self.values.items() if code), None)
        known = all(self.values.values()) and first is not None
        codes = f"its code ({low} to {high})"
        if not known or first is None:
            write = f", write behind each {'word' if self.holds == 'words' else 'one'} {codes},"
        elif self.holds == "words":
            write = f", look at {codes} behind each word,"
        else:
            other = low if first[1] == str(high) else high
            write = (
                f", in which {first[0]} is its {first[1]} (turn them where that is its {other}),"
            )
        return (
            f"{self.columns[0].name} to {self.columns[-1].name} {self.why}, and hold {self.holds}."
            f" If these are its answers, take the comment signs off the lines below{write} and take"
            " the columns out of variables:. Are they?"
        )


def span_of(one: Instrument) -> tuple[int, int]:
    """An instrument's lowest and highest code."""
    return min(i.low for i in one.items), max(i.high for i in one.items)


def answers_of(one: Instrument) -> dict[str, int]:
    """The words of an instrument's answers → code; {} where its items have different ones."""
    first, *others = (one.codes(item) for item in one.items)
    return first if all(own == first for own in others) else {}


def lines_of(
    found: Sequence[LikelySet], matches: Sequence[Match], codes: Sequence[str]
) -> Iterator[str]:
    """A question on each set, and the lines to take in of all of them together.

    `matches`, `codes`: the instruments and the codes of no answer that the entry has already; they
    stand in the lines, too, as no section may stand there twice."""
    for one in found:
        yield one.question
    if found and (matches or codes):
        yield "Lines that stand above already are to be replaced by those of the same name below."
    if not found:
        return
    own = {match.instrument: match.pattern for match in matches}
    yield f"instruments: {flow(own | {one.instrument.name: one.pattern for one in found})}"
    renamed = {name: column for match in matches for name, column in match.renamed.items()}
    added = {name: column for one in found for name, column in one.renamed.items()}
    if added:
        yield f"renamed: {flow(renamed | added)}"
    yield "item_values:"
    for one in found:
        yield f"  {one.instrument.name}:"
        yield from (f"    {flow(said)}: {code}".rstrip() for said, code in one.values.items())
    if none := dict.fromkeys(code for one in found for code in one.none):
        yield f"missing: {flow([as_code(code) for code in dict.fromkeys([*codes, *none])])}"
