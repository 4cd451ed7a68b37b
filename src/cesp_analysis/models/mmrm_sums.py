"""Sums by pattern of times answered: what the likelihood of repeated measures needs of the rows.

People who answered at the same times share a covariance matrix, so everything that the likelihood
and its derivatives need of them is the sum of products of their rows, time by time. An iteration
then costs patterns × times³, however many people there are.
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Codes, Floats


@dataclass(frozen=True)
class PatternSums:
    """g patterns, t times, q columns z = [X y] of n rows.

    people (g,): how many; seen (g, t): times of the pattern, 1 or 0; both (g, t, t): pairs of
    them; cross (g·t·t, q·q): sum over people of z_a z_b' for each pair of times, 0 where not seen.
    """

    n: int
    people: Floats
    seen: Floats
    both: Floats
    cross: Floats
    columns: int

    def weighted(self, weights: Floats) -> Floats:
        """Sum of Z'WZ (..., q, q) over people for weights W (..., g, t, t)."""
        lead = weights.shape[:-3]
        q = self.columns
        return np.asarray((weights.reshape(*lead, -1) @ self.cross).reshape(*lead, q, q))

    def by_pattern(self, matrix: Floats) -> Floats:
        """Sum over people of z_a' M z_b (g, t, t) for M (q, q)."""
        return np.asarray((self.cross @ matrix.ravel()).reshape(self.both.shape))


def pattern_sums(z: Floats, person: Codes, time: Codes, times: int) -> PatternSums:
    """Sum z (n, q) by pattern; person (n,) any codes, time (n,) 0..times-1, each once a person."""
    n, q = z.shape
    _, who = np.unique(person, return_inverse=True)
    people = int(who.max()) + 1
    cell = who * times + time
    if len(np.unique(cell)) < n:
        raise ValueError("a person has two rows at one time")
    wide = np.zeros((people * times, q))
    wide[cell] = z
    answered = np.zeros(people * times)
    answered[cell] = 1.0
    seen, which = np.unique(answered.reshape(people, times), axis=0, return_inverse=True)
    which = which.ravel()
    wide = wide.reshape(people, times * q)
    cross = np.empty((len(seen), times, times, q, q))
    for pattern in range(len(seen)):
        rows = wide[which == pattern]
        cross[pattern] = (rows.T @ rows).reshape(times, q, times, q).swapaxes(1, 2)
    return PatternSums(
        n=n,
        people=np.bincount(which).astype(float),
        seen=seen,
        both=seen[:, :, None] * seen[:, None, :],
        cross=cross.reshape(-1, q * q),
        columns=q,
    )
