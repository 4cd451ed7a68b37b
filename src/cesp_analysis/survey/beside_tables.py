"""What stands beside the surveys (mixed models, networks, outside figures): tables."""

from typing import ClassVar

from cesp_analysis.columns import Table, category, count, number, text, whole


class Agreement(Table):
    """Design-based and model-based change beside each other, and what their difference is made of.

    difference = model-based less design-based = part_weights + part_random.
    """

    key: ClassVar = ("outcome", "wave")
    outcome: ClassVar = text("outcome")
    wave: ClassVar = text("wave")
    unit: ClassVar = text("unit of the estimates")
    scale: ClassVar = text("the scale on which both are: means, proportions, codes as numbers")
    model_design: ClassVar = text("the model of kind survey")
    estimate_design: ClassVar = number("its estimate")
    std_error_design: ClassVar = number(
        "its standard error; with neighbourhoods: all, that of the row 'clustered'"
    )
    df_design: ClassVar = number("its degrees of freedom")
    ci_low_design: ClassVar = number("its interval")
    ci_high_design: ClassVar = number("its interval")
    model_mixed: ClassVar = text("the model of kind mixed")
    estimate_mixed: ClassVar = number("its estimate")
    std_error_mixed: ClassVar = number("its standard error")
    df_mixed: ClassVar = number("its degrees of freedom")
    ci_low_mixed: ClassVar = number("its interval")
    ci_high_mixed: ClassVar = number("its interval")
    difference: ClassVar = number("model-based less design-based")
    difference_in_se: ClassVar = number("in standard errors of the design-based estimate")
    part_weights: ClassVar = number("least squares without weights less with them")
    part_weights_se: ClassVar = number("its linearised standard error; blank: no parts")
    part_random: ClassVar = number("the mixed model less least squares without weights")
    reading: ClassVar = text(
        "whether they are within one standard error of the design-based estimate; what their"
        " difference is made of",
        blank=True,
    )
    reason: ClassVar = text("why there is no comparison", blank=True)


class NetworkTable(Table):
    """networks.csv: whom the respondents of one site and wave named.

    Where fewer than surveys.minimum answered, their number stands alone.
    """

    key: ClassVar = ("site", "wave")
    site: ClassVar = category("site; blank where the study has none", blank=True)
    wave: ClassVar = category("wave")
    respondents: ClassVar = count("respondents of the wave")
    asked: ClassVar = count("of them those who answered the question, isolates included")
    ties: ClassVar = whole("people, groups and organisations named, by each who named them")
    ties_aside: ClassVar = count(
        "ties of the wave, at all sites, that are not counted: the respondent's record was set"
        " aside, or they are of another site than the respondent of their id"
    )
    mean_degree: ClassVar = number("ties over asked; unweighted")
    sd_degree: ClassVar = number("standard deviation of the ties of a respondent")
    isolates: ClassVar = whole("asked and named nobody")
    share_isolates: ClassVar = number("isolates over asked; unweighted")
    with_organisation: ClassVar = number("share of those asked who named an organisation")
    groups: ClassVar = whole("different groups and organisations that were named")
    components: ClassVar = whole(
        "parts that are not joined to each other, of the network of respondents and those they"
        " named; isolates are parts"
    )
    largest_component: ClassVar = whole("respondents in the part that holds most of them")
    share_largest: ClassVar = number("largest_component over asked")
    warnings: ClassVar = text("what must be said of it", blank=True)


class ExternalTable(Table):
    """external.csv: figures from outside by authority and period, the sites' difference too."""

    key: ClassVar = ("series", "authority", "period")
    series: ClassVar = category("external.series of config.yaml")
    label: ClassVar = text("how it is called")
    unit: ClassVar = text("its unit", blank=True)
    authority: ClassVar = category("authority, as the file calls it")
    site: ClassVar = category("the site in it; blank for other authorities", blank=True)
    period: ClassVar = category("year or date")
    past: ClassVar = category(
        "whether the period lies before the intervention", allowed=("yes", "no")
    )
    value: ClassVar = number("the figure", blank=False)
    difference: ClassVar = number("of sites: intervention less control at the period")
    change: ClassVar = number("of sites: change of that difference since the period `over` before")
    source: ClassVar = text("who publishes it")


class Divergences(Table):
    """divergences.csv: how far the sites have drifted apart before, one row a series."""

    key: ClassVar = ("series",)
    series: ClassVar = text("external.series of config.yaml")
    label: ClassVar = text("how it is called")
    unit: ClassVar = text("its unit", blank=True)
    over: ClassVar = count("periods over which changes are taken")
    changes: ClassVar = count("past changes of the sites' difference that are known")
    largest: ClassVar = number("largest of them, in the series' unit; blank if there is none")
    largest_from: ClassVar = text("period from which it is taken", blank=True)
    largest_to: ClassVar = text("period to which it is taken", blank=True)
    pairs: ClassVar = count("pairs of authorities without a site that have the same periods")
    pairs_median: ClassVar = number("median of these pairs' largest past divergences")
    pairs_high: ClassVar = number("95th percentile of them")
    since: ClassVar = number(
        "change of the sites' difference from the last period before to the one after; blank: none"
        " is named"
    )
    after: ClassVar = text("the period after", blank=True)
    relabelled: ClassVar = count(
        "pairs of authorities with both periods, the sites' own among them"
    )
    rank: ClassVar = whole("place of the sites' change among theirs by size; 1: the largest")
    at_least: ClassVar = number(
        "share of them whose authorities drifted apart as far or further: a check of the series,"
        " not of an effect"
    )
    smallest: ClassVar = number("smallest value that this share can have: one over the pairs")
    source: ClassVar = text("who publishes it")
    warnings: ClassVar = text("what must be said of it", blank=True)
