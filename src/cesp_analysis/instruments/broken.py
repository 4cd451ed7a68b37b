"""What is wrong with an instrument's file: all of it, at once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from cesp_analysis.errors import no_such
from cesp_analysis.label_words import words_of
from cesp_analysis.verdicts import verdicts_in

if TYPE_CHECKING:
    from cesp_analysis.instruments.types import Instrument, Item, Score


def faults_in(instrument: "Instrument") -> Iterator[str]:
    """What contradicts itself between the parts, a line each."""
    items = {item.code: item for item in instrument.items}
    yield from _repeated("items", [item.code for item in instrument.items])
    yield from _repeated("scores", [score.code for score in instrument.scores])
    yield from _broken_answers("answers", instrument.answers, instrument.items)
    for item in instrument.items:
        yield from _broken_answers(f"items.{item.code}.answers", item.answers, [item])
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


def _broken_answers(
    place: str, answers: Mapping[int, Sequence[str]], items: "Sequence[Item]"
) -> Iterator[str]:
    """Words are of a code that an item has, and of one code."""
    low, high = min(item.low for item in items), max(item.high for item in items)
    code_of: dict[str, int] = {}
    for code, words in answers.items():
        if not low <= code <= high:
            yield f"{place}.{code}: codes go from {low} to {high}"
        for word in words:
            if not word.strip():
                yield f"{place}.{code}: a word is blank"
            elif (other := code_of.setdefault(words_of(word), code)) != code:
                yield f"{place}.{code}: '{word}' is {other}, too; a word has one code"


def _broken_method(score: "Score", items: "Sequence[Item]") -> Iterator[str]:
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


def _broken_count(score: "Score", items: "Sequence[Item]") -> Iterator[str]:
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


def _broken_levels(score: "Score", items: "Sequence[Item]") -> Iterator[str]:
    if (score.method == "level_values") != bool(score.level_values):
        yield "level_values: goes with method 'level_values', and only with it"
        return
    if not score.level_values:
        if score.start or score.any_at:
            yield "start, any_at: go with method 'level_values', and only with it"
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
    lowest, highest = min(item.low for item in items), max(item.high for item in items)
    for level in score.any_at:
        if not lowest < level <= highest:
            yield f"any_at.{level}: must be above {lowest}, which all reach, and at most {highest}"


def raw_range(score: "Score", items: "Sequence[Item]") -> tuple[float, float]:
    """Lowest and highest raw score of complete answers; reversal does not move them."""
    if score.method == "count_in":
        sizes = [(item.high - item.low + 1, len(set(score.counted[item.code]))) for item in items]
        return sum(counted == size for size, counted in sizes), len(items)
    if score.method == "level_values":
        low, high = _ends(score, items, min), _ends(score, items, max)
        return round(low, 10), round(high, 10)
    low, high = sum(item.low for item in items), sum(item.high for item in items)
    parts = len(items) if score.method == "mean" else 1
    return low / parts, high / parts


def _ends(score: "Score", items: "Sequence[Item]", end: Callable[..., float]) -> float:
    """The lowest (end: min) or highest value of any answers, by the highest level among them: one
    item has it, the others have it or a lower one."""
    found = []
    for top in range(max(item.low for item in items), max(item.high for item in items) + 1):
        values = [score.level_values[item.code] for item in items]
        best = [end(value for level, value in of.items() if level <= top) for of in values]
        at_top = end(of[top] - own for of, own in zip(values, best, strict=True) if top in of)
        once = sum(value for level, value in score.any_at.items() if level <= top)
        found.append(score.start + sum(best) + at_top + once)
    return end(found)


def _broken_range(score: "Score", items: "Sequence[Item]") -> Iterator[str]:
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


def _broken_example(instrument: "Instrument", items: "dict[str, Item]") -> Iterator[str]:
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
