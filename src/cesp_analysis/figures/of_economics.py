"""What costs and QALYs mean for a decision: from a table to a drawing, caption and alt text."""

from typing import TYPE_CHECKING

from cesp_analysis.economics.ratio_words import pounds
from cesp_analysis.economics.words import MISSING_DATA
from cesp_analysis.few_sites.words import shock_words
from cesp_analysis.figures.drawn import Drawn
from cesp_analysis.numbers import count, interval

if TYPE_CHECKING:
    import pandas as pd

    from cesp_analysis.declared.economics_words import EconomicsWords
    from cesp_analysis.declared.wording import Wording

ELSEWHERE = "whatever else happened at a site is not in it"


def _own(words: "Wording") -> "EconomicsWords":
    """The section's words; its figures are drawn only of studies that have it."""
    assert words.economics is not None
    return words.economics


def _alone(words: "Wording", what: str) -> str:
    """What an uncertainty is of."""
    shocks = words.sites and not words.chance_made_alike()
    return f"{what}: sampling error alone" + (f"; {ELSEWHERE}." if shocks else ".")


def _less(words: "Wording") -> str:
    return f"{words.arms['intervention']} less {words.arms['control']}"


def draw_ce_plane(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """Draws of incremental cost and QALYs, by approach."""
    from cesp_analysis.figures.ce_plane import alt_text, ce_plane
    from cesp_analysis.figures.economics_panels import plane_panels

    panels = plane_panels(table)
    thresholds = list(dict.fromkeys(_own(words).thresholds[at] for at in (0, -1)))
    region = f"{100 * words.study.ci_level:g}% ellipse"
    shown = len(panels[0].qaly) if panels else 0
    said = (
        f"{_less(words)}. Points: {count(shown)} bootstrap samples, each imputed, with the"
        " covariance that the intervals have. Ellipse and percentages: Student's law of both, as of"
        f" the intervals. {_alone(words, 'All of it')}"
        " Below a line: net benefit is above £0 at that threshold."
        f"{_apart(len(panels))}"
    )
    caption = (
        "Differences in costs and QALYs together, and with which probability they lie where."
        f" {_alone(words, 'All of it')}"
    )
    return ce_plane(panels, thresholds, region, said), caption, alt_text(panels), panels


def _apart(panels: int) -> str:
    return " Each panel has its own scale." if panels > 1 else ""


def draw_ceac(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """The probability that net benefit is above 0, by threshold."""
    from cesp_analysis.figures.ceac import alt_text, ceac
    from cesp_analysis.figures.economics_panels import curve_panels

    panels = curve_panels(table, _own(words))
    curves = [curve for panel in panels for curve in panel.curves]
    prior = shock_words(words.own_prior)
    caption = "Probability that net benefit is above £0, by threshold; solid: sampling error alone"
    there = set(table["missing_data"])
    first = next((words for name, words in MISSING_DATA.items() if name in there), "")
    said = f"Solid line: {first.lower()}, sampling error alone; squares: declared thresholds."
    said += " Dotted: that the arm of higher expected net benefit is the better one (frontier)."
    if any(curve.low for curve in curves):
        caption += (
            f"; band: had one shock to a site, as large as the {prior.median}, favoured either side"
        )
        said += (
            f" Band: the same if a shock to a site as large as the {prior.median} had favoured"
            " the intervention (lower end) or the control (upper end). Dashed: with sampling error"
            f" and shocks {prior.sizes}, for or against alike."
        )
    if any(any(panel.curves[0].turned) for panel in panels):
        said += " Hatched: thresholds at which such a shock is larger than the net benefit."
    if any(len(panel.curves) > 1 for panel in panels):
        said += " Thin lines: by multiple imputation, sampling error alone."
    return ceac(panels, said), f"{caption}.", alt_text(panels), panels


def draw_tornado(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """What net benefit is if one parameter is at either end."""
    from cesp_analysis.figures.economics_panels import tornado_panels
    from cesp_analysis.figures.tornado import alt_text, tornado

    own = _own(words)
    panels, threshold = tornado_panels(table, own), own.thresholds[0]
    bases = "; ".join(
        f"{panel.approach.lower()} {pounds(panel.base[0])}"
        f" ({words.interval()} {interval(panel.base[1], panel.base[2], 0)})"
        for panel in panels
    )
    said = (
        f"{_less(words)}, by multiple imputation. Beside each bar: the parameter's values; ×:"
        " multiples of the price in use. What was imputed of a service moves as what is known of"
        " it, person by person."
        f" Base case: {bases}. {_alone(words, 'Intervals')}{_apart(len(panels))}"
    )
    caption = (
        f"Net benefit at {pounds(threshold)} a QALY, one parameter changed at a time. Bars: what"
        " the parameter changes, nothing of what sampling error does."
    )
    return tornado(panels, threshold, said), caption, alt_text(panels, threshold), panels


def draw_information(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """What a further trial would be worth and cost, by its size."""
    from cesp_analysis.figures.economics_panels import information_panels
    from cesp_analysis.figures.information import alt_text, information

    panels = information_panels(table)
    trials = table[table["of"] == "trial"]
    caption, said = "What a further trial would be worth, and cost, by its size.", ""
    if len(trials):
        threshold, people = trials["threshold"].iloc[0], trials["people"].iloc[0]
        shaken = (trials["shocks"] == "yes").any()
        said = (
            f"At {pounds(threshold)} a QALY, for {count(people)} people (discounted). What is not"
            f" known: sampling error{' and shocks to sites' if shaken else ' alone'}. The trial:"
            " people allocated one by one, with the spread of net benefit that an analysis as here"
            " leaves."
        )
        caption = f"{caption[:-1]}, at {pounds(threshold)} a QALY for {count(people)} people."
    return information(panels, said), caption, alt_text(panels), panels
