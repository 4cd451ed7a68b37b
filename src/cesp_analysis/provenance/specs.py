"""What the step `crate` is told of the study."""

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cesp_analysis.study.study import Study


def crate(study: "Study") -> str:
    """Title and description, and the last possible date: a crate has no clock's."""
    own = study.study
    told = {"title": own.title, "about": own.about, "last_date": (own.period or ("", ""))[1]}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))
