"""The theory of change: what each link rests on, and where its boxes stand.

A link says that one thing is thought to lead to another; what is named beside it is what it is held
against, and whether it bears the link out is for people to judge.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from cesp_analysis.columns import Row
from cesp_analysis.declared.integration import Integration
from cesp_analysis.declared.theory import Evidence, Link
from cesp_analysis.errors import CespError, no_such
from cesp_analysis.integration.beside import plain_rows
from cesp_analysis.integration.joint import SILENT
from cesp_analysis.integration.layers import layers_of, places_of
from cesp_analysis.integration.tables import TheoryLinks, TheoryNodes
from cesp_analysis.integration.told import Told, compared_at, told_of
from cesp_analysis.interviews.counted import words

NOT_ASSESSED = "not assessed"
NO_EVIDENCE = "no evidence is named"


@dataclass(frozen=True)
class Known:
    """What evidence is looked up in: estimate_id → its row, criterion → its row, construct → what
    excerpts say; labels: construct → how it is called."""

    estimates: Mapping[str, Row]
    criteria: Mapping[str, Row]
    told: Mapping[str, Told]
    labels: Mapping[str, str]


def theory_of_change(
    how: Integration,
    estimates: pd.DataFrame | None,
    progression: pd.DataFrame | None,
    codings: pd.DataFrame | None,
    control: Collection[str] = (),
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The boxes with their places (TheoryNodes), and the links with their evidence (TheoryLinks).

    estimates: Estimates; progression: Progression; codings: Excerpts; None: the study has none;
    control: sites of the control arm, whose excerpts tell nothing of what the activities lead to;
    where there are any, nor do those of a site that is not known.
    CespError with a line for each estimate that is named and not there.
    """
    rows = [] if estimates is None else plain_rows(estimates)
    judged = [] if progression is None else plain_rows(progression)
    told = {} if codings is None else told_of(_compared(codings, control), ())
    known = Known(
        {row["estimate_id"]: row for row in rows},
        {row["criterion"]: row for row in judged},
        {name: told.get(word, SILENT) for name, word in how.words().items()},
        {name: own.label for name, own in how.constructs.items()},
    )
    if faults := list(_not_there(how, known)):
        raise CespError(faults)
    layers = layers_of(how.nodes, how.links)
    places = places_of(how.nodes, how.links, layers)
    links = [
        row | {"through": " ".join(f"{at:g}" for at in places.through[name]) or None}
        for name, link in how.links.items()
        for row in _link_rows(name, link, known)
    ]
    nodes = [
        {"node": name, "label": node.label, "node_kind": node.kind, "layer": layers[name],
         "place": places.nodes[name]}
        for name, node in how.nodes.items()
    ]  # fmt: skip
    return (
        pd.DataFrame(nodes, columns=list(TheoryNodes.columns())),
        pd.DataFrame(links, columns=list(TheoryLinks.columns())),
    )


def _compared(codings: pd.DataFrame, control: Collection[str]) -> pd.DataFrame:
    """The codings of interviews that can be set beside numbers."""
    kept = [compared_at(site, control) for site in words(codings, "site")]
    return codings[kept].reset_index(drop=True)


def _not_there(how: Integration, known: Known) -> Iterator[str]:
    for name, link in how.links.items():
        for one in link.evidence:
            if one.estimate is not None and one.estimate not in known.estimates:
                said = no_such("estimate", one.estimate, list(known.estimates), "in estimates.csv")
                yield f"config.yaml: integration.links.{name}.evidence: {said}"


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


_NUMBERS = ("estimate", "ci_low", "ci_high", "ci_low_shock", "ci_high_shock", "unit")


def _estimate(one: Evidence, known: Known) -> Row:
    row = known.estimates[one.of]
    where = {"outcome": row["outcome"], "time": row["time"]}
    if row["status"] != "estimated":
        return where | {"reason": row["reason"] or row["status"]}
    return where | {name: row[name] for name in _NUMBERS}


def _criterion(one: Evidence, known: Known) -> Row:
    row = known.criteria.get(one.of, {})
    light = row.get("zone", NOT_ASSESSED)
    reason = "the criterion is not assessed" if light == NOT_ASSESSED else None
    return {"light": light, "of_label": row.get("label"), "reason": reason}


def _construct(one: Evidence, known: Known) -> Row:
    told = known.told.get(one.of, SILENT)
    return {
        "of_label": known.labels.get(one.of), "themes": len(told.themes),
        "excerpts": told.excerpts, "interviews": told.interviews,
        "reason": None if told.excerpts else "no excerpt speaks to it",
    }  # fmt: skip


_FINDERS: dict[str, Callable[[Evidence, Known], Row]] = {
    "estimate": _estimate,
    "criterion": _criterion,
    "construct": _construct,
}
