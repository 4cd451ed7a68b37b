"""Which predictors a model of imputation can bear, and what is said about the others.

Sources: Hardt, Herke & Leonhart (2012), BMC Med Res Methodol 12:184 (at most one predictor for
three people who answered); van Buuren (2018), Flexible Imputation of Missing Data, 6.3.
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Bools, Codes, Floats

PEOPLE_A_PREDICTOR = 3
FEWEST = 5
"""Fewest answers from which others are imputed: as many as predictive mean matching has donors."""
REPEATS = 1e-6
"""Share of a predictor's variance that others leave unexplained, below which it repeats them."""
MAY_BE = 0.1
"""Share of variance that others leave, from which on it is looked whether they leave any: pairs are
known of different people, so that what is nothing may seem to be some hundredths."""
PERFECT = 1 - 1e-9
"""Correlation from which a predictor determines what it predicts, but for rounding."""
DIGITS = 4
"""Fewest digits of numbers that are asked about: ages and scores have fewer."""
SEVERAL = 20
"""Fewest people of whom different numbers are a wonder at all."""
LARGEST = 2.0**53
"""Beyond it floats do not hold all whole numbers."""
WONDER = 7.0
"""Expected coincidences of n whole numbers on their range; with none the chance is e^-7."""


@dataclass(frozen=True)
class Columns:
    """Columns (n, p) with an answer or not, standardised over those who answered; gaps at the mean.

    What is made of columns with gaps is made of their means.
    """

    raw: Floats
    known: Bools
    z: Floats
    centre: Floats
    scale: Floats


def standardised(raw: Floats) -> Columns:
    """Each column less its mean, over its SD; one that does not vary keeps its unit."""
    known = np.isfinite(raw)
    count = np.maximum(known.sum(axis=0), 1)
    filled = np.where(known, raw, 0.0)
    centre = filled.sum(axis=0) / count
    off = np.where(known, filled - centre, 0.0)
    spread = np.sqrt((off**2).sum(axis=0) / count)
    varies = spread > 1e-12 * np.maximum(np.abs(centre), 1e-300)  # 1e-12: rounding of the mean
    scale = np.where(varies, spread, 1.0)
    return Columns(raw, known, np.where(varies, off / scale, 0.0), centre, scale)


def constant(columns: Columns) -> Bools:
    """Which columns (p,) have one value among those who answered."""
    return np.asarray(~(columns.z * columns.known).any(axis=0))


def like_ids(columns: Columns) -> Bools:
    """Which columns (p,) number people: nobody's number twice, where chance would repeat some.

    n numbers drawn from R that are possible coincide n(n - 1) / 2R times on average. Possible are
    whole steps from the lowest to the highest: of 1000, 1010, 1040 steps of 10.
    """
    found = np.zeros(columns.raw.shape[1], dtype=bool)
    for j in np.flatnonzero(of_nobody_else(columns)):
        own = columns.raw[columns.known[:, j], j]
        possible = float(own.max() - own.min()) / _step(own) + 1
        found[j] = len(own) * (len(own) - 1) / 2 / possible > WONDER
    return found


def perhaps_ids(columns: Columns) -> Codes:
    """Digits (p,) of columns that ids may fill, and measures too: nobody's number twice, all of so
    many digits. 0: digits differ, are fewer than DIGITS, or fewer than SEVERAL people have one."""
    found = np.zeros(columns.raw.shape[1], dtype=int)
    for j in np.flatnonzero(of_nobody_else(columns)):
        own = columns.raw[columns.known[:, j], j]
        low, high = (len(f"{end:.0f}") for end in (own.min(), own.max()))
        if own.min() > 0 and low == high >= DIGITS and len(own) >= SEVERAL:
            found[j] = low
    return found


def of_nobody_else(columns: Columns) -> Bools:
    """Which columns (p,) hold whole numbers, a different one for each person who has one."""
    found = np.zeros(columns.raw.shape[1], dtype=bool)
    for j in range(len(found)):
        own = columns.raw[columns.known[:, j], j]
        whole = len(own) > 1 and bool((own == np.floor(own)).all())
        found[j] = whole and len(np.unique(own)) == len(own)
    return found


def _step(numbers: Floats) -> int:
    """The largest step of which all distances between whole numbers are multiples."""
    if np.abs(numbers).max() > LARGEST:
        return 1
    return int(np.gcd.reduce(np.diff(np.sort(numbers)).astype(np.int64)))


def correlations(columns: Columns) -> Floats:
    """Correlations (p, p) over those who have both; 0 where one does not vary there."""
    known = columns.known.astype(float)
    z, count = columns.z * known, known.T @ known
    count = np.maximum(count, 1)
    mean = z.T @ known / count  # of column i where column j is known too
    square = (z**2).T @ known / count - mean**2
    both = z.T @ z / count - mean * mean.T
    size = square * square.T
    good = size > 1e-18  # spread, in SDs, lost in rounding
    return np.asarray(np.where(good, both / np.sqrt(np.where(good, size, 1.0)), 0.0))


