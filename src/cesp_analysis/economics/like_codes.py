"""Amounts and minutes that look like a code of no answer: never counted without a word.

Which numbers these are: usual_codes.py; apart from others by one rule with cleaning and drafts.
"""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from cesp_analysis.declared.resources import OWN_TIME
from cesp_analysis.economics.aside import CORRECT, Aside
from cesp_analysis.economics.cost_spec import CostSpec
from cesp_analysis.economics.totals import codes_among
from cesp_analysis.economics.words import USUALLY


def like_codes(rows: pd.DataFrame, how: CostSpec) -> Iterator[Aside]:
    """Of rows of use and contacts (use_rows.LISTED), service by service, those that count and whose
    amount or minutes look like a code; none where the study says the dearest that there can be
    (most), or, of a variable of one service, its range."""
    own = rows[rows["counts"].astype(bool)]
    for service, of in own.groupby("service", sort=False):
        name = str(service)
        for column, what in (("contacts", "amount"), ("minutes", "minutes")):
            if _said_to_be(name, how):
                continue
            files = of["file"].to_numpy()
            for code, which in codes_among(of[column].to_numpy(dtype=float)):
                for file in dict.fromkeys(files[which]):
                    here = of[which & (files == file)]
                    why = f"of {name} with {what} {code}, {USUALLY} of it: counted as it stands; "
                    why += _remedy(name, what, code, here.iloc[0], how)
                    lines = here["line"].to_numpy(dtype=int)
                    yield Aside(str(here["source"].iloc[0]), why, lines, service=name)


def _said_to_be(name: str, how: CostSpec) -> bool:
    """Whether the study says what a service's amounts can be."""
    own = how.economics.intervention if name == OWN_TIME else how.economics.services[name]
    return name in how.ranged or (own is not None and own.most is not None)


def _remedy(name: str, what: str, code: str, row: "pd.Series[Any]", how: CostSpec) -> str:
    """What to write where it is a code, and where it is none; row: one that has it."""
    own, use, file = how.economics, how.economics.use, row["file"]
    service, most = own.services.get(name), f"economics.services.{name}.most"
    amount = True
    if name == OWN_TIME and own.intervention is not None:
        variable, most = own.intervention.minutes, "economics.intervention.most"
    elif service is not None and service.variable:
        variable = service.variable
    else:
        assert use is not None
        amount = what == "amount"
        variable = use.amount if amount else str(use.minutes)
    where = f"files.{file}.variables.{variable}"
    if amount and row["column"] == "":  # of no column of its own
        where = f"at what files.{file}.derived.{variable} is made of"
    return (
        f"if it is a code, write missing: [{code}] ({where}), or {CORRECT};"
        f" if it is a number like them, say {most}"
    )
