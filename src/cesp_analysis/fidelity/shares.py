"""Wilson's interval of a share of as many as its records are worth."""

from math import sqrt

from cesp_analysis.survey.aapor import wilson


def wilson_of(share: float, worth: float, z: float) -> tuple[float, float]:
    """Wilson's limits of a share of `worth` independent records, which need not be whole.

    Source: Korn & Graubard (1998), Surv Methodol 24:193-201, who put the effective number in.
    """
    part = share * worth
    if worth == int(worth) and abs(part - round(part)) < 1e-9:
        return wilson(round(part), int(worth), z)
    middle, spread = share + z * z / worth / 2, 1 + z * z / worth
    half = z * sqrt(share * (1 - share) / worth + z * z / (4 * worth**2))
    return (middle - half) / spread, (middle + half) / spread
