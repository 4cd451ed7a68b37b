"""Which parts of a whole are not shown: those of few respondents, and what would tell of them.

Parts add up to a total that stands beside them, so that one part left out follows by subtraction.
With it the next smallest is left out, until two at least are, of as many respondents as one part
that is shown. Source: Hundepool et al. (2012), Statistical Disclosure Control, ch. 4 (secondary
suppression). No audit of tables against each other, but for a cross beside its variables.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import numpy as np

from cesp_analysis.numbers import NOT_SHOWN

At = TypeVar("At", bound=Hashable)
BESIDE = f"{NOT_SHOWN}: with the total it would tell of a part with too few"


def hidden(counts: np.ndarray, least: int, names: Sequence[str] = ()) -> np.ndarray:
    """Which parts (k,) are not shown, by how many respondents each has; nobody is no secret.

    names: of parts of one size the first by name goes, so that every table hides the same.
    """
    return _beside(_few(counts, least), counts, least, _order(counts, names))


def hidden_cells(
    counts: np.ndarray,
    cells: Sequence[tuple[str, ...]],
    least: int,
    alone: np.ndarray | None = None,
) -> np.ndarray:
    """The same of the cells (k,) that cross several variables, beside tables of each by itself.

    cells: their categories, one a variable. Whatever is hidden of a variable by itself tells
    nothing, what is shown is a whole like a row or a column of the cross. Cells are left out until
    each whole has two and the wholes' equations leave every small one open (ibid., two
    dimensions), or nothing of the cross is shown. alone (k,): true in those of the first variable's
    categories that show nothing but their number, which all of them then do.
    """
    names = [" ".join(cell) for cell in cells]
    order, few = _order(counts, names), _few(counts, least)
    wholes = list(_wholes(counts, cells, least, alone is not None))
    found = few if alone is None else few | alone
    found = found.copy()
    while True:
        before = int(found.sum())
        for whole in wholes:
            found[whole] = _beside(found[whole], counts[whole], least, _within(order, whole))
        if found.sum() > before:
            continue
        told = few & _solved(found, wholes) if few.any() else few
        near = np.zeros_like(few)
        for whole in wholes:
            near |= whole & bool((whole & told).any())
        more = [at for at in order if counts[at] and not found[at]]
        if not more or not told.any():
            return found
        found[next((at for at in more if near[at]), more[0])] = True


def _few(counts: np.ndarray, least: int) -> np.ndarray:
    return np.asarray((counts > 0) & (counts < least))


def _order(counts: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """Places (k,), the smallest part first."""
    return np.lexsort((np.array(names) if len(names) else np.arange(len(counts)), counts))


def _within(order: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """The order of a whole's own parts, as places among them."""
    place = np.cumsum(whole) - 1
    return np.asarray(place[[at for at in order if whole[at]]])


def _beside(gone: np.ndarray, counts: np.ndarray, least: int, order: np.ndarray) -> np.ndarray:
    """What is not shown (k,), with what would tell of it."""
    found = gone.copy()
    if not found.any():
        return found
    for at in order:
        if found.sum() > 1 and counts[found].sum() >= least:
            break
        found[at] |= counts[at] > 0
    return found


def _wholes(
    counts: np.ndarray, cells: Sequence[tuple[str, ...]], least: int, told: bool
) -> Iterator[np.ndarray]:
    """The cells (k,) of each number that stands elsewhere: a category's, and all hidden ones';
    told: none of the first variable is hidden."""
    for axis, words in enumerate(zip(*cells, strict=True)):
        names, codes = np.unique(np.array(words), return_inverse=True)
        gone = hidden(np.bincount(codes, counts).astype(int), least, names.tolist())
        gone &= not (told and axis == 0)
        yield from (codes == at for at in np.flatnonzero(~gone))
        if gone.any():
            yield gone[codes]


def _solved(found: np.ndarray, wholes: Sequence[np.ndarray]) -> np.ndarray:
    """Which hidden cells (k,) the wholes' equations give a value: nothing else fits."""
    known = np.array(wholes)[:, found].astype(float)
    _, sizes, rows = np.linalg.svd(known)
    free = rows[int((sizes > 1e-9).sum()) :]  # entries are 0 and 1: rounding is far below
    solved = np.zeros(len(found), dtype=bool)
    solved[found] = np.abs(free).sum(axis=0) < 1e-9
    return solved


def reasons(counts: np.ndarray, least: int, of: str, names: Sequence[str] = ()) -> list[str]:
    """Why each part (k,) is not shown, '' where it is; of: what is counted, 'answers'."""
    return said(hidden(counts, least, names), counts, least, of)


def said(gone: np.ndarray, counts: np.ndarray, least: int, of: str) -> list[str]:
    """Why each of what is gone (k,) is; '' of what is shown."""
    return [
        "" if not hides else fewer(least, of) if 0 < n < least else BESIDE
        for n, hides in zip(counts.tolist(), gone.tolist(), strict=True)
    ]


def fewer(least: int, of: str) -> str:
    """The sentence on a part with too few."""
    return f"{NOT_SHOWN}: fewer than {least} {of}"


def within(parts: Iterable[At], whole: Mapping[At, Hashable]) -> list[list[At]]:
    """The parts of each whole, in their order."""
    found: dict[Hashable, list[At]] = {one: [] for one in whole.values()}
    for at in parts:
        found[whole[at]].append(at)
    return list(found.values())


def reasons_by(
    counts: Mapping[At, int], whole: Mapping[At, Hashable], least: int, of: str
) -> dict[At, str]:
    """The same of parts by name, each within the whole that it adds to."""
    found: dict[At, str] = {}
    for own in within(counts, whole):
        why = reasons(np.array([counts[at] for at in own]), least, of)
        found |= dict(zip(own, why, strict=True))
    return found
