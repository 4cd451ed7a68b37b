"""What every entry of config.yaml has in common."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]{0,39}$")]
"""How things are called in config: at most 40 small letters, digits and underscores."""


class Frozen(BaseModel):
    """A part of the study file: never changed once read, and nothing in it goes unread."""

    model_config = ConfigDict(frozen=True, extra="forbid")
