"""The theory of change: what each link rests on, and where its boxes stand.

A link says that one thing is thought to lead to another; what is named beside it is what it is held
against, and whether it bears the link out is for people to judge.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cesp_analysis.declared.integration import Integration
from cesp_analysis.declared.theory import Evidence, Link
from cesp_analysis.errors import CespError, no_such
from cesp_analysis.interviews.beside import plain_rows
from cesp_analysis.interviews.joint import SILENT, lights_of
from cesp_analysis.interviews.joint_tables import TheoryLinks, TheoryNodes
from cesp_analysis.interviews.layers import layers_of, places_of
from cesp_analysis.interviews.told import Told, told_of

Row = dict[str, Any]
NO_EVIDENCE = "no evidence is named"


@dataclass(frozen=True)
class Known:
    """What evidence is looked up in: estimate_id → its row, criterion → zone, construct → what
    excerpts say."""

    estimates: Mapping[str, Row]
    lights: Mapping[str, str]
    told: Mapping[str, Told]


def theory_of_change(
    how: Integration,
    estimates: pd.DataFrame | None,
    progression: pd.DataFrame | None,
    codings: pd.DataFrame | None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The boxes with their places (TheoryNodes), and the links with their evidence (TheoryLinks).

    estimates: Estimates; progression: Progression; codings: Excerpts; None: the study has none.
    CespError with a line for each estimate that is named and not there.
    """
    rows = [] if estimates is None else plain_rows(estimates)
    told = {} if codings is None else told_of(codings, ())
    known = Known(
        {row["estimate_id"]: row for row in rows},
        lights_of(progression),
        {name: told.get(word, SILENT) for name, word in how.words().items()},
    )
    if faults := list(_not_there(how, known)):
        raise CespError(faults)
    links = [row for name, link in how.links.items() for row in _link_rows(name, link, known)]
    return _nodes(how), pd.DataFrame(links, columns=list(TheoryLinks.columns()))


def _not_there(how: Integration, known: Known) -> Iterator[str]:
    for name, link in how.links.items():
        for one in link.evidence:
            if one.estimate is not None and one.estimate not in known.estimates:
                said = no_such("estimate", one.estimate, list(known.estimates), "in estimates.csv")
                yield f"config.yaml: integration.links.{name}.evidence: {said}"


def _nodes(how: Integration) -> pd.DataFrame:
    layers = layers_of(how.nodes, how.links)
    places = places_of(how.nodes, how.links, layers)
    rows = [
        {"node": name, "label": node.label, "node_kind": node.kind, "layer": layers[name],
         "place": places[name]}
        for name, node in how.nodes.items()
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(TheoryNodes.columns()))


def _link_rows(name: str, link: Link, known: Known) -> Iterator[Row]:
    own = {
        "link": name, "from_node": link.from_, "to_node": link.to,
        "feedback": "yes" if link.feedback else "no",
    }  # fmt: skip
    if not link.evidence:
        yield own | {"nth": 0, "there": "no", "reason": NO_EVIDENCE}
    for nth, one in enumerate(link.evidence, 1):
        found = _FINDERS[one.kind](one, known)
        there = "no" if found.get("reason") else "yes"
        yield own | {"nth": nth, "evidence": one.kind, "of": one.of, "there": there, **found}


def _estimate(one: Evidence, known: Known) -> Row:
    row = known.estimates[one.of]
    if row["status"] != "estimated":
        return {"reason": row["reason"] or row["status"]}
    names = ("estimate", "ci_low", "ci_high", "ci_low_shock", "ci_high_shock", "unit")
    return {name: row[name] for name in names}


def _criterion(one: Evidence, known: Known) -> Row:
    light = known.lights.get(one.of, "not assessed")
    reason = "the criterion is not assessed" if light == "not assessed" else None
    return {"light": light, "reason": reason}


def _construct(one: Evidence, known: Known) -> Row:
    told = known.told.get(one.of, SILENT)
    return {
        "themes": len(told.themes), "excerpts": told.excerpts, "interviews": told.interviews,
        "reason": None if told.excerpts else "no excerpt speaks to it",
    }  # fmt: skip


_FINDERS: dict[str, Callable[[Evidence, Known], Row]] = {
    "estimate": _estimate,
    "criterion": _criterion,
    "construct": _construct,
}