def varying(columns: Columns, rows: Codes, among: Codes) -> Bools:
    """Which of the columns `among` take several values over rows; gaps are passed over."""
    known = columns.known[np.ix_(rows, among)]
    z = columns.z[np.ix_(rows, among)]
    low = np.where(known, z, np.inf).min(axis=0, initial=np.inf)
    high = np.where(known, z, -np.inf).max(axis=0, initial=-np.inf)
    return np.asarray(high - low > 1e-12)  # SDs: the mean's rounding


def repeating(columns: Columns, rows: Codes, among: Codes) -> Bools:
    """Which of the columns `among` are combinations of those before them, over rows; gaps at mean.

    One Cholesky where nothing repeats; else column by column.
    """
    if not len(among):
        return np.zeros(0, dtype=bool)
    z = columns.z[np.ix_(rows, among)]
    z = z - z.mean(axis=0)
    size = np.sqrt((z**2).sum(axis=0))
    found: Bools = np.asarray(size < 1e-9)  # nothing left but rounding
    z = z / np.where(found, 1.0, size)
    moments = z.T @ z
    if not found.any():
        try:
            if np.diag(np.linalg.cholesky(moments)).min() ** 2 > REPEATS:
                return found
        except np.linalg.LinAlgError:
            pass  # what repeats is found below
    left = moments.copy()
    for j in range(len(among)):
        if left[j, j] <= REPEATS:
            found[j] = True
            continue
        left -= np.outer(left[:, j], left[j]) / left[j, j]
    return found


def separates(columns: Columns, rows: Codes, target: int, among: Codes) -> Bools:
    """Which of the columns `among` split the target's two values without overlap, over rows."""
    high = columns.z[rows, target] > columns.z[rows, target].mean()
    known = columns.known[np.ix_(rows, among)]
    z = columns.z[np.ix_(rows, among)]
    up, down = known & high[:, None], known & ~high[:, None]
    top = [np.where(own, z, -np.inf).max(axis=0, initial=-np.inf) for own in (up, down)]
    low = [np.where(own, z, np.inf).min(axis=0, initial=np.inf) for own in (up, down)]
    seen = up.any(axis=0) & down.any(axis=0)
    return np.asarray(seen & ((top[0] < low[1]) | (top[1] < low[0])))


def told_by_others(correlations: Floats) -> Bools:
    """Which columns (p,) the others may make up, by correlations of those who have both: all of
    whose variance is left a tenth or less. A quick look, beside which `combined` is exact."""
    values, vectors = np.linalg.eigh(correlations + np.diag(1 - np.diag(correlations)))
    left = 1 / (vectors**2 / np.maximum(values, REPEATS)).sum(axis=1)
    return np.asarray(left < MAY_BE)


def combined(columns: Columns, rows: Codes, target: int, among: Codes, part: float) -> Bools:
    """Which of the columns `among` make up the target exactly, a combination of them, over rows;
    none if they do not. part: smallest share, in SDs, of a column that counts.

    Gaps are at their means; if those spoil it, over the rows without any, if these are many.
    """
    whole = rows[columns.known[np.ix_(rows, among)].all(axis=1)]
    for own in (rows, whole) if len(whole) < len(rows) else (rows,):
        if len(own) < PEOPLE_A_PREDICTOR * len(among) or len(own) < FEWEST:
            continue
        x, y = columns.z[np.ix_(own, among)], columns.z[own, target]
        x, y = x - x.mean(axis=0), y - y.mean()
        size = float(y @ y)
        if size < 1e-18 * len(own):  # rounding
            continue
        coef = np.linalg.lstsq(x.T @ x, x.T @ y, rcond=REPEATS**2)[0]
        if float(((y - x @ coef) ** 2).sum()) < REPEATS * size:
            return np.asarray(np.abs(coef) > part)
    return np.zeros(len(among), dtype=bool)


def correlated(z: Floats, values: Floats) -> Floats:
    """Sizes of the correlations of columns z (n, k) with values (n,); 0 of what does not vary."""
    off, own = z - z.mean(axis=0), values - values.mean()
    scale = np.sqrt((off**2).sum(axis=0) * (own**2).sum())
    return np.asarray(np.abs(off.T @ own) / np.where(scale > 0, scale, 1.0))


def strongest(strength: Floats, people: int, kept: Bools) -> Bools:
    """Which predictors stay: the kept ones, then the strongest, up to one for three people.

    Kept ones are more than that only as long as FEWEST people are left over.
    """
    room = people // PEOPLE_A_PREDICTOR
    room = max(room, min(int(kept.sum()), people - FEWEST))
    order = np.lexsort((-strength, ~kept))
    stay = np.zeros(len(strength), dtype=bool)
    stay[order[:room]] = True
    return stay
