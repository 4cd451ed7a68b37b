"""What rows of kind `survey` say: which question each answers, and what its interval rests on."""

from dataclasses import dataclass

from cesp_analysis.arms import ARM_CODES
from cesp_analysis.declared.surveys import SurveyDesign
from cesp_analysis.models.frame import Frame
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.results import Estimate
from cesp_analysis.models.survey_design import Sample
from cesp_analysis.models.survey_linear import Linearised
from cesp_analysis.models.survey_parts import Part


class OneNeighbourhood(NotEstimable):
    """Neighbourhoods cannot be clusters: asking for it was a mistake of design."""


_SEVERAL = (
    "name several, or write neighbourhoods: all under surveys, for a statement about the residents"
    " of these neighbourhoods alone"
)


CLUSTERED = "clustered"
"""What the id ends in of a row in which neighbourhoods that are all there are count as clusters."""


@dataclass(frozen=True)
class Question:
    """One way of taking the neighbourhoods: a row of its own.

    design: what the sample is made by; suffix: of the estimate's id; of_whom: in the contrast;
    said: the sentence that says which question the row answers; '' where there is just one.
    """

    design: SurveyDesign
    suffix: str = ""
    of_whom: str = ""
    estimand: str = ""
    said: str = ""


def questions_of(design: SurveyDesign, named: bool) -> tuple[Question, ...]:
    """One question where neighbourhoods are sampled, or nobody has one; two where they are all."""
    if design.neighbourhoods == "sampled" or not named:
        return (Question(design),)
    return (
        Question(
            design,
            of_whom=", residents of these neighbourhoods",
            said="answers whether the residents of these very neighbourhoods, as a whole, changed"
            " differently: neighbourhoods are strata, and the interval holds the error of drawing"
            " respondents within them alone",
        ),
        Question(
            design.model_copy(update={"neighbourhoods": "sampled"}),
            suffix=CLUSTERED,
            of_whom=", neighbourhoods like these",
            estimand=", neighbourhoods as a sample",
            said="answers whether neighbourhoods like these would change differently:"
            " neighbourhoods are clusters, and the interval holds how much they differ in their"
            " change",
        ),
    )


def ending(suffix: str, part: str) -> str:
    """What an estimate's id ends in: the way, and whose change it is where others stand beside."""
    told = "_".join(filter(None, (suffix, part)))
    return f"/{told}" if told else ""


PARTS: dict[Part, str] = {
    "all": "all respondents",
    "panel": "panel members",
    "cross_section": "respondents seen once",
}


def refuse_one(rows: Frame, sample: Sample) -> None:
    """Neighbourhoods cannot be clusters where an arm has just one; raises OneNeighbourhood."""
    if sample.unit != "neighbourhood":
        return
    for arm, code in ARM_CODES:
        if rows.count_in_arm("neighbourhood", code) == 1:
            found = rows.codes["neighbourhood"][rows.arm == code][0]
            name = rows.names["neighbourhood"][found]
            raise OneNeighbourhood(
                f"neighbourhoods were to be clusters, but the {arm} arm has one ({name}): it and"
                " the arm cannot be told apart, and that arm's part of the standard error is zero"
                f" by construction; {_SEVERAL}"
            )


FEW = 10
"""Neighbourhoods an arm: with fewer, of unequal size, 95% intervals held the truth in 92% to 93%
of simulated surveys; of unequal numbers, or one large, in as few as 79% (docs/validation.md)."""


def few(rows: Frame, sample: Sample, in_ladder: bool, rests: str = "") -> str:
    """A sentence where an arm has few neighbourhoods as clusters; '' elsewhere.

    in_ladder: whether the ladder for few sites has intervals by clusters of this estimate; rests:
    the sentence that says how far too narrow the interval is (survey_rests), in place of this one.
    """
    if sample.unit != "neighbourhood":
        return ""
    beside = "; the ladder for few sites has CR2 beside it" if in_ladder else ""
    if rests:
        return rests + beside
    counts = {arm: rows.count_in_arm("neighbourhood", code) for arm, code in ARM_CODES}
    small = [f"the {arm} arm has {n}" for arm, n in counts.items() if n < FEW]
    if not small:
        return ""
    return (
        f"{' and '.join(small)} neighbourhoods: with so few, unless the arms have about as many and"
        f" all are of about one size, a linearised interval is rather too narrow{beside}"
    )


def without(row: Estimate, error: NotEstimable) -> Estimate:
    """The row without an estimate, and why."""
    if isinstance(error, OneNeighbourhood):
        return row.refused(str(error))
    return row.not_estimable(str(error))


def method_of(estimator: str, sample: Sample, said: Linearised) -> str:
    """The method of a row: estimator, standard error, df."""
    margins = ", weights' margins taken as known" if sample.margins else ""
    strata = f"{said.n_strata} {'stratum' if said.n_strata == 1 else 'strata'}"
    return (
        f"{estimator}; design-based standard error by linearisation ({said.n_psus} {sample.unit}s"
        f" in {strata}{margins}); df = {sample.unit}s − strata"
    )
