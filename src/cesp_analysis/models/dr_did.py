"""Model kind `dr_did`: doubly robust difference in differences, adjusted for covariates twice.

Sant'Anna & Zhao (2020), improved: right if the propensity OR the control arm's change is linear in
the covariates (on its scale); locally efficient for cross-sections. See `dr_did_engine`.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from cesp_analysis.declared.design import Moment
from cesp_analysis.models.balanced import Found, Sample, fit_by_time
from cesp_analysis.models.composition import changed
from cesp_analysis.models.dr_did_engine import dr_cross_sections, dr_panel
from cesp_analysis.models.results import Fit
from cesp_analysis.models.weighing import Weighing

if TYPE_CHECKING:
    import pandas as pd


class DrDid(Weighing):
    """Doubly robust difference in differences."""

    kind: Literal["dr_did"]
    design: Literal["change", "cross_sections"] = Field(
        description="change: people who answered both times; cross_sections: different people each"
        " time, of arms whose people stay alike."
    )

    def faults(self) -> Iterator[str]:
        """Without covariates there is nothing to adjust for."""
        if not self.covariates:
            yield "covariates: name those to adjust for; without any, use kind did"

    def no_means(self) -> str:
        """Its means are of no site."""
        return "it predicts changes of people like the intervention arm's alone, and no levels"

    def own_fit(self, panel: "pd.DataFrame") -> Fit:
        """A fit to every outcome of the spec."""
        return fit_by_time(self, panel, "those like the intervention arm's (ATT)", self._found)

    def _found(self, sample: Sample, time: Moment) -> Found:
        y, arm, x = sample.frame.y, sample.frame.arm, sample.x
        sampled = ", weighted" if self.weighted else ""
        adjusted = f", adjusted for {', '.join(sample.names)}" if sample.names else ""
        if self.design == "change":
            one, other = sample.arms
            weighted = dr_panel(y, arm, x, sample.sampling)
            words = f"change score{sampled}{adjusted}, propensity by tilting"
            said: tuple[str, ...] = ()
        else:
            one, other = sample.both_times(self.reference_time().label, time.label)
            weighted = dr_cross_sections(y, arm, sample.after, x, sample.sampling)
            words = f"repeated cross-sections{sampled}{adjusted}, propensity by tilting"
            said = (
                *changed(sample, self.reference_time().label, time.label),
                "takes for granted that the people of each arm are alike in these covariates at"
                f" {self.reference_time().label} and {time.label}; kind weighted_did allows for a"
                " change of who answers",
            )
        estimator = f"doubly robust difference in differences ({words})"
        return Found(weighted, [one, other], [(one, other)], estimator, said)
