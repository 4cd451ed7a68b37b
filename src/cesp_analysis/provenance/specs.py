"""What the step `crate` is told of the study."""

from typing import TYPE_CHECKING

from cesp_analysis.declared.as_data import as_json

if TYPE_CHECKING:
    from cesp_analysis.study.study import Study


def crate(study: "Study") -> str:
    """Its title and what it is about."""
    told = {"title": study.study.title, "about": study.study.about}
    return as_json(told)
