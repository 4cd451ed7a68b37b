"""The theory of change: columns and rows of its boxes, and what its links rest on."""

from itertools import permutations
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cesp_analysis import contracts
from cesp_analysis.declared.theory import Link, Node, circle_of
from cesp_analysis.errors import CespError
from cesp_analysis.integration.layers import crossings, layers_of, places_of
from cesp_analysis.integration.tables import TheoryLinks, TheoryNodes
from cesp_analysis.integration.theory import NO_EVIDENCE, theory_of_change
from joined import coding, codings, estimate, integration, numbers

KINDS = {"a": "activity", "m": "mechanism", "o": "outcome"}


def nodes(*names: str) -> dict[str, Node]:
    """Nodes whose kind is their first letter."""
    return {name: Node.model_validate({"label": name, "kind": KINDS[name[0]]}) for name in names}


def links(*pairs: str, feedback: tuple[str, ...] = ()) -> dict[str, Link]:
    """Links by 'a1 m1'."""
    return {
        pair.replace(" ", "_"): Link.model_validate(
            {"from": pair.split()[0], "to": pair.split()[1], "feedback": pair in feedback}
        )
        for pair in pairs
    }


def test_kinds_stand_in_columns_and_links_lead_to_the_right() -> None:
    own = nodes("o1", "a1", "a2", "m1", "m2", "m3")
    ties = links("a1 m1", "m1 m2", "a2 o1", "m2 o1", "o1 a1", feedback=("o1 a1",))
    assert layers_of(own, ties) == {"a1": 0, "a2": 0, "m1": 1, "m2": 2, "m3": 1, "o1": 3}


def test_where_links_lead_against_kinds_columns_are_longest_paths() -> None:
    own, ties = nodes("a1", "m1", "o1"), links("m1 a1", "a1 o1")
    assert layers_of(own, ties) == {"m1": 0, "a1": 1, "o1": 2}
    for link in ties.values():
        assert layers_of(own, ties)[link.from_] < layers_of(own, ties)[link.to]


def test_crossed_links_are_undone_whatever_the_order_they_are_declared_in() -> None:
    ties = links("a1 m1", "a2 m2", "a3 m3")
    for order in permutations(("m1", "m2", "m3")):
        own = nodes("a1", "a2", "a3", *order)
        layers = layers_of(own, ties)
        places = places_of(own, ties, layers).nodes
        assert crossings(places, [(tie.from_, tie.to) for tie in ties.values()], layers) == 0
        assert [places[f"m{n}"] for n in (1, 2, 3)] in ([0, 1, 2], [2, 1, 0])
        assert places == places_of(own, ties, layers).nodes


def test_short_columns_are_centred_and_no_box_lies_on_another() -> None:
    own, ties = nodes("a1", "a2", "m1"), links("a1 m1", "a2 m1")
    layers = layers_of(own, ties)
    places = places_of(own, ties, layers).nodes
    assert places == {"a1": 0, "a2": 1, "m1": 0.5}
    assert len({(layers[name], places[name]) for name in own}) == len(own)


def test_a_link_that_passes_columns_runs_through_no_box() -> None:
    own, ties = nodes("a1", "m1", "m2", "o1"), links("a1 m1", "m1 m2", "m2 o1", "a1 o1")
    layers = layers_of(own, ties)
    places = places_of(own, ties, layers)
    assert places.through["a1_m1"] == () and len(places.through["a1_o1"]) == 2
    for layer, row in zip((1, 2), places.through["a1_o1"], strict=True):
        assert row not in {places.nodes[name] for name in own if layers[name] == layer}


def test_a_circle_is_told_as_it_runs_and_one_that_is_declared_is_none() -> None:
    circle = circle_of(links("a m", "m o", "o a"))
    assert circle[0] == circle[-1] and "".join(circle) in ("amoa", "moam", "oamo")
    assert circle_of(links("a m", "m o", "o a", feedback=("o a",))) == []


def theory(*evidence: dict[str, Any], **more: Any) -> pd.DataFrame:
    how = integration(
        nodes={name: {"label": name, "kind": KINDS[name]} for name in "ao"},
        links={"ao": {"from": "a", "to": "o", "evidence": list(evidence)}},
    )
    refused = estimate("did/wellbeing/6m", 1, status="refused", reason="one site an arm")
    own = {
        "estimates": numbers(estimate("did/wellbeing/12m", 4), refused).estimates,
        "progression": pd.DataFrame(
            {"criterion": ["uptake"], "label": ["Uptake"], "zone": ["green"]}
        ),
        "codings": codings(coding("X", "wellbeing"), coding("Y", "wellbeing", theme="b")),
    } | more
    return theory_of_change(how, own["estimates"], own["progression"], own["codings"])[1]


def test_each_piece_of_evidence_is_a_row() -> None:
    table = theory(
        {"estimate": "did/wellbeing/12m"}, {"criterion": "uptake"}, {"construct": "wellbeing"},
        {"estimate": "did/wellbeing/6m"}, {"criterion": "other"},
    )  # fmt: skip
    assert table["nth"].tolist() == [1, 2, 3, 4, 5]
    assert table["there"].tolist() == ["yes", "yes", "yes", "no", "no"]
    assert (table["estimate"][0], table["ci_low"][0], table["ci_high_shock"][0]) == (4, 3, 7)
    assert table["light"][1] == "green"
    assert table["of_label"].tolist()[1:3] == ["Uptake", "Wellbeing"]
    assert (table["outcome"][0], table["time"][0]) == ("wellbeing", "12m")
    assert table.loc[2, ["themes", "excerpts", "interviews"]].tolist() == [2, 2, 2]
    assert table["reason"][3] == "one site an arm"


def test_what_is_not_there_is_said() -> None:
    (row,) = theory().to_dict("records")
    assert (row["nth"], row["there"], row["reason"]) == (0, "no", NO_EVIDENCE)
    (none,) = theory({"construct": "wellbeing"}, codings=None).to_dict("records")
    assert (none["there"], none["reason"]) == ("no", "no excerpt speaks to it")
    said = "integration.links.ao.evidence: no estimate is called 'did/wellbeing/12'; did you mean"
    with pytest.raises(CespError, match=said):
        theory({"estimate": "did/wellbeing/12"})


def test_tables_keep_their_contracts(tmp_path: Path) -> None:
    how = integration(
        nodes={name: {"label": name, "kind": KINDS[name]} for name in "amo"},
        links={
            "am": {"from": "a", "to": "m"},
            "mo": {"from": "m", "to": "o", "evidence": [{"construct": "wellbeing"}]},
        },
    )
    made = theory_of_change(how, None, None, codings(coding("X", "wellbeing")))
    for frame, contract in zip(made, (TheoryNodes, TheoryLinks), strict=True):
        path = tmp_path / "table.csv"
        contracts.write(frame, path, contract)
        assert len(contracts.read(path, contract)) == len(frame)
