"""The tables of delivery that pass between steps: fidelity, dose, activity."""

from typing import ClassVar

from cesp_analysis.columns import Table, count, number, text, whole

LEVELS = ("low", "moderate", "high")


class FidelityPeople(Table):
    """Each person's fidelity, a row a component; a blank component is the overall score."""

    key: ClassVar = ("unit", "component")
    unit: ClassVar = text("id of the person")
    link_worker: ClassVar = text("link worker", blank=True)
    component: ClassVar = text("component; blank: the overall score", blank=True)
    value: ClassVar = number("mean of the sources, 0 to 1; blank: too few components")
    level: ClassVar = text("low, moderate or high, of the overall score", blank=True)
    sources: ClassVar = count("sources that rated it")
    ratings: ClassVar = count("ratings it rests on")


class FidelityTable(Table):
    """Fidelity of the intervention arm: all, by link worker and by period.

    A blank component is the overall score; a blank source the mean of the sources.
    """

    key: ClassVar = ("of", "group", "component", "source")
    of: ClassVar = text("all, link_worker or period")
    group: ClassVar = text("link worker or period", blank=True)
    component: ClassVar = text("component; blank: the overall score", blank=True)
    label: ClassVar = text("the component in words", blank=True)
    source: ClassVar = text("source; blank: the mean of the sources", blank=True)
    people: ClassVar = count("people of the intervention arm, of that link worker")
    rated: ClassVar = count("of these, with a rating")
    ratings: ClassVar = count("ratings")
    mean: ClassVar = number("mean of those rated, 0 to 1; blank below `minimum`")
    sd: ClassVar = number("standard deviation between people; blank below `minimum`")
    ci_low: ClassVar = number("interval of the mean")
    ci_high: ClassVar = number("interval of the mean")
    ci_level: ClassVar = number("level of the interval")
    low: ClassVar = whole("people below moderate; of the overall score alone")
    moderate: ClassVar = whole("people from moderate to below high")
    high: ClassVar = whole("people from high on")
    minimum: ClassVar = count("with fewer people than this, their number stands alone")
    method: ClassVar = text("how the interval was made", blank=True)
    reason: ClassVar = text("why there is no mean or no interval", blank=True)
    warnings: ClassVar = text("what to keep in mind, separated by ' | '", blank=True)


class FidelityAgreement(Table):
    """How alike raters rated the same person, a row a measure.

    second = first: raters of one source among themselves. A blank component is the overall score:
    kappa of low, moderate and high, ICC of the score itself.
    """

    key: ClassVar = ("of", "first", "second", "component", "measure")
    of: ClassVar = text("sources, raters of one source, or link_worker")
    first: ClassVar = text("source or rater")
    second: ClassVar = text("source or rater", blank=True)
    component: ClassVar = text("component; blank: the overall score", blank=True)
    measure: ClassVar = text("same category, kappa, weighted kappa, or an ICC by its name")
    pairs: ClassVar = count("pairs of ratings; of link workers: people")
    people: ClassVar = count("people with such a pair; of link workers: link workers")
    status: ClassVar = text("estimated or not_estimable")
    estimate: ClassVar = number("the measure")
    ci_low: ClassVar = number("interval")
    ci_high: ClassVar = number("interval")
    ci_level: ClassVar = number("level of the interval")
    method: ClassVar = text("how value and interval were made", blank=True)
    reason: ClassVar = text("why there is no value or no interval", blank=True)


class DoseTable(Table):
    """What each person of the intervention arm got: contacts, minutes, wait, fidelity."""

    key: ClassVar = ("unit",)
    unit: ClassVar = text("id of the person")
    site: ClassVar = text("site", blank=True)
    link_worker: ClassVar = text("link worker", blank=True)
    offered: ClassVar = count("contacts that were offered")
    contacts: ClassVar = count("of these kept")
    not_known: ClassVar = count("of these not known whether kept")
    minutes: ClassVar = number("minutes of those kept; blank: not asked, or not known")
    minutes_lacking: ClassVar = count("contacts kept without minutes, which are not in the sum")
    first_days: ClassVar = number(
        "days from the person's start to the first contact kept; blank: none, or not known"
    )
    undated: ClassVar = count("contacts kept without a date, or dated before the person's start")
    fidelity: ClassVar = number("overall fidelity; blank: not rated")


