"""Outcomes whose direction contradicts that of the instrument that their score is from."""

from collections.abc import Iterator
from pathlib import Path

from cesp_analysis.errors import CespError
from cesp_analysis.instruments.types import Instrument, read_instrument
from cesp_analysis.study.study import Study

_BETTER = {"higher_is_better": "higher_is_better", "higher_is_worse": "lower_is_better"}
"""An instrument's word for a score's direction → an outcome's."""


def contradicted_directions(study: Study, folder: Path) -> Iterator[str]:
    """One line for each outcome that calls better what its instrument calls worse. Where neither
    is better (direction: neither) nothing is contradicted; nor does a value set, which the study
    declares, say a direction.

    `folder`: the study's, where its own instruments' files are.
    """
    own = {name: folder / entry.path for name, entry in study.instruments.items()}
    known: dict[str, Instrument] = {}
    for name, outcome in study.outcomes.items():
        instrument, _, code = (outcome.score or "").rpartition(".")
        if not instrument or outcome.direction == "neither":
            continue
        try:
            known.setdefault(instrument, read_instrument(own.get(instrument, instrument)))
        except CespError:
            continue  # no such instrument, or its file is at fault: told for itself
        for score in known[instrument].scores:
            better = _BETTER[score.direction]
            if score.code == code and outcome.direction != better:
                yield (
                    f"outcomes.{name}.direction: is {outcome.direction}, and {outcome.score} is"
                    f" {score.direction} by {instrument}'s own file; write {better} (neither,"
                    " where no change is an improvement)"
                )
