"""Measurability as the analysis plan holds it: candidates, how they are ranked, by which trial.

Why a limit was chosen is text beside it: a lock holds it not, and a better reason changes nothing.
"""

from typing import Any

from cesp_analysis.study.study import Study

Said = dict[str, Any]


def measurement_of(study: Study) -> Said:
    """candidates, ranking, effects to plan for and the trial that they are compared for."""
    own = study.measurement
    if own is None:
        return {}
    said: Said = {"candidates": {"outcomes": own.of(study.outcomes)}}
    if own.ranking is not None:
        said["ranking"] = own.ranking.model_dump(
            mode="json", exclude_none=True, exclude={"criteria": {"__all__": {"why"}}}
        )
    if own.effects:
        said["effects"] = {
            name: entry.model_dump(exclude={"source"}) for name, entry in own.effects.items()
        }
    if own.sample_size:
        said["sample_size"] = {
            level: entry.model_dump(mode="json", exclude_none=True, exclude={"icc_source"})
            for level, entry in own.sample_size.items()
        }
    return said
