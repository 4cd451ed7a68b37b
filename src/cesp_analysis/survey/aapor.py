"""Response rates by the standard definitions of AAPOR (public opinion research).

Source: AAPOR, Standard Definitions, 10th edition (2023), outcome rates. Interval: Wilson (1927),
JASA 22:209-12.
"""

from collections.abc import Callable
from dataclasses import dataclass

from cesp_analysis.intervals import wilson_at

INDEPENDENT = "Wilson; invitations taken as independent of each other"


@dataclass(frozen=True)
class Cases:
    """How many invitations ended in each way, by AAPOR's letters; e: the share of those of unknown
    eligibility (unknown) that count as eligible, None where it is not known; by: where e comes
    from."""

    complete: int
    partial: int
    refusal: int
    non_contact: int
    other: int
    unknown: int
    e: float | None
    by: str

    @property
    def interviews(self) -> int:
        """I + P."""
        return self.complete + self.partial

    @property
    def eligible(self) -> int:
        """I + P + R + NC + O."""
        return self.interviews + self.refusal + self.non_contact + self.other

    @property
    def contacted(self) -> int:
        """I + P + R + O."""
        return self.interviews + self.refusal + self.other


_ALL = "((I+P)+(R+NC+O)+(UH+UO))"
_E = "((I+P)+(R+NC+O)+e(UH+UO))"
_KNOWN = "((I+P)+(R+NC+O))"

Count = Callable[[Cases], int]

RATES: dict[str, tuple[str, Count, Count, float | None]] = {
    "RR1": (f"I / {_ALL}", lambda c: c.complete, lambda c: c.eligible, 1),
    "RR2": (f"(I+P) / {_ALL}", lambda c: c.interviews, lambda c: c.eligible, 1),
    "RR3": (f"I / {_E}", lambda c: c.complete, lambda c: c.eligible, None),
    "RR4": (f"(I+P) / {_E}", lambda c: c.interviews, lambda c: c.eligible, None),
    "RR5": (f"I / {_KNOWN}", lambda c: c.complete, lambda c: c.eligible, 0),
    "RR6": (f"(I+P) / {_KNOWN}", lambda c: c.interviews, lambda c: c.eligible, 0),
    "COOP1": ("I / ((I+P)+R+O)", lambda c: c.complete, lambda c: c.contacted, 0),
    "COOP2": ("(I+P) / ((I+P)+R+O)", lambda c: c.interviews, lambda c: c.contacted, 0),
    "COOP3": ("I / ((I+P)+R)", lambda c: c.complete, lambda c: c.interviews + c.refusal, 0),
    "COOP4": ("(I+P) / ((I+P)+R)", lambda c: c.interviews, lambda c: c.interviews + c.refusal, 0),
    "REF1": (f"R / {_ALL}", lambda c: c.refusal, lambda c: c.eligible, 1),
    "REF2": (f"R / {_E}", lambda c: c.refusal, lambda c: c.eligible, None),
    "REF3": (f"R / {_KNOWN}", lambda c: c.refusal, lambda c: c.eligible, 0),
    "CON1": (f"((I+P)+R+O) / {_ALL}", lambda c: c.contacted, lambda c: c.eligible, 1),
    "CON2": (f"((I+P)+R+O) / {_E}", lambda c: c.contacted, lambda c: c.eligible, None),
    "CON3": (f"((I+P)+R+O) / {_KNOWN}", lambda c: c.contacted, lambda c: c.eligible, 0),
}
"""Name → formula; cases above the line; cases of known eligibility below it; what those of unknown
eligibility count there: 1, 0, or e (None)."""


@dataclass(frozen=True)
class Rate:
    """One rate; value None: it is not known; low, high None: there is no interval, see reason."""

    name: str
    formula: str
    numerator: float
    denominator: float | None
    value: float | None
    low: float | None
    high: float | None
    method: str
    reason: str


def rates(cases: Cases, z: float) -> list[Rate]:
    """Every rate of one sample; z: the normal quantile of the interval's level."""
    return [_rate(name, cases, z) for name in RATES]


def _rate(name: str, cases: Cases, z: float) -> Rate:
    formula, above, known, counted = RATES[name]
    top, share = above(cases), cases.e if counted is None else counted
    if share is None and cases.unknown:
        return Rate(name, formula, top, None, None, None, None, "", f"no rate: {cases.by}")
    below = known(cases) + (share or 0) * cases.unknown
    if below == 0:
        return Rate(
            name, formula, top, 0, None, None, None, "", "no rate: nobody is below the line"
        )
    if counted is None and cases.unknown and share not in (0, 1):
        return Rate(name, formula, top, below, top / below, None, None, "", _no_interval(cases))
    low, high = wilson_at(top, round(below), z)
    return Rate(name, formula, top, below, top / below, low, high, INDEPENDENT, "")


def _no_interval(cases: Cases) -> str:
    verb = "declared" if cases.by.startswith("declared") else "estimated"
    return f"no interval: e is {verb}, so that the rate is no proportion of counts"


def casro(eligible: int, not_eligible: int) -> float | None:
    """e as among those whose eligibility is known; None if it is known of nobody."""
    known = eligible + not_eligible
    return eligible / known if known else None