class ContactsTable(Table):
    """Contacts of the intervention arm: all and by link worker, a row a quantity.

    Quartiles are of people, as in baseline.csv and measurability.csv (R's type 7). A contact counts
    for the person's own link worker, whoever held it.
    """

    key: ClassVar = ("of", "group", "quantity")
    of: ClassVar = text("all or link_worker")
    group: ClassVar = text("link worker of these people, who need not have held it", blank=True)
    quantity: ClassVar = text("contacts, minutes, share_kept or first_days")
    people: ClassVar = count("people of the intervention arm, of that link worker")
    n: ClassVar = count("people it is known of; of share_kept: contacts offered")
    none: ClassVar = whole("people known to have no contact kept")
    total: ClassVar = number("sum over people; of share_kept: contacts kept")
    mean: ClassVar = number("mean of people; of share_kept: the share; blank below `minimum`")
    ci_low: ClassVar = number("interval of the mean or share")
    ci_high: ClassVar = number("interval of the mean or share")
    ci_level: ClassVar = number("level of the interval")
    q1: ClassVar = number("first quartile; blank below `minimum`")
    median: ClassVar = number("median")
    q3: ClassVar = number("third quartile")
    minimum: ClassVar = count("with fewer people than this, their number stands alone")
    method: ClassVar = text("how the interval was made", blank=True)
    reason: ClassVar = text("why there is no number or no interval", blank=True)
    warnings: ClassVar = text("what to keep in mind, separated by ' | '", blank=True)


class DoseResponseTable(Table):
    """Change of people of the intervention arm by what they got: exploratory, no causal effect."""

    key: ClassVar = ("dose", "outcome", "time", "adjusted")
    dose: ClassVar = text("contacts, minutes or fidelity")
    outcome: ClassVar = text("outcome")
    time: ClassVar = text("later time")
    adjusted: ClassVar = text("what is held: nothing, or the outcome at baseline")
    n: ClassVar = count("people with both answers and the dose")
    estimate: ClassVar = number("slope: the outcome's unit for one `per`")
    std_error: ClassVar = number("standard error")
    df: ClassVar = number("degrees of freedom of the interval")
    ci_low: ClassVar = number("interval from sampling error alone")
    ci_high: ClassVar = number("interval from sampling error alone")
    ci_level: ClassVar = number("level of the interval")
    per: ClassVar = text("what one step of dose is")
    status: ClassVar = text("exploratory, or not_estimable")
    reason: ClassVar = text("why there is no slope", blank=True)
    method: ClassVar = text("how it was made", blank=True)


class ActivityTable(Table):
    """Meetings of panels by site, all and by part of calendar time: counts of a record."""

    key: ClassVar = ("site", "panel", "period")
    site: ClassVar = text("site", blank=True)
    panel: ClassVar = text("panel")
    label: ClassVar = text("how it is called")
    period: ClassVar = text("part of calendar time; blank: all", blank=True)
    meetings: ClassVar = count("meetings on record")
    held: ClassVar = whole("meetings to which somebody came")
    first: ClassVar = text("date of the first", blank=True)
    last: ClassVar = text("date of the last", blank=True)
    invited: ClassVar = whole("invitations to meetings held of which both numbers are known")
    attended: ClassVar = whole("people who came to these")
    share_attended: ClassVar = number("attended / invited; blank: 0 of 0")
    agreed: ClassVar = whole("actions agreed at meetings of which both numbers are known")
    done: ClassVar = whole("of these done")
    share_done: ClassVar = number("done / agreed; blank: 0 of 0")
    warnings: ClassVar = text("what to keep in mind, separated by ' | '", blank=True)
