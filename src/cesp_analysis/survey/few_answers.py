"""Which categories of an ordinal outcome are not shown, because few respondents gave them."""

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

import numpy as np

from cesp_analysis.models.hidden import BESIDE, hidden, hidden_cells, said, within
from cesp_analysis.survey.answers import AT_LEAST, Answers, MeansSpec

At = TypeVar("At", bound=Hashable)


def categories_hidden(
    answers: Answers, parts: Mapping[At, np.ndarray], whole: Mapping[At, Hashable], how: MeansSpec
) -> dict[At, list[str]]:
    """Part → why each column of the answers is not shown there, '' where it is.

    parts: the records (places, or true for each) of a site, or of its strata or neighbourhoods,
    which add to a site's answers; whole: which of them add to one. Means and proportions have one
    column, of all who answered: what few gave is no category there.
    """
    told = {at: [""] * len(answers.categories) for at in parts}
    codes = [name for name in answers.categories if name and not name.startswith(AT_LEAST)]
    if not codes:
        return told
    least, k = how.at_least(), len(codes)
    given = np.nan_to_num(answers.columns[:, :k])
    counts = {at: given[rows].sum(axis=0).astype(int) for at, rows in parts.items()}
    for own in within((at for at in parts if counts[at].any()), whole):
        for at, gone in zip(own, _gone([counts[at] for at in own], codes, least), strict=True):
            why = said(gone, counts[at], least, "answers")
            told[at] = why + [BESIDE if _parts_them(gone, low) else "" for low in range(1, k)]
    return told


def _gone(counts: list[np.ndarray], codes: Sequence[str], least: int) -> list[np.ndarray]:
    """Which codes (k,) each part does not show: of parts of one site their sums are told too."""
    if len(counts) < 2:
        return [hidden(n, least, codes) for n in counts]
    cells = [(f"{at:06}", code) for at in range(len(counts)) for code in codes]
    alone = np.repeat(hidden(np.array([n.sum() for n in counts]), least), len(codes))
    found = hidden_cells(np.concatenate(counts), cells, least, alone)
    return list(found.reshape(len(counts), len(codes)))


def _parts_them(gone: np.ndarray, low: int) -> bool:
    """Whether the share of code `low` and above holds some of what is hidden, but not all."""
    return bool(gone[low:].any() and gone[:low].any())
