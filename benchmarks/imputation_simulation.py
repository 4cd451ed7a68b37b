"""Missing answers in the study's design, simulated: `make benchmark NAME=imputation_simulation`.

Designs and ways: imputation_designs.py. Writes its table into docs/validation.md; stops where a way
whose assumption holds is off by more than the Bonferroni limit.
"""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

import imputation_designs as made_of
import numpy as np
from imputation_designs import (
    CASES,
    EFFECT,
    JACKKNIFE,
    JOINT,
    NORM,
    PMM,
    REML,
    RUBIN,
    SHIFT,
    SHIFTED,
    M,
)
from scipy.special import ndtri, stdtrit
from validation_page import in_batches, write_section

TITLE = "## Missing answers, imputed, simulated"
STUDIES, COSTLY, BATCH, SEED = 2_000, 500, 100, 11
"""COSTLY: of the first so many studies, pmm and Rubin's variance of jump to reference."""
DESIGNS = tuple(
    made_of.Design(lost_by, people, lost)
    for lost_by in ("MCAR", "MAR", "jump")
    for people in (60, 100, 200)
    for lost in (0.15, 0.3, 0.45)
)
WAYS = {
    "MCAR": (NORM, PMM, REML, JOINT, CASES),
    "MAR": (NORM, PMM, REML, JOINT, CASES),
    "MNAR": (SHIFTED, NORM, REML, CASES),
    "jump": (JACKKNIFE, RUBIN, REML, CASES),
}
"""Kind of loss → the lines of each of its designs."""
HOLDS = {
    "MCAR": (NORM, REML, JOINT, CASES),
    "MAR": (NORM, REML, JOINT),
    "MNAR": (SHIFTED,),
    "jump": (JACKKNIFE, RUBIN),
}
"""Kind of loss → the ways whose assumption holds; pmm needs near donors besides."""
ESTIMATE_ALONE = (("MAR", REML),)
"""Its error takes the covariance as known: Kenward & Molenberghs (1998), Stat Sci 13:236-47."""


@dataclass(frozen=True)
class Line:
    """What one way found in one design; numbers of studies that it answered and refused."""

    lost_by: str
    people: int
    lost: float
    way: str
    studies: int
    refused: int
    bias: float
    empirical: float
    model: float
    df: float
    coverage: float

    @property
    def holds(self) -> str:
        """Whether the way's assumption does: yes, no, or for the estimate alone."""
        if (self.lost_by, self.way) in ESTIMATE_ALONE:
            return "estimate"
        return "yes" if self.way in HOLDS[self.lost_by] else "no"

    @property
    def off(self) -> tuple[float, float]:
        """Bias and coverage, in Monte Carlo errors from where they should be."""
        noise = np.sqrt(0.05 * 0.95 / self.studies)
        bias = self.bias / (self.empirical / np.sqrt(self.studies))
        return bias, (self.coverage - 0.95) / noise


def truth(lost_by: str, lost: float) -> float:
    """The difference in change of all people."""
    if lost_by == "jump":
        return EFFECT * (1 - lost)
    return EFFECT + (lost * (SHIFT[1] - SHIFT[0]) if lost_by == "MNAR" else 0.0)


def batch(design: int, studies: int, seed: int) -> dict[str, np.ndarray]:
    """Way → estimate, standard error, df (studies, 3)."""
    rng = np.random.default_rng([SEED, design, seed])
    costly = seed * BATCH < COSTLY
    found = [made_of.analysed(DESIGNS[design], rng, costly) for _ in range(studies)]
    return {way: np.array([one[way] for one in found]) for way in found[0]}


def lines(found: Sequence[dict[str, np.ndarray]]) -> list[Line]:
    """All lines, kind of loss by kind of loss; MNAR is the studies of MAR with another truth."""
    made = []
    for lost_by, ways in WAYS.items():
        own = {"MNAR": "MAR"}.get(lost_by, lost_by)
        for design, results in zip(DESIGNS, found, strict=True):
            if design.lost_by == own:
                made += [line(design, lost_by, way, results[way]) for way in ways]
    return made


def line(design: made_of.Design, lost_by: str, way: str, results: np.ndarray) -> Line:
    """One line."""
    asked = results[: COSTLY if way in (PMM, RUBIN) else None]
    answered = asked[np.isfinite(asked).all(axis=1)]
    estimate, error, df = answered.T
    off = estimate - truth(lost_by, design.lost)
    return Line(
        lost_by=lost_by,
        people=design.people,
        lost=design.lost,
        way=way,
        studies=len(answered),
        refused=len(asked) - len(answered),
        bias=float(off.mean()),
        empirical=float(estimate.std(ddof=1)),
        model=float(np.sqrt(np.mean(error**2))),
        df=float(df.mean()),
        coverage=float(np.mean(np.abs(off) <= stdtrit(df, 0.975) * error)),
    )


def verdict(one: Line, limit: float) -> str:
    """What the last column says."""
    bias, coverage = one.off
    said = []
    if abs(bias) > limit:
        said.append("biased")
    if coverage < -limit:
        said.append("covers less")
    if coverage > limit:
        said.append("covers more")
    if one.refused:
        said.append(f"{one.refused} refused")
    return ", ".join(said)


