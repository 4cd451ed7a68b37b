"""What steps are told of declared entries, as their commands say it."""

import json
from typing import Any

from pydantic import BaseModel


def as_set(entry: BaseModel) -> dict[str, Any]:
    """What of an entry is set, as JSON says it: no defaults."""
    return dict(entry.model_dump(mode="json", exclude_defaults=True))


def as_json(data: Any) -> str:
    """As a word of a command: in one line, without blanks."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))
