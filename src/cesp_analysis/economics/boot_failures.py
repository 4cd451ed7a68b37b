"""Why bootstrap samples failed, in a sentence that stays one whatever fails."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from cesp_analysis.economics.few_units import NAMED, span
from cesp_analysis.economics.words import columns_in_words

NUMBER = re.compile(r"(?<![^\s(])\d+(?![^\s):;,])")
"""A number that stands by itself: none within a column's name ('utility@6m', 'sex[1]')."""


def pooled_reasons(
    reasons: Mapping[str, int], columns: Sequence[str]
) -> tuple[tuple[str, int], ...]:
    """Reasons → of how many samples, those that differ in numbers alone as one with their range
    ('3 to 4 answered it'), the most frequent first; columns: names that are put in words."""
    kinds: dict[str, list[tuple[list[int], int]]] = defaultdict(list)
    for text, n in reasons.items():
        kinds[NUMBER.sub("{}", text)].append(([int(one) for one in NUMBER.findall(text)], n))
    found = []
    for kind, own in kinds.items():
        text = kind
        for values in zip(*(numbers for numbers, _ in own), strict=True):
            text = text.replace("{}", span(values), 1)
        found.append((columns_in_words(text, columns), sum(n for _, n in own)))
    return tuple(sorted(found, key=lambda one: (-one[1], one[0])))


def why_failed(reasons: Sequence[tuple[str, int]]) -> Iterator[str]:
    """A sentence with the most frequent reasons, each with its number of samples, and how many
    kinds more there are; nothing where no sample failed."""
    if reasons:
        own = sorted(reasons, key=lambda one: (-one[1], one[0]))
        told = [f"{reason} ({n:,})" for reason, n in own[:NAMED]]
        rest = own[NAMED:]
        if rest:
            kinds = "kind" if len(rest) == 1 else "kinds"
            told.append(f"and {len(rest):,} more {kinds} ({sum(n for _, n in rest):,})")
        yield f"why samples failed: {'; '.join(told)}"
