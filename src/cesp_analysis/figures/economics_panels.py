"""From the tables of economics to what their figures draw: panels by approach."""

from dataclasses import replace
from typing import TYPE_CHECKING

from cesp_analysis.economics.words import (
    APPROACHES,
    HIGH,
    LOW,
    MISSING_DATA,
    TORNADO,
    approaches_in,
)
from cesp_analysis.figures.ce_plane import CORNERS, PlanePanel
from cesp_analysis.figures.ceac import Curve, CurvePanel
from cesp_analysis.figures.information import InformationPanel
from cesp_analysis.figures.tornado import Bar, TornadoPanel

if TYPE_CHECKING:
    import pandas as pd

    from cesp_analysis.declared.economics_words import EconomicsWords


def plane_panels(table: "pd.DataFrame") -> tuple[PlanePanel, ...]:
    """The panels of a Plane with the rows of Quadrants under it."""
    panels = []
    points = table[table["part"].notna()]
    for approach in approaches_in(set(points["approach"])):
        own = points[points["approach"] == approach]
        shares = table[(table["approach"] == approach) & table["part"].isna()]
        parts = {name: own[own["part"] == name] for name in ("estimate", "draw", "ellipse")}
        panels.append(
            PlanePanel(
                APPROACHES[approach],
                float(parts["estimate"]["qaly"].iloc[0]),
                float(parts["estimate"]["cost"].iloc[0]),
                tuple(map(float, parts["draw"]["qaly"])),
                tuple(map(float, parts["draw"]["cost"])),
                tuple(map(float, parts["ellipse"]["qaly"])),
                tuple(map(float, parts["ellipse"]["cost"])),
                **{name: float(shares[name].iloc[0]) for name in CORNERS if len(shares)},
            )
        )
    return tuple(panels)


def curve_panels(table: "pd.DataFrame", words: "EconomicsWords") -> tuple[CurvePanel, ...]:
    """The panels of an Acceptability: the base case, then, by imputed sets, it and all others."""
    missing_data = next((one for one in MISSING_DATA if (table["missing_data"] == one).any()), "")
    panels = []
    for approach in approaches_in(set(table["approach"])):
        own = table[table["approach"] == approach]
        base = own[_main(own, words) & (own["missing_data"] == missing_data)]
        curves = [_curve(base, "Base case: sampling error alone", words, shocks=True)]
        others = own[own["missing_data"] == "imputed"]
        varied = dict.fromkeys(zip(others["perspective"], others["value_set"], strict=True))
        for perspective, value_set in varied if len(varied) > 1 else ():
            one = others[
                (others["perspective"] == perspective) & (others["value_set"] == value_set)
            ]
            label = _called(perspective, value_set, words)
            if label or missing_data != "imputed":
                curves.append(_curve(one, label or "Base case by multiple imputation", words))
        panels.append(CurvePanel(APPROACHES[approach], tuple(curves)))
    return tuple(panels)


def _main(table: "pd.DataFrame", words: "EconomicsWords") -> "pd.Series[bool]":
    first = next(iter(words.perspectives), None)
    own = table["value_set"] == words.value_set
    return own if first is None else own & (table["perspective"] == first)


def _called(perspective: str, value_set: str, words: "EconomicsWords") -> str:
    """What of a curve is not as in the base case; blank: nothing."""
    first = next(iter(words.perspectives), perspective)
    parts = [words.perspectives[perspective]] if perspective != first else []
    return ", ".join([*parts, *([value_set] if value_set != words.value_set else [])])


def _curve(
    rows: "pd.DataFrame", label: str, words: "EconomicsWords", shocks: bool = False
) -> Curve:
    """shocks: with what they do, and the frontier."""
    rows = rows.sort_values("threshold")
    at = tuple(map(float, rows["threshold"]))
    shaken = {
        name: tuple(map(float, rows[name]))
        for name in ("low", "high", "with_shock")
        if shocks and rows[name].notna().all()
    }
    declared = tuple(one in words.thresholds for one in at)
    probability = tuple(map(float, rows["probability"]))
    if not shocks:
        return Curve(label, at, declared, probability)
    turned = tuple(map(bool, rows["flip"] <= rows["shock_sd"])) if shaken else ()
    frontier = tuple(map(float, rows["frontier_probability"]))
    return Curve(label, at, declared, probability, **shaken, frontier=frontier, turned=turned)


def tornado_panels(table: "pd.DataFrame", words: "EconomicsWords") -> tuple[TornadoPanel, ...]:
    """The panels of an Economics: net benefit at the first threshold, by imputed sets; bars from
    the widest of any panel down, in the same order in all."""
    own = table[
        (table["missing_data"] == "imputed")
        & (table["model"] == "net_benefit")
        & (table["quantity"] == "inmb")
        & (table["threshold"] == words.thresholds[0])
    ]
    base = own[(own["scenario"] == "base") & own["estimate"].notna()]
    panels = []
    for approach in approaches_in(set(base["approach"])):
        rows = {row["scenario"]: row for row in own[own["approach"] == approach].to_dict("records")}
        now = rows["base"]
        found = float(now["estimate"]), _known(now["ci_low"]), _known(now["ci_high"])
        bars = tuple(
            Bar(
                one.label,
                _value(one.of, one.low),
                _value(one.of, one.high),
                _known(rows[f"{TORNADO}{name}: {LOW}"]["estimate"]),
                _known(rows[f"{TORNADO}{name}: {HIGH}"]["estimate"]),
                _lacking(rows[f"{TORNADO}{name}: {LOW}"]["status"]),
            )
            for name, one in words.tornado.items()
        )
        panels.append(TornadoPanel(APPROACHES[approach], found, bars))
    return _by_width(panels)


def _by_width(panels: list[TornadoPanel]) -> tuple[TornadoPanel, ...]:
    """The same with the bars from the widest of any panel down."""
    places = range(len(panels[0].bars) if panels else 0)
    order = sorted(places, key=lambda at: -max(panel.bars[at].width() for panel in panels))
    return tuple(replace(panel, bars=tuple(panel.bars[at] for at in order)) for panel in panels)


def _value(parameter: str, value: float) -> str:
    """A value as it is written: a rate in percent, minutes for a minute, else a multiple."""
    if parameter == "discount":
        return f"{100 * value:g}%"
    return f"{value:g}" if parameter == "intervention.indirect" else f"× {value:g}"


def _lacking(status: str) -> str:
    """Why a bar has no end: what was estimated is not told where its service's costs are not."""
    return "not told" if status == "estimated" else "not estimable"


def _known(value: float) -> float | None:
    return None if value != value else float(value)


def information_panels(table: "pd.DataFrame") -> tuple[InformationPanel, ...]:
    """The panels of an Information, of a further trial."""
    trials = table[table["of"] == "trial"].sort_values("size")
    panels = []
    for approach in approaches_in(set(trials["approach"])):
        own = trials[trials["approach"] == approach]
        whole = table[
            (table["of"] == "all")
            & (table["approach"] == approach)
            & (table["threshold"] == own["threshold"].iloc[0])
        ]
        panels.append(
            InformationPanel(
                APPROACHES[approach],
                _known(whole["population"].iloc[0]) if len(whole) else None,
                *(tuple(map(float, own[name])) for name in ("size", "population", "cost", "net")),
            )
        )
    return tuple(panels)
