"""Random numbers: one independent stream for every name, all from one seed.

A stream depends on the seed and on its own name only, so a new file, site or instrument takes a
new name and leaves the numbers of every other stream as they were.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from cesp_analysis.arrays import Bools, Floats, Ints


def stream(seed: int, *names: str) -> np.random.Generator:
    """The generator that belongs to these names."""
    return np.random.default_rng([seed, *_words(names)])


def seed_of(seed: int, *names: str) -> int:
    """The seed that belongs to these names, for an engine that makes streams of its own from one:
    128 bits, so that no two names share a stream."""
    low, high = np.random.SeedSequence([seed, *_words(names)]).generate_state(2, np.uint64)
    return int(low) | int(high) << 64


def _words(names: Sequence[str]) -> list[int]:
    digest = hashlib.sha256("/".join(names).encode()).digest()
    words: list[int] = np.frombuffer(digest[:16], dtype="<u4").tolist()
    return words


def pick(rng: np.random.Generator, shares: Mapping[str, float], n: int) -> list[str]:
    """Draw n values with these shares (made to sum to 1)."""
    weights = np.array(list(shares.values()))
    names = list(shares)
    return [names[i] for i in rng.choice(len(names), size=n, p=weights / weights.sum())]


def chance(log_odds: Floats) -> Floats:
    """Probability from log odds."""
    return np.asarray(1 / (1 + np.exp(-log_odds)))


def log_odds(share: float) -> float:
    """Log odds of a share, held a hair away from 0 and 1."""
    held = min(max(share, 1e-12), 1 - 1e-12)
    return float(np.log(held / (1 - held)))


def yes_no(flags: Bools) -> list[str]:
    """Write flags as the raw files do."""
    return ["yes" if flag else "no" for flag in flags]


def days_after(start: Sequence[date], days: Ints) -> list[date]:
    """Dates that many days after each start."""
    moved: list[date] = (np.array(start, dtype="datetime64[D]") + days).tolist()
    return moved
