"""What an instrument's YAML file says: items, scores, missing rule, source, worked example."""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Literal, Self

from pydantic import ConfigDict, Field, ValidationError, model_validator

from cesp_analysis.errors import CespError, no_such
from cesp_analysis.readable import fault_of
from cesp_analysis.study.base import Frozen, Name
from cesp_analysis.study.faults import fact_of, fields_at
from cesp_analysis.study.strict_yaml import read_yaml
from cesp_analysis.verdicts import verdicts_in

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

    @model_validator(mode="after")
    def _rules(self) -> Self:
        if broken := list(_broken(self)):
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


def _broken(instrument: Instrument) -> Iterator[str]:
    """What contradicts itself between the parts, a line each."""
    items = {item.code: item for item in instrument.items}
    yield from _repeated("items", [item.code for item in instrument.items])
    yield from _repeated("scores", [score.code for score in instrument.scores])
    for score in instrument.scores:
        place = f"scores.{score.code}"
        yield from verdicts_in((f"{place}.label", score.label))
        yield from _repeated(f"{place}.items", score.items)
        unknown = [code for code in score.items if code not in items]
        yield from (f"{place}.items: {no_such('item', code, [*items])}" for code in unknown)
        if not unknown:
            used = [items[code] for code in score.items]
            broken = [f"{place}.{line}" for line in _broken_method(score, used)]
            yield from broken or (f"{place}.{line}" for line in _broken_range(score, used))
    yield from _broken_example(instrument, items)


def _repeated(place: str, codes: Sequence[str]) -> Iterator[str]:
    for code in dict.fromkeys(code for code in codes if codes.count(code) > 1):
        yield f"{place}: '{code}' stands there more than once"


def _broken_method(score: Score, items: Sequence[Item]) -> Iterator[str]:
    """Is each score's method told all that it needs, and nothing that it cannot use?"""
    n, fewest = len(items), score.minimum_answered
    if not 1 <= fewest <= n:
        yield f"minimum_answered: must be from 1 to {n}, the number of items; it is {fewest}"
    if score.method == "value" and n != 1:
        yield f"items: method 'value' takes one item, not {n}"
    yield from _broken_count(score, items)
    yield from _broken_levels(score, items)
    if score.prorate == "person_mean" and fewest == n:
        yield "prorate: has no effect unless minimum_answered is below the number of items"
    if score.prorate == "none" and fewest < n and score.method in {"sum", "mean"}:
        yield "prorate: say person_mean; else a missing answer would count as 0"
    averaged = score.method == "mean" or (score.method, score.prorate) == ("sum", "person_mean")
    if averaged and len({(item.low, item.high) for item in items}) > 1:
        yield "items: a person's mean needs items with the same low and high"
    if score.conversion and (score.method == "mean" or fewest < n):
        yield "conversion: is for whole raw scores of complete answers; drop it, or ask for all"


def _broken_count(score: Score, items: Sequence[Item]) -> Iterator[str]:
    if (score.method == "count_in") != bool(score.counted):
        yield "counted: goes with method 'count_in', and only with it"
        return
    if not score.counted:
        return
    if set(score.counted) != {item.code for item in items}:
        yield f"counted: must name the score's items {_listed(score.items)}, each once"
        return
    for item in items:
        if item.reverse:
            yield f"counted.{item.code}: counts answers as given, so the item cannot be reversed"
        outside = [code for code in score.counted[item.code] if not item.low <= code <= item.high]
        if outside or not score.counted[item.code]:
            yield f"counted.{item.code}: needs answers from {item.low} to {item.high}"


def _broken_levels(score: Score, items: Sequence[Item]) -> Iterator[str]:
    if (score.method == "level_values") != bool(score.level_values):
        yield "level_values: goes with method 'level_values', and only with it"
        return
    if not score.level_values:
        return
    if set(score.level_values) != {item.code for item in items}:
        yield f"level_values: must name the score's items {_listed(score.items)}, each once"
        return
    if score.minimum_answered < len(items):
        yield "minimum_answered: a sum of values needs every answer"
    for item in items:
        if item.reverse:
            yield f"level_values.{item.code}: values answers as given; it cannot be reversed"
        if sorted(score.level_values[item.code]) != list(range(item.low, item.high + 1)):
            yield f"level_values.{item.code}: needs a value for each answer {item.low}-{item.high}"


def raw_range(score: Score, items: Sequence[Item]) -> tuple[float, float]:
    """Lowest and highest raw score of complete answers; reversal does not move them."""
    if score.method == "count_in":
        sizes = [(item.high - item.low + 1, len(set(score.counted[item.code]))) for item in items]
        return sum(counted == size for size, counted in sizes), len(items)
    if score.method == "level_values":
        values = [score.level_values[item.code].values() for item in items]
        ends = (sum(map(min, values)), sum(map(max, values)))
        return round(ends[0], 10), round(ends[1], 10)
    low, high = sum(item.low for item in items), sum(item.high for item in items)
    parts = len(items) if score.method == "mean" else 1
    return low / parts, high / parts


def _broken_range(score: Score, items: Sequence[Item]) -> Iterator[str]:
    low, high = raw_range(score, items)
    if score.conversion:
        raw = range(int(low), int(high) + 1)
        missing = [value for value in raw if value not in score.conversion]
        beyond = sorted(value for value in score.conversion if value not in raw)
        if missing:
            yield f"conversion: lacks raw scores {_listed(missing)}"
        if beyond:
            yield f"conversion: {_listed(beyond)} cannot occur; raw scores go {low:g} to {high:g}"
        low, high = min(score.conversion.values()), max(score.conversion.values())
    if score.range != (low, high):
        found = "{:g} to {:g}".format(*score.range)
        yield f"range: scores go from {low:g} to {high:g}; it says {found}"
    lowest = [band.lowest for band in score.bands]
    if lowest and lowest[0] != low:
        yield f"bands: the first must begin at {low:g}, the lowest score, not at {lowest[0]:g}"
    if lowest != sorted(set(lowest)) or any(value > high for value in lowest):
        yield f"bands: must rise, and none may begin above {high:g}, the highest score"


def _broken_example(instrument: Instrument, items: dict[str, Item]) -> Iterator[str]:
    example = instrument.worked_example
    scores = [score.code for score in instrument.scores]
    for part, given, needed in (
        ("answers", list(example.answers), list(items)),
        ("scores", list(example.scores), scores),
    ):
        place, noun = f"worked_example.{part}", part.removesuffix("s").replace("answer", "item")
        yield from (f"{place}: lacks {noun} '{code}'" for code in needed if code not in given)
        yield from (f"{place}: {no_such(noun, x, needed)}" for x in given if x not in needed)
    for code, answer in example.answers.items():
        item = items.get(code)
        if item and not item.low <= answer <= item.high:
            yield f"worked_example.answers.{code}: must be {item.low} to {item.high}, not {answer}"


def _listed(values: Sequence[object]) -> str:
    return ", ".join(str(value) for value in values)
