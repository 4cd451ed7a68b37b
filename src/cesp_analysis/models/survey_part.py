"""Some records of a sample as a sample of their own."""

from dataclasses import replace

import numpy as np

from cesp_analysis.arrays import Codes
from cesp_analysis.models.survey_design import Sample


def part_of(sample: Sample, at: Codes) -> Sample:
    """The records `at` (m,) with their strata, sampling units and margins, codes counted from 0.

    What an estimate of a domain within them varies by is the whole sample's, if all records of
    their strata, and of their sites and waves where there are margins, are among them.
    """
    strata_there, strata = np.unique(sample.strata[at], return_inverse=True)
    psu_there, psu = np.unique(sample.psu[at], return_inverse=True)
    group = sample.margin_group
    return replace(
        sample,
        strata=strata,
        psu=psu,
        weight=sample.weight[at],
        margins=tuple(np.unique(cells[at], return_inverse=True)[1] for cells in sample.margins),
        margin_weight=None if sample.margin_weight is None else sample.margin_weight[at],
        margin_known=tuple(known[at] for known in sample.margin_known),
        margin_group=None if group is None else np.unique(group[at], return_inverse=True)[1],
        strata_names=_named(sample.strata_names, strata_there),
        psu_names=_named(sample.psu_names, psu_there),
    )


def _named(names: tuple[str, ...], there: Codes) -> tuple[str, ...]:
    return tuple(names[code] for code in there) if names else ()
