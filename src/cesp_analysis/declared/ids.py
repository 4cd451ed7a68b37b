"""How ids are written, and which columns hold them."""

import re
from typing import Literal

from pydantic import Field

from cesp_analysis.declared.base import Frozen

ZEROS = r"(^|[^0-9])0+([0-9])"
"""Zeros before a number; what stands around them is kept."""


class IdForm(Frozen):
    """What of an id's spelling says nothing."""

    case: Literal["keep", "ignore"] = Field(
        default="keep", description="ignore: P7 and p7 are one person."
    )
    zeros: Literal["keep", "ignore"] = Field(
        default="keep", description="ignore: zeros before a number: P007 and P7, 007 and 7 are one."
    )

    def plain(self, word: str) -> str:
        """An id without what says nothing: the same for all spellings of one."""
        word = word.strip()
        word = word.lower() if self.case == "ignore" else word
        return re.sub(ZEROS, r"\1\2", word) if self.zeros == "ignore" else word


LOOSE = IdForm(case="ignore", zeros="ignore")
"""Ids that are alike in this form and differ are looked at, where nothing is declared."""


class Ids(Frozen):
    """The columns of a file that hold ids of people, and the ids that config names in them.

    named: 'rows.COLUMN' or 'left_out.COLUMN' → the ids, in config's order; of_respondents: those
    columns that number respondents of a survey, whom no register of people is expected to list.
    """

    columns: tuple[str, ...]
    of_respondents: tuple[str, ...] = ()
    named: dict[str, tuple[str, ...]] = {}
