"""What people answered: from a table to a drawing, its caption and its alt text."""

from typing import TYPE_CHECKING

from cesp_analysis.figures.drawn import MEANS, Drawn, labelled
from cesp_analysis.models.two_sites import SAMPLING_ONLY
from cesp_analysis.schemas import Panel

if TYPE_CHECKING:
    import pandas as pd

    from cesp_analysis.declared.wording import Wording


def draw_flow(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """How many people were at each step, by site, and why others were not."""
    from cesp_analysis.figures.flow import alt_text, flow
    from cesp_analysis.figures.flow_boxes import boxes_of

    boxes = boxes_of(table, words)
    surveyed = {box.part == "survey" for box in boxes}
    beside = " Beside it the community surveys." if True in surveyed else ""
    by = "; nobody was randomised" if words.sites and not words.study.randomised else ""
    caption = f"Flow of people through the study{by}.{beside}"
    if surveyed == {True}:
        caption = "Community surveys: who answered."
    return flow(boxes), caption, alt_text(boxes), boxes


def draw_means(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """Observed means of each outcome by site and time, with 95% intervals."""
    from cesp_analysis.figures.means import alt_text, means

    frame = labelled(table[table["level"] == level], words)
    caption = (
        f"Observed means, unweighted, with {words.interval()}s that take answers as independent"
        " of each other; before any model."
    )
    known = f"{words.interval()}, answers taken as independent"
    return means(frame, known), caption, alt_text(frame), frame[MEANS]


def draw_trajectories(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """Some people's answers over time, each a line, with the mean of all who answered."""
    from cesp_analysis.figures.trajectories import alt_text, trajectories

    primary = [n for n, o in words.outcomes.items() if o.level == level and o.role == "primary"]
    chosen = primary or [n for n, o in words.outcomes.items() if o.level == level][:1]
    rows = (table["level"] == level) & table["outcome"].isin(chosen)
    table = table.loc[rows, list(Panel.columns())]
    column = "site" if words.sites else "arm"
    frame = labelled(table.assign(group=table[column].astype("str")), words)
    frame = frame.rename(columns={"unit_id": "person"})
    seed = words.study.seed
    caption = "Each line is one person; the thick line is the mean of all who answered."
    return trajectories(frame, seed=seed), caption, alt_text(frame, seed=seed), None


def draw_raincloud(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """How people's change since the first time is spread, by site."""
    from cesp_analysis.declared.outcomes import which
    from cesp_analysis.figures.raincloud import alt_text, raincloud
    from cesp_analysis.figures.raincloud_panels import rain_outcomes, rain_panels

    panels = rain_panels(table, words, level)
    shown = which(words.outcomes[name] for name in rain_outcomes(words, level))
    caption = f"Changes of people since the first time, before any model: {shown}."
    return raincloud(panels, words.study.seed), caption, alt_text(panels), None


def draw_recruitment(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """Recruitment over calendar time beside its target."""
    from cesp_analysis.figures.recruitment import alt_text, recruitment, recruitment_panels

    panels = recruitment_panels(table, words.group)
    caption = "People taken in over time, against the target."
    return recruitment(panels, words.interval()), caption, alt_text(panels), panels


def draw_distributions(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """How answers to each outcome are spread at the first time."""
    from cesp_analysis.figures.distributions import alt_text, distributions
    from cesp_analysis.figures.measurement_panels import histograms

    panels = histograms(table, words, level)
    caption = "Candidate outcomes: how their values lie the first time, before any model."
    return distributions(panels), caption, alt_text(panels), panels


def draw_reliability(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """The reliability of each instrument, with its interval."""
    from cesp_analysis.figures.measurement_panels import measured
    from cesp_analysis.figures.reliability import alt_text, reliability, without_difference

    rows = measured(table, words, level)
    told = any(row.difference for row in rows) and words.one_against_one()
    cautions = [f"Of the thick lines: {SAMPLING_ONLY}"] if told else []
    difference = ", and how the difference of each lies to its minimally important one"
    shown = "" if without_difference(rows) else difference
    caption = f"Candidate outcomes: how reliable they are{shown}."
    return reliability(rows, words.interval(), cautions), caption, alt_text(rows), rows


def draw_fidelity(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """Ratings of fidelity by component."""
    from cesp_analysis.figures.fidelity import alt_text, fidelity, rated_rows

    rows = rated_rows(table, words.delivery.sources)
    cuts = (words.delivery.moderate, words.delivery.high)
    caption = "Fidelity by component and source: means of people of the intervention arm."
    return fidelity(rows, cuts, words.interval()), caption, alt_text(rows), rows


def draw_contacts(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """Contacts with link workers: how many people had how many."""
    from cesp_analysis.figures.contacts import alt_text, contacts, people_by_contacts

    known = table["not_known"] == 0
    bars = people_by_contacts(table.loc[known, "contacts"].tolist(), int((~known).sum()))
    caption = "Contacts kept with the link worker: people of the intervention arm by their number."
    data = [{"contacts": number, "people": people} for number, people in bars]
    return contacts(bars), caption, alt_text(bars), data
