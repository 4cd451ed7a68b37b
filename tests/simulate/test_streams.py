"""Streams by name: each its own, and a seed by name for engines that take one."""

import numpy as np

from cesp_analysis.streams import seed_of, stream


def test_a_stream_is_of_its_name_alone() -> None:
    one, again, other = (stream(1, *names).random() for names in (("a", "b"), ("a", "b"), ("a",)))
    assert one == again != other


def test_a_seed_is_of_its_names_and_of_the_seed() -> None:
    names = [(seed, step, outcome) for seed in (1, 2) for step in "ab" for outcome in "cd"]
    seeds = [seed_of(*one) for one in names]
    assert seeds == [seed_of(*one) for one in names]
    assert len(set(seeds)) == 8 and min(seeds) > 2**64  # 1 in 2e19 is smaller
    first = [
        np.random.default_rng(np.random.SeedSequence(one, spawn_key=(0, 0))).random()
        for one in (1, *seeds)
    ]
    assert len(set(first)) == 9
