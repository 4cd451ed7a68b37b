"""Power of two arms' analyses that weigh locations alike, or people alike, whatever their sizes.

How it is computed. Locations alike (t of locations' means, permutation): the mean over locations of
(τ² + σ² / n), with the mean of 1/n over the law of sizes, who is lost included; with a baseline as
in planning/ancova.py. Relabelling finds as much as t at the level that its arrangements attain.

People alike (generalised estimating equations with independence): an arm of K locations has
variance Σ n²(τ² + σ² / n) / (Σ n)². Gamma sizes over their sum are a Dirichlet's, so that its mean
over sizes is τ² (1 + cv²) / (K + cv²) + σ² / (K m): (1 + cv²) / K where there are many. A baseline
has the slope of least squares over people, b: of a location's variance it leaves 1 + b² - 2 b cac,
of a person's 1 + b² - 2 b iac; its estimate costs r² / (locations - 4) of the variance, r the share
of the baseline's variance that lies between locations. Bell and McCaffrey's df are
(locations - 2) / (1 + cv²), right where answers are independent. Where locations differ, trials
with one large location have a larger error and fewer df than others, and together find as much as
on more: (locations - 2) / (1 + cv² (1 + l) / 2), l the part of people in the error's square; the
half as simulated trials have it (docs/validation.md).
"""

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.planning.ancova import adjusted, answering, inverse_size
from cesp_analysis.planning.power import power
from cesp_analysis.planning.scenarios import Sampling, Scenarios, Structure


def locations_alike(s: Scenarios, before: Sampling | None, structure: Structure) -> Floats:
    """Power (n,) of the t of locations' means; before: whose baseline it adjusts for, if any."""
    if before is not None:
        return adjusted(s, "location_means", 0.5, before, structure).power
    people, cv2 = answering(s)
    each = s.icc + (1 - s.icc) * inverse_size(people, cv2, 2 * s.retention)
    return power(s.effect / np.sqrt(4 * s.sd**2 * each / s.locations), s.locations - 2, s.alpha)


def people_alike(s: Scenarios, before: Sampling | None) -> Floats:
    """Power (n,) of independence with CR2 errors; before: as above."""
    people, cv2 = answering(s)
    slope, between = np.zeros((2, len(s)))
    cac, iac = (s.cac if before else slope), (s.iac if before == "cohort" else slope)
    if before is not None:
        mean = s.icc + (1 - s.icc) / people
        whole = np.ones(len(s)) if before == "cohort" else mean
        slope, between = (s.icc * cac + (1 - s.icc) * iac) / whole, mean / whole
    square, arm = 1 + slope**2, s.locations / 2
    of_location = s.icc * (square - 2 * slope * cac)
    of_person = (1 - s.icc) * (square - 2 * slope * iac)
    weighed, alone = of_location * (1 + cv2) / (arm + cv2), of_person / (arm * people)
    cost = 1 + between**2 / np.maximum(s.locations - 4, 1)
    of_people = of_person / (of_location * people + of_person)
    df = (s.locations - 2 - (before == "cross_section")) / (1 + cv2 * (1 + of_people) / 2)
    return power(s.effect / np.sqrt(2 * s.sd**2 * (weighed + alone) * cost), df, s.alpha)
