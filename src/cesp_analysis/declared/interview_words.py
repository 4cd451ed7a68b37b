"""What the report says of interviews and of how they are joined to the numbers."""

from cesp_analysis.declared.base import Frozen

SPEAKERS = {
    "staff": ("staff", "Staff"),
    "service_user": ("service user", "Service users"),
    "volunteer": ("volunteer", "Volunteers"),
    "community": ("community", "Community"),
    "": ("", "Role not known"),
}
"""Role → what one who has it is called within a sentence, and all of them at the head of a row."""


def one_of(role: str) -> str:
    """A speaker, by the role."""
    return SPEAKERS[role][0]


def all_of(role: str) -> str:
    """The speakers of a role."""
    return SPEAKERS[role][1]


class InterviewWords(Frozen):
    """For the report: paths of the files of coded interviews; changed: an earlier import is named,
    excerpts_before: with its excerpts; joined: there is a joint display; theory: a theory of
    change is declared; inferences: the file in which people write them; criteria: construct → the
    criterion's label."""

    files: tuple[str, ...] = ()
    changed: bool = False
    excerpts_before: bool = False
    joined: bool = False
    theory: bool = False
    inferences: str = ""
    criteria: dict[str, str] = {}
