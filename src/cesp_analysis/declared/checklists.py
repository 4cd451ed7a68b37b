"""Reporting checklists as data: their items in short words of our own, with number and source."""

from functools import cache
from pathlib import Path

from pydantic import Field

from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.strict_yaml import read_yaml

_FOLDER = Path(__file__).parents[1] / "checklists"
NAMES = ("CONSORT", "TREND", "STROBE", "TIDieR", "CHEERS", "GRAMMS", "SRQR", "COREQ")
"""The lists, in the order in which the report has them."""


class Item(Frozen):
    """One item; filled_by: the function of `answers.py` that fills it, where a rule can."""

    item: str = Field(description="Its number; of an item with several points item.point.")
    topic: str
    about: str = Field(description="What is asked, in short words of our own.")
    filled_by: str = ""
    partly: bool = Field(default=False, description="true: the rule fills a part of what is asked.")


class Checklist(Frozen):
    """A list; read: which items were read, and where; left_out: which were not, and so are not
    here; adapted: what is to be known of its use here."""

    name: str
    title: str
    source: str
    read: str
    left_out: str = ""
    adapted: str = ""
    items: tuple[Item, ...] = Field(min_length=1)


@cache
def checklist(name: str) -> Checklist:
    """A list by its name. FileNotFoundError: there is none of that name."""
    return Checklist.model_validate(read_yaml(_FOLDER / f"{name.lower()}.yaml"))
