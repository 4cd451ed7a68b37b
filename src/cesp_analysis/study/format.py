"""The format of a study file: one that this version of the program cannot read is refused."""

from typing import Any

FORMAT = 1
"""What this version reads. Files from before formats were named are of the first, and name none."""


def unread_format(data: dict[str, Any]) -> str:
    """Why a study file is in no format that is read here, with the remedy; blank if it is."""
    named = data.get("format", FORMAT)
    if type(named) is int and named > FORMAT:  # true is no number
        return (
            f"format: {named} is later than what this version of the program reads ({FORMAT});"
            f" install a version that reads it, or write the file for format: {FORMAT} (cesp schema"
            " --page FILE lists its settings)"
        )
    if type(named) is not int or named != FORMAT:
        return f"format: {_shown(named)} is no format of a study file; write format: {FORMAT}"
    return ""


def _shown(named: Any) -> str:
    """What stands there, as it may be written."""
    return "blank" if named is None else repr(named) if isinstance(named, str) else str(named)


UNNAMED = f"config.yaml: names no format; it is read as format: {FORMAT} (write that at its top)"
"""What a run says of a file that is in the first format because it names none."""
