"""What the step `crate` is told of the study."""

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cesp_analysis.study.study import Study


def crate(study: "Study") -> str:
    """Its title and what it is about."""
    told = {"title": study.study.title, "about": study.study.about}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))