def failing(found: Sequence[Line], limit: float) -> list[Line]:
    """Lines that should hold and are biased or cover less."""
    return [
        one
        for one in found
        if (one.holds != "no" and abs(one.off[0]) > limit)
        or (one.holds == "yes" and one.off[1] < -limit)
    ]


def limit_of(found: Sequence[Line]) -> float:
    """Bonferroni's, at 5% over bias and coverage of all lines that should hold."""
    checks = sum({"yes": 2, "estimate": 1, "no": 0}[one.holds] for one in found)
    return float(-ndtri(0.025 / checks))


HEAD = (
    "| who is lost | people | lost | method | holds | bias (MC error) | empirical SE (MC error) |"
    " model SE | mean df | coverage of 95% (MC error) | outside |\n" + "|---" * 11 + "|"
)


def cells(one: Line, limit: float) -> str:
    """A line of the page."""
    n, share = one.studies, one.coverage
    return (
        f"| {one.lost_by} | {one.people} | {one.lost:.0%} | {one.way} |"
        f" {one.holds} | {one.bias:+.3f} ({one.empirical / n**0.5:.3f}) |"
        f" {one.empirical:.3f} ({one.empirical / (2 * (n - 1)) ** 0.5:.3f}) | {one.model:.3f} |"
        f" {one.df:.1f} | {share:.3f} ({(share * (1 - share) / n) ** 0.5:.3f}) |"
        f" {verdict(one, limit)} |"
    )


BEFORE = """
Two sites, half of the people in each, {studies} studies a design ({costly} of pmm and of Rubin's
variance of jump to reference); effect 1 on the difference in change; SD of an answer 1.4, of
change 1.4. Everybody has a baseline; a share of the last answers is lost, half as many of the
interim ones, not of the same people. MCAR: nothing decides. MAR: a high baseline at the
intervention site, a low one at the control site ({slope} on the log odds per SD). MNAR: the studies
of MAR, in which those lost would have answered {there:g} lower at the intervention site and
{here:g} lower at the control site: the same tables, another truth. Jump: lost as in MAR, after the
baseline or after the interim answer, and from then on no better off than the control. m = {m}, each
site apart, five iterations; complete-data df = people − 2; repeated measures: unstructured,
Kenward–Roger. Holds: the method's assumption does (estimate: but not that of its error). Outside:
bias or coverage is more than {limit:.1f} Monte Carlo errors off, the Bonferroni limit at 5% over
bias and coverage of all lines that hold.
"""
AFTER = """
No line that holds is biased or covers less. Lines that do not hold show the damage: complete cases
where the baseline decides, all of them where those lost differ in what nobody saw. The same tables
give an answer that is right under MAR and wrong under MNAR; no interval tells which it is, and only
the right shift, which a study cannot know, repairs it. Repeated measures have the right estimate
under MAR and an error that is too small where many are lost for a baseline unlike the others': it
takes the covariance as known, but where slopes decide what the lost would have answered, their own
error is the estimate's too (Kenward & Molenberghs 1998, Stat Sci 13:236-47): `errors: joint` adds
it, and covers. Imputing draws the slopes, and covers. Matching (`pmm`) needs donors besides: where
those lost lie at the end of what was observed, the nearest five are not near: it is biased, the
more so the fewer answered; a linear model (`norm`) goes on in a line. Where few answered, `norm`
may cover more than it says: its variance is drawn, and drawn from few. Rubin's variance of jump to
reference keeps the information that missing at random would have and covers more; the jackknife's
is that of repeated studies.
Made by `make benchmark NAME=imputation_simulation`.
"""


def section(found: Sequence[Line], studies: int) -> str:
    """Title, what was simulated, table, what it says."""
    limit = limit_of(found)
    before = BEFORE.format(
        studies=f"{studies:,}", costly=f"{min(COSTLY, studies):,}", slope=made_of.SLOPE,
        there=-SHIFT[1], here=-SHIFT[0], m=M, limit=limit,
    )  # fmt: skip
    return "\n".join([TITLE, before, HEAD, *(cells(one, limit) for one in found)]) + "\n" + AFTER


def main(studies: int = STUDIES, write: bool = True) -> None:
    """Simulate, print, write."""
    started = time.perf_counter()
    batches = in_batches(batch, [studies] * len(DESIGNS), BATCH)
    found = lines([{way: np.concatenate([one[way] for one in own]) for way in own[0]}
                   for own in batches])  # fmt: skip
    made = section(found, studies)
    print(made)
    print(f"measure imputation_simulation_seconds {time.perf_counter() - started:.0f} s")
    if bad := failing(found, limit_of(found)):
        sys.exit("\n".join(f"outside where it should hold: {one}" for one in bad))
    if write:
        write_section(TITLE, made)


if __name__ == "__main__":
    quick = len(sys.argv) > 1
    main(int(sys.argv[1]) if quick else STUDIES, write=not quick)
