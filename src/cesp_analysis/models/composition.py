"""Whether those who answer at one time are like those who answered at another."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cesp_analysis.models.balance import balance_of, differing
from cesp_analysis.models.weighting_words import ALIKE

if TYPE_CHECKING:
    from cesp_analysis.models.balanced import Sample


def changed(sample: "Sample", reference: str, time: str) -> Iterator[str]:
    """A sentence for each arm whose respondents' covariates differ between two times, with the
    weights of the survey, by more than is called small."""
    cells = sample.cells(reference, time)
    for arm, before, after in zip(sample.arms, cells[::2], cells[1::2], strict=True):
        if min(before.rows.sum(), after.rows.sum()) < 2:
            continue
        apart = balance_of(after, before, sample.x, sample.names, sample.sampling, sample.sampling)
        listed = ", ".join(f"{name} {value:+.2f}" for name, value in differing(apart, ALIKE))
        if listed:
            yield (
                f"{arm.name}: those who answered at {time} differ from those at {reference} by more"
                f" than {ALIKE:g} standard deviations in: {listed}"
            )
