"""What the report says of interviews and of how they are joined to the numbers."""

from cesp_analysis.declared.base import Frozen


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
