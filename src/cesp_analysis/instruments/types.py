"""What an instrument's YAML file says: items, scores, missing rule, source, worked example."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Literal, Self

from pydantic import ConfigDict, Field, ValidationError, model_validator

from cesp_analysis.declared.base import Frozen, Name
from cesp_analysis.declared.faults import fact_of, fields_at
from cesp_analysis.declared.listed import Codes
from cesp_analysis.declared.strict_yaml import read_yaml
from cesp_analysis.errors import CespError, no_such
from cesp_analysis.instruments.broken import faults_in
from cesp_analysis.label_words import words_of
from cesp_analysis.readable import fault_of

_FOLDER = Path(__file__).parent


class _Part(Frozen):
    """A part of an instrument; `code: 1` reads as the text '1'."""

    model_config = ConfigDict(coerce_numbers_to_str=True)


class Item(_Part):
    """One question; its answers are the whole numbers from `low` to `high`."""

    code: Name
    label: str = Field(description="A short label in own words, never the question's wording.")
    low: int
    high: int
    reverse: bool = Field(default=False, description="true: it counts as low + high - answer.")
    optional: bool = Field(default=False, description="true: a file may lack its column.")
    answers: dict[int, Codes] = Field(
        default_factory=dict, description="As the instrument's, of an item that has others."
    )

    @model_validator(mode="after")
    def _low_below_high(self) -> Self:
        if self.low >= self.high:
            raise ValueError(f"low ({self.low}) must be below high ({self.high})")
        return self


class Band(_Part):
    """A named part of a score's range: from `lowest` up to the next band."""

    label: str
    lowest: float


class Score(_Part):
    """One number from the answers to some items."""

    code: Name
    label: str
    items: tuple[Name, ...] = Field(min_length=1)
    method: Literal["sum", "mean", "count_in", "value", "level_values"]
    counted: dict[Name, tuple[int, ...]] = Field(
        default_factory=dict, description="count_in: item → the answers that count 1."
    )
    level_values: dict[Name, dict[int, float]] = Field(
        default_factory=dict, description="level_values: item → answer → the value that it adds."
    )
    start: float = Field(
        default=0.0, description="level_values: what the values are added to, e.g. 1 (full health)."
    )
    any_at: dict[int, float] = Field(
        default_factory=dict,
        description="level_values: answer → what is added once if any item has it or a higher one.",
    )
    minimum_answered: int = Field(
        default_factory=lambda data: len(data.get("items", ())),
        description="With fewer answers the score is missing; by default all items.",
    )
    prorate: Literal["none", "person_mean"] = Field(
        default="none", description="person_mean: what was answered, times items / answered."
    )
    conversion: dict[int, float] = Field(
        default_factory=dict, description="Raw score → score; complete answers only."
    )
    range: tuple[float, float] = Field(description="Lowest and highest score.")
    direction: Literal["higher_is_better", "higher_is_worse"]
    unit: str
    bands: tuple[Band, ...] = ()
    source: str = Field(
        default="", description="Who published its values, where the instrument's source did not."
    )


class WorkedExample(_Part):
    """Answers to every item and the scores they must give."""

    answers: dict[Name, int]
    scores: dict[Name, float]
    source: str


class Instrument(_Part):
    """A questionnaire and how it is scored; every fact with its source."""

    name: Name
    title: str
    column_names: tuple[str, ...] = Field(
        default=(), description="What its columns are often called, besides its own name."
    )
    response: str = Field(description="Recall period and what the answers' codes mean.")
    answers: dict[int, Codes] = Field(
        default_factory=dict,
        description="Code → the words for it, in several spellings where there are such; of all"
        " codes or some. Value labels of raw files are held against them.",
    )
    reflective: bool | None = Field(
        default=None,
        description="true: a score's items are signs of one thing, so that alpha and omega say how"
        " reliable it is; false: they make it up (EQ-5D) or stand alone; absent: neither is"
        " computed.",
    )
    items: tuple[Item, ...] = Field(min_length=1)
    scores: tuple[Score, ...] = Field(min_length=1)
    source: str
    copyright: str
    missing_rule: str = Field(description="Who says so, or that no published rule was found.")
    note: str = ""
    worked_example: WorkedExample

    def codes(self, item: Item) -> dict[str, int]:
        """The words of an item's answers, as labels are compared, each with its code."""
        said = item.answers or self.answers
        return {
            words_of(word): code
            for code, words in said.items()
            if item.low <= code <= item.high
            for word in words
        }

    def digits(self) -> list[Item]:
        """The items whose answers are the digits of a state, in order: all but optional ones."""
        return [item for item in self.items if not item.optional]

    @model_validator(mode="after")
    def _rules(self) -> Self:
        if broken := list(faults_in(self)):
            raise ValueError("\n".join(broken))
        return self


def names() -> list[str]:
    """The instruments that come with the package."""
    return sorted(path.stem for path in _FOLDER.glob("*.yaml"))


def read_instrument(instrument: str | Path) -> Instrument:
    """A shipped instrument by its name, or a study's own by the path of its YAML file.

    Raises CespError with one line for each mistake: file, place, fact.
    """
    if isinstance(instrument, str) and instrument in names():
        return _shipped(instrument)
    path = Path(instrument)
    if path.suffix not in {".yaml", ".yml"}:
        raise CespError(f"{no_such('instrument', str(instrument), names())}; or give a .yaml file")
    if fault := fault_of(path):
        raise CespError(f"{path}: {fault}; give the path of an instrument's YAML")
    return _read(path)


@cache
def _shipped(name: str) -> Instrument:
    return _read(_FOLDER / f"{name}.yaml")


def _read(path: Path) -> Instrument:
    data = read_yaml(path)
    try:
        return Instrument.model_validate(data)
    except ValidationError as error:
        raise CespError(f"{path}: {line}" for line in _in_words(error)) from error


def _in_words(error: ValidationError) -> Iterator[str]:
    """Place and fact of each mistake; rules that span parts name their own place."""
    faults = error.errors(include_url=False)
    inside = {fault["loc"][0] for fault in faults if len(fault["loc"]) > 1}
    for fault in faults:
        loc, kind = fault["loc"], fault["type"]
        if kind == "default_factory_not_called" or (kind == "too_short" and loc[0] in inside):
            continue  # follows from another mistake in the same part
        rule = kind == "value_error"
        fact = fault["msg"].removeprefix("Value error, ") if rule else ""
        place = ".".join(str(part) for part in loc)
        lines = fact.split("\n") if rule else [fact_of(fault, fields_at(loc[:-1], Instrument))]
        yield from (f"{place}: {line}" if place else line for line in lines)
