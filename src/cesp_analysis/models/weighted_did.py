"""Model kind `weighted_did`: difference in differences of arms weighted to be alike.

Entropy balancing (Hainmueller 2012), overlap weights (Li, Morgan & Zaslavsky 2018), propensity
weighting (Hajek means); each weights for a target population of its own, which the row names.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from cesp_analysis.declared.design import Moment
from cesp_analysis.models.balanced import Found, Sample, fit_by_time
from cesp_analysis.models.balancing import Way
from cesp_analysis.models.results import Fit
from cesp_analysis.models.weighing import Weighing
from cesp_analysis.models.weighted_means import weighted_change, weighted_cross_sections

if TYPE_CHECKING:
    import pandas as pd

_WHO = {
    "att": "those like the intervention arm's (ATT)",
    "ate": "everybody in both arms (ATE)",
    "ato": "those whom both arms hold, by the propensity's overlap (ATO)",
}


class WeightedDid(Weighing):
    """Difference in differences, covariates balanced by weights."""

    kind: Literal["weighted_did"]
    design: Literal["change", "cross_sections"] = Field(
        description="change: each person's change, the arms made alike; cross_sections: different"
        " people each time, all made like the intervention arm's at the reference time."
    )
    method: Literal["entropy", "overlap", "propensity"] = Field(
        description="entropy: exact balance of the covariates' means, as near to equal weights as"
        " that allows; overlap: those who might be in either arm; propensity: by the inverse of a"
        " logistic propensity."
    )
    target_population: Literal["att", "ate"] | None = Field(
        default=None,
        description="propensity: whose average effect. att (the default), of people like the"
        " intervention arm's; ate, of everybody.",
    )
    balance: Literal["means", "means_and_variances"] = Field(
        default="means", description="entropy: what of each number is made alike."
    )

    def faults(self) -> Iterator[str]:
        """Each method has its population; cross-sections are weighted to one of four groups."""
        if not self.covariates:
            yield "covariates: name those to balance; without any, use kind did"
        if self.target_population and self.method != "propensity":
            own = "the intervention arm's (ATT)" if self.method == "entropy" else "the overlap"
            yield (
                f"target_population: {self.method} is for {own} alone; remove it, or write"
                " method: propensity"
            )
        if self.balance != "means" and self.method != "entropy":
            yield "balance: goes with method: entropy; remove it"
        if self.design == "cross_sections" and self.target() != "att":
            yield (
                "design: cross_sections are weighted to the intervention arm's at the reference"
                " time; write method: entropy, or propensity with target_population: att"
            )

    def target(self) -> Literal["att", "ate", "ato"]:
        """For whom the effect is."""
        if self.method == "overlap":
            return "ato"
        return self.target_population or "att"

    def no_means(self) -> str:
        """Its means are of no site."""
        return "its weights make the arms alike, so that their means are of no site as it is"

    def own_fit(self, panel: "pd.DataFrame") -> Fit:
        """A fit to every outcome of the spec."""
        return fit_by_time(self, panel, _WHO[self.target()], self._found)

    def _found(self, sample: Sample, time: Moment) -> Found:
        y, arm, x, way = sample.frame.y, sample.frame.arm, sample.x, self.way()
        estimator = f"difference in differences ({self._words(sample.names)})"
        if self.design == "change":
            weighted = weighted_change(y, arm, x, way, sample.sampling)
            one, other = sample.arms
            return Found(weighted, [one, other], [(one, other)], estimator)
        weighted = weighted_cross_sections(y, arm, sample.after, x, way, sample.sampling)
        cells = sample.cells(self.reference_time().label, time.label)
        return Found(weighted, cells, [(cells[0], cell) for cell in cells[1:]], estimator)

    def way(self) -> Way:
        """How `balancing.weigh` weights."""
        if self.method == "propensity":
            return self.target_population or "att"
        return self.method

    def _words(self, names: tuple[str, ...]) -> str:
        design = "change score" if self.design == "change" else "repeated cross-sections"
        how = {
            "entropy": "entropy balancing",
            "overlap": "overlap weights, logistic propensity",
            "propensity": f"{self.target().upper()} weights, logistic propensity",
        }[self.method]
        sampled = ", weighted" if self.weighted else ""
        return f"{design}{sampled}, {how} of {', '.join(names)}"
