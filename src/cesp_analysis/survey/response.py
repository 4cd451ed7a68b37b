"""The step `survey_response`: what became of invitations, and response rates by wave and site."""

from collections import Counter
from pathlib import Path

import pandas as pd
from scipy.special import ndtri

from cesp_analysis import contracts
from cesp_analysis.clean.parts import APART
from cesp_analysis.columns import Row
from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.problems import KINDS
from cesp_analysis.declared.surveys import DISPOSITIONS
from cesp_analysis.schemas import Ledger, Records
from cesp_analysis.survey.aapor import Cases, casro, rates
from cesp_analysis.survey.tables import Dispositions, Response

_NOWHERE = {
    "undeclared_time": "wave blank or not declared",
    "undeclared_site": "site blank or not declared",
    "undeclared_arm": "arm blank or not declared",
}


class ResponseSpec(Frozen):
    """The frame's file and variable, e if it is declared, and the surveys' files."""

    file: str
    disposition: str
    eligible: float | None = None
    sites: tuple[str, ...] = ()
    waves: tuple[str, ...]
    ci_level: float
    surveys: tuple[str, ...]


def survey_response(spec: str, records: Path, ledger: Path, dispositions: Path, out: Path) -> None:
    """Count invitations by what became of them; rates by AAPOR's standard definitions.

    `ledger`: what became of the frame's rows, so that those of no wave and site are counted too.
    """
    how = ResponseSpec.model_validate_json(spec)
    frame = contracts.read(records / f"{how.file}.parquet", Records, beyond=[how.disposition])
    surveys = [
        contracts.read(records / f"{name}.parquet", Records, beyond=(), coded=["unit"])
        for name in how.surveys
    ]
    lost = set_aside(contracts.read(ledger, Ledger, coded=["unit"]), how.file)
    counted = [row | lost for row in counts(frame, surveys, how)]
    contracts.write(
        pd.DataFrame(counted, columns=list(Dispositions.columns())), dispositions, Dispositions
    )
    made = [row for cell in counted for row in rate_rows(cell, how.ci_level)]
    contracts.write(pd.DataFrame(made, columns=list(Response.columns())), out, Response)


def counts(frame: pd.DataFrame, surveys: list[pd.DataFrame], how: ResponseSpec) -> list[Row]:
    """A row of Dispositions for each wave and site that has invitations or records."""
    column = "site" if how.sites else "arm"
    invited: dict[tuple[str, str], dict[str, int]] = {}
    ended = frame[how.disposition].fillna("uncoded")
    for wave, group, code in zip(frame["time"], frame[column], ended, strict=True):
        own = invited.setdefault((wave, group), {})
        own[code] = own.get(code, 0) + 1
    answered = Counter(
        pair
        for table in surveys
        for pair in table.drop_duplicates(["unit", "time"])[["time", column]].itertuples(
            index=False, name=None
        )
    )
    return [
        _row(wave, group, invited.get((wave, group), {}), answered[wave, group], how)
        for wave in how.waves
        for group in (how.sites or ("intervention", "control"))
        if (wave, group) in invited or answered[wave, group]
    ]


def set_aside(ledger: pd.DataFrame, frame: str) -> Row:
    """How many of the frame's rows count nowhere, and why: columns aside and aside_why."""
    own = ledger[(ledger["file"] == frame) & (ledger["status"] == "set aside")]
    why = own.loc[~own["reason"].isin(APART), "reason"].astype("str").value_counts()
    count = {str(kind): n for kind, n in sorted(why.items())}
    told = [f"{n} × {_NOWHERE.get(kind) or KINDS[kind]}" for kind, n in count.items()]
    return {"aside": int(why.sum()), "aside_why": "; ".join(told) or None}


def _row(wave: str, site: str, own: dict[str, int], records: int, how: ResponseSpec) -> Row:
    said = {name: own.get(name, 0) for name in (*DISPOSITIONS, "uncoded")}
    interviews = said["complete"] + said["partial"]
    known = interviews + said["refusal"] + said["non_contact"] + said["other"]
    e, by = how.eligible, "declared (surveys.response.eligible)"
    if e is None:
        e = casro(known, said["not_eligible"])
        by = "as among those whose eligibility is known (CASRO)"
        by = by if e is not None else "e cannot be estimated: eligibility is known of nobody"
    return {
        "wave": wave,
        "site": site,
        "invited": sum(said.values()),
        **said,
        "eligible": e,
        "eligible_by": by,
        "records": records,
        "difference": records - interviews,
        "remark": _remark(said, records) or None,
    }


def _remark(said: dict[str, int], records: int) -> str:
    """What to look at where the interviews are not the records of the survey's file."""
    complete, partial = said["complete"], said["partial"]
    told = []
    if not sum(said.values()):
        told.append("the frame has no invitation of this wave and site")
    elif partial and records == complete:
        told.append("the survey's file holds the complete interviews alone")
    elif records > complete + partial:
        told.append("records of which the frame knows no interview")
    elif records < complete + partial:
        told.append("interviews without a record: set aside (ledger.parquet), or not delivered")
    if said["uncoded"]:
        told.append("invitations without a code count as of unknown eligibility")
    return "; ".join(told)


def rate_rows(cell: Row, ci_level: float) -> list[Row]:
    """The rows of Response for a row of Dispositions."""
    unknown = cell["unknown_household"] + cell["unknown_other"] + cell["uncoded"]
    names = ("complete", "partial", "refusal", "non_contact", "other")
    cases = Cases(
        **{name: cell[name] for name in names},
        unknown=unknown,
        e=cell["eligible"],
        by=cell["eligible_by"],
    )
    return [
        {
            "wave": cell["wave"],
            "site": cell["site"],
            "rate": rate.name,
            "formula": rate.formula,
            "numerator": rate.numerator,
            "denominator": rate.denominator,
            "value": rate.value,
            "ci_low": rate.low,
            "ci_high": rate.high,
            "ci_level": ci_level,
            "method": rate.method or None,
            "reason": rate.reason or None,
        }
        for rate in rates(cases, float(ndtri(0.5 + ci_level / 2)))
    ]
