"""Whether simulated trials and a formula part, beyond chance."""

RARE = 0.00135
"""A tail of the normal law beyond 3 standard errors."""
APART = 0.01
"""In power, from which on simulated trials and a formula are said to part."""


def parts_from(hits: float, n: float, planned: float, within: float = APART) -> bool:
    """Whether `hits` among n part from a planned share by more than `within` and chance.

    By the binomial's own law, so that all or none of a few are no surprise: as rare as 3 standard
    errors of a normal at the share, at most `within` away, that is nearest to what was found.
    """
    from scipy.special import bdtr, bdtrc

    low, high = max(planned - within, 0.0), min(planned + within, 1.0)
    if hits > high * n:
        return bool(bdtrc(hits - 1, int(n), high) < RARE)
    return bool(hits < low * n and bdtr(hits, int(n), low) < RARE)
