"""Wilson's interval of a share of as many as its records are worth."""

from cesp_analysis.intervals import wilson_at


def wilson_of(share: float, worth: float, z: float) -> tuple[float, float]:
    """Wilson's limits of a share of `worth` independent records, which need not be whole."""
    part = share * worth
    near = round(part)  # of counts: rounding alone may not move a bound
    return wilson_at(near if abs(part - near) < 1e-9 else part, worth, z)
