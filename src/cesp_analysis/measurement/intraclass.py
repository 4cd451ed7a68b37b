"""Shrout and Fleiss's intraclass correlations of people who answered at the same occasions.

Sources: Shrout & Fleiss (1979), Psychol Bull 86:420-8; McGraw & Wong (1996), Psychol Methods
1:30-46, table 7, for names and intervals.
"""

from dataclasses import dataclass, fields

import numpy as np

from cesp_analysis.measurement.quantity import LEVEL, Quantity, f_quantile, without


@dataclass(frozen=True)
class MeanSquares:
    """A two-way analysis of variance of n people at k occasions: people (MSR), occasions (MSC),
    error (MSE), within people (MSW)."""

    n: int
    k: int
    people: float
    occasions: float
    error: float
    within: float

    @property
    def df_error(self) -> int:
        """Of MSE."""
        return (self.n - 1) * (self.k - 1)

    @property
    def df_agreement(self) -> float:
        """Satterthwaite's of MSE + (MSC - MSE) / n, the shifts between these occasions fixed.

        MSC is then noncentral: MSE times chi-squared of k - 1 df with noncentrality
        (k - 1)(MSC / MSE - 1), taken as 0 where MSC < MSE.
        """
        n, k, error = self.n, self.k, self.error
        if error == 0:
            return np.inf
        apart = max(0.0, self.occasions / error - 1)  # noncentrality of MSC, for each of its df
        variance = ((n - 1) / n * error) ** 2 * 2 / self.df_error
        variance += (error / n) ** 2 * 2 * (1 + 2 * apart) / (k - 1)
        return 2 * (error + (self.occasions - error) / n) ** 2 / variance


@dataclass(frozen=True)
class Intraclass:
    """The six correlations: of one answer, and of the mean of k.

    one_way: ICC(1); agreement: ICC(A,1) of McGraw and Wong, ICC(2,1) of Shrout and Fleiss, in which
    a shift between occasions is error; consistency: ICC(C,1), (3,1), in which it is not.
    """

    one_way: Quantity
    agreement: Quantity
    consistency: Quantity
    one_way_mean: Quantity
    agreement_mean: Quantity
    consistency_mean: Quantity


def mean_squares(answers: np.ndarray) -> MeanSquares:
    """Of complete answers (n, k), two or more of each."""
    n, k = answers.shape
    centred = answers - answers.mean()
    of_people, of_occasions = centred.mean(axis=1), centred.mean(axis=0)
    people = k * float(of_people @ of_people)
    occasions = n * float(of_occasions @ of_occasions)
    left = centred - of_people[:, None] - of_occasions
    error = float((left**2).sum())
    if error <= np.finfo(float).eps * n * k * float((centred**2).sum()):
        error = 0.0  # rounding of answers that are the same, or differ by the same
    return MeanSquares(
        n, k, people / (n - 1), occasions / (k - 1), error / ((n - 1) * (k - 1)),
        (occasions + error) / (n * (k - 1)),
    )  # fmt: skip


def intraclass(squares: MeanSquares | None, level: float = LEVEL) -> Intraclass:
    """All six with intervals that hold at `level` where people and errors are normal."""
    count = len(fields(Intraclass))
    if squares is None:
        return Intraclass(*[without("at least 3 people with both answers are needed")] * count)
    if squares.people <= 0 and squares.error <= 0:
        return Intraclass(*[without("all people gave the same answer: nothing varies")] * count)
    one = (_one_way(squares, level), _agreement(squares, level), _consistency(squares, level))
    return Intraclass(*one, *(_of_mean(found, squares.k) for found in one))


def _one_way(squares: MeanSquares, level: float) -> Quantity:
    df = squares.n * (squares.k - 1)
    return _from_ratio(squares, squares.within, df, level, "ICC(1), exact F interval")


def _consistency(squares: MeanSquares, level: float) -> Quantity:
    method = "ICC(C,1), exact F interval"
    return _from_ratio(squares, squares.error, squares.df_error, level, method)


def _from_ratio(
    squares: MeanSquares, error: float, df: float, level: float, method: str
) -> Quantity:
    """(F - 1) / (F + k - 1) of F = MSR / error, and of F over and times its quantiles."""
    k = squares.k
    if error == 0:
        return _perfect(method)
    tail, df_people = (1 - level) / 2, squares.n - 1
    ratio = squares.people / error
    low = ratio / f_quantile(1 - tail, df_people, df)
    high = ratio * f_quantile(1 - tail, df, df_people)
    return Quantity(ratio, low, high, method).through(lambda f: (f - 1) / (f + k - 1))


def _agreement(squares: MeanSquares, level: float) -> Quantity:
    """ICC(A,1); its interval by Satterthwaite's df, people and occasions both random."""
    n, k = squares.n, squares.k
    people, occasions, error = squares.people, squares.occasions, squares.error
    spread = people + (k - 1) * error + k / n * (occasions - error)
    method = "ICC(A,1), McGraw and Wong's interval"
    value = (people - error) / spread
    if value == 1:
        return _perfect(method)
    a = k * value / (n * (1 - value))
    b = 1 + k * value * (n - 1) / (n * (1 - value))
    parts = (a * occasions) ** 2 / (k - 1) + (b * error) ** 2 / squares.df_error
    df = (a * occasions + b * error) ** 2 / parts
    tail, rest = (1 - level) / 2, k * occasions + (k * n - k - n) * error
    below, above = f_quantile(1 - tail, n - 1, df), f_quantile(1 - tail, df, n - 1)
    low = n * (people - below * error) / (below * rest + n * people)
    high = n * (above * people - error) / (rest + n * above * people)
    return Quantity(value, low, high, method)


def _of_mean(one: Quantity, k: int) -> Quantity:
    """Spearman and Brown's correlation of the mean of k answers, from that of one."""
    if one.value is None:
        return one
    return one.through(lambda own: k * own / (1 + (k - 1) * own))


def _perfect(method: str) -> Quantity:
    return Quantity(1.0, method=method, reason="perfect agreement: no error to make an interval of")
