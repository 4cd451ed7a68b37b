"""docs/reference/commands.md: what `cesp STEP --help` says, of every step."""

import argparse
from collections.abc import Iterator
from itertools import dropwhile, takewhile
from typing import Any

from cesp_analysis import cli
from cesp_analysis.steps import FIRST_OF_PEOPLE, STEPS

HEAD = """# Commands

What `cesp STEP --help` says, of every step; made by `python docs/site/write.py` from the functions
that they are. `snakemake --list` tells the steps of a run in order, `snakemake -p` prints each with
all that it is given.
"""
OF_RUNS = """## Steps of a run

Run by `snakemake`; a person needs them to make one file again elsewhere.
"""


def page() -> str:
    """The whole page: what a person may ask for, then the steps of a run."""
    people = dropwhile(lambda step: step != FIRST_OF_PEOPLE, STEPS)
    steps = takewhile(lambda step: step != FIRST_OF_PEOPLE, STEPS)
    parts = [HEAD, "## For people\n", *(described(step) for step in people)]
    return "\n".join([*parts, OF_RUNS, *(described(step) for step in steps)])


def described(step: str) -> str:
    """The part of one step."""
    function = cli._function(step)
    parser = cli._parser(step, function)
    paragraphs = (parser.description or "").split("\n\n")
    about = "\n\n".join(" ".join(one.split()) for one in paragraphs)
    table = list(rows(parser))
    head = ["| given | | default |", "|---|---|---|"] if table else []
    return "\n".join([f"### cesp {step}\n", f"{about}\n", *head, *table, ""])


def rows(parser: argparse.ArgumentParser) -> Iterator[str]:
    """The lines of what a step is given."""
    for action in parser._actions:
        if action.dest == "help":
            continue
        name = action.option_strings[0] if action.option_strings else action.dest.upper()
        needed = action.required and action.nargs != "?"
        default = "must be given" if needed else told(action.default)
        yield f"| `{name}` | {held(action)} | {default} |"


def held(action: argparse.Action) -> str:
    """What stands behind an option's name."""
    kind: Any = action.type
    words = {"Path": "path", "str": "text", "int": "whole number", "float": "number"}
    many = (
        " (one or more)" if action.nargs == "+" else " (any number)" if action.nargs == "*" else ""
    )
    return words.get(getattr(kind, "__name__", ""), getattr(kind, "__name__", "text")) + many


def told(default: object) -> str:
    """A default as the table has it."""
    return "none" if default in (None, (), [], "") else f"`{default}`"
