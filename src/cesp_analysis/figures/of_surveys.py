"""Community surveys: from a table to a drawing, its caption and its alt text."""

from typing import TYPE_CHECKING

from cesp_analysis.figures.drawn import MEANS, MISSING, OUTSIDE, Drawn, labelled

if TYPE_CHECKING:
    import pandas as pd

    from cesp_analysis.declared.wording import Wording


def draw_external(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """The survey's means beside figures from outside."""
    from cesp_analysis.figures.external import alt_text, external, external_panels

    labels = {site.name: (site.label, site.arm) for site in words.sites}
    panels = external_panels(table, labels)
    said = "; ".join(dict.fromkeys(map(str, table["source"])))
    caption = f"Figures from outside, as context. Source: {said}."
    return external(panels), caption, alt_text(panels), table[OUTSIDE]


def draw_survey_waves(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """Weighted means by wave and site, with intervals."""
    from cesp_analysis.figures.means import alt_text, means
    from cesp_analysis.figures.survey_panels import waves_frame

    frame = labelled(waves_frame(table, words), words)
    caption = (
        "Community surveys: weighted means and proportions of each site by wave. The intervals know"
        " how respondents were drawn, and sampling error alone."
    )
    known = f"{words.interval()}, design-based"
    if words.together:
        caption = (
            "Community surveys: weighted means and proportions by wave, the mean of sites. The"
            " intervals are by how sites differ."
        )
        known = f"{words.interval()}, between sites"
    return means(frame, known), caption, alt_text(frame), frame[MEANS]


def draw_survey_answers(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """Shares of each answer by wave and site."""
    from cesp_analysis.figures.stacked import alt_text, stacked
    from cesp_analysis.figures.survey_panels import questions_of

    questions = questions_of(table, words)
    caption = "Community surveys: ordered answers of each site by wave, weighted."
    return stacked(questions), caption, alt_text(questions), questions


def draw_composition(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """Who answered, by wave and site, beside the margins."""
    from cesp_analysis.figures.behind import rows_of
    from cesp_analysis.figures.composition import alt_text, composition
    from cesp_analysis.figures.survey_panels import shares_of

    rows, waves = shares_of(table, words), [moment.label for moment in words.waves]
    caption = "Community surveys: who answered, by wave, before any weighting to margins."
    data = rows_of(rows, wave=waves)
    return composition(rows, waves, "by design weights"), caption, alt_text(rows, waves), data


def draw_neighbourhood_changes(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """Change of each neighbourhood between two waves."""
    from cesp_analysis.figures.caterpillar import alt_text, caterpillar
    from cesp_analysis.figures.neighbourhood_panels import arms_of, change_panels

    panels = change_panels(table, words)
    caption = (
        "Community surveys: how each neighbourhood changed, in order. A description of these"
        " neighbourhoods; nothing is compared between sites."
    )
    return caterpillar(panels, arms_of(words), words.interval()), caption, alt_text(panels), panels


def draw_neighbourhoods(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """Means of neighbourhoods, by wave."""
    from cesp_analysis.figures.neighbourhood_panels import arms_of, multiples
    from cesp_analysis.figures.small_multiples import alt_text, small_multiples

    shown = multiples(table, words)
    caption = f"Community surveys: {shown.outcome_label}, neighbourhood by neighbourhood."
    drawing = small_multiples(shown, arms_of(words), words.interval())
    return drawing, caption, alt_text(shown), [shown]


def draw_completeness(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """The share of those asked whose answer is missing, by outcome, wave and site."""
    from cesp_analysis.figures.missingness import alt_text, missingness
    from cesp_analysis.figures.survey_panels import completeness_frame

    frame = completeness_frame(table, words)
    said = (
        "Percent of those asked whose answer is missing or cannot be used. Stronger shade: more."
        " \u2013: the wave did not ask it."
    )
    return (
        missingness(frame, said),
        "Community surveys: completeness.",
        alt_text(frame),
        frame[MISSING],
    )
