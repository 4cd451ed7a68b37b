"""The table of bootstrap samples that were completed: what jobs that share them hand over."""

from typing import ClassVar

from cesp_analysis.columns import Table, category, count, number, text

STATUS = ESTIMATED, BY_ITSELF, FAILED, REFUSED = "estimated", "by_itself", "failed", "refused"


class EconomicsSamples(Table):
    """Cost and QALYs of bootstrap samples, each completed several times: what jobs that share them
    hand over."""

    key: ClassVar = ("sample", "scenario", "approach", "imputation")
    sample: ClassVar = count("number of the sample, from 0")
    scenario: ClassVar = text("as in economics.csv: base, or a departure")
    approach: ClassVar = category("as in economics.csv")
    imputation: ClassVar = count("number of the completed table, from 0")
    cost: ClassVar = number("£ a person, intervention less control")
    qaly: ClassVar = number("QALYs a person")
    status: ClassVar = category(
        "by_itself: imputed by equations that were planned for the sample's own people; refused:"
        " nobody's table can be completed",
        allowed=STATUS,
    )
    reason: ClassVar = text("why it failed, or was refused", blank=True)
