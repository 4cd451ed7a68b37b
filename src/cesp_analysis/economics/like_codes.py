"""Amounts and minutes that look like a code of no answer: never counted without a word.

Which numbers these are: usual_codes.py; apart from others by one rule with cleaning and drafts.
"""

from collections.abc import Iterator

import pandas as pd

from cesp_analysis.declared.resources import OWN_TIME
from cesp_analysis.economics.aside import Aside
from cesp_analysis.economics.cost_spec import CostSpec
from cesp_analysis.economics.totals import CORRECT, codes_among
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
            values, places = of[column].to_numpy(dtype=float), of["source"].to_numpy()
            for code, which in codes_among(values):
                for path in dict.fromkeys(places[which]):
                    here = which & (places == path)
                    lines = of["line"].to_numpy(dtype=int)[here]
                    why = f"of {name} with {what} {code}, {USUALLY} of it: counted as it stands; "
                    why += _remedy(name, what, code, str(path), how)
                    yield Aside(str(path), why, lines, service=name)


def _said_to_be(name: str, how: CostSpec) -> bool:
    """Whether the study says what a service's amounts can be."""
    own = how.economics.intervention if name == OWN_TIME else how.economics.services[name]
    return name in how.ranged or (own is not None and own.most is not None)


def _remedy(name: str, what: str, code: str, path: str, how: CostSpec) -> str:
    """What to write where it is a code, and where it is none."""
    own, use = how.economics, how.economics.use
    service = own.services.get(name)
    file = next((one for one, place in how.paths.items() if place == path), "")
    if name == OWN_TIME and own.intervention is not None:
        variable, most = own.intervention.minutes, "economics.intervention.most"
    else:
        most = f"economics.services.{name}.most"
        variable = service.variable if service is not None and service.variable else ""
        if not variable and use is not None:
            variable = str(use.minutes if what == "minutes" else use.amount)
    return (
        f"if it is a code, write missing: [{code}] (files.{file}.variables.{variable}), {CORRECT};"
        f" if it is a number like them, say {most}"
    )
