"""What a survey asked of whom respondents know: names of people, groups, organisations."""

from pydantic import Field

from cesp_analysis.declared.base import Frozen, Name

SCORES = {
    "network.degree": "how many people, groups and organisations a respondent named",
    "network.isolate": "1 if a respondent was asked and named nobody",
    "network.people": "how many people a respondent named",
    "network.groups": "how many groups a respondent named",
    "network.organisations": "how many organisations a respondent named: bridges out of the circle"
    " of people",
    "network.reach": "share of the other respondents of the site and wave to whom a respondent is"
    " joined through groups, organisations and people that both named, or in several such steps",
    "network.density": "share of the pairs of those a respondent named that know each other; blank"
    " where fewer than two were named, or it was not asked",
}
"""Scores that outcomes may be read from, as `score: network.degree`."""
SHARED = frozenset({"network.reach"})
"""Scores whose value respondents share: of all in one part of a network it is one number."""
NOT_INDEPENDENT = (
    "no interval: respondents share the value, which one tie more or less changes for all of them,"
    " so that they are no independent answers"
)


class Known(Frozen):
    """Which of those a respondent named know each other."""

    file: Name = Field(description="One row a respondent, wave and pair of those named.")
    one: Name = Field(description="Its variable that names one of the two.")
    other: Name = Field(description="Its variable that names the other.")


class Networks(Frozen):
    """Ties that respondents named, in a file of their own; outcomes read `network.degree` etc."""

    ties: Name = Field(
        description="The file (level: other, one_row_per: any) with one row a respondent, wave and"
        " person, group or organisation that was named; its unit is the respondent's id."
    )
    alter: Name = Field(
        description="Its variable that names whom or what (type: id, so that names of people leave"
        " the raw folder as pseudonyms)."
    )
    kind: Name = Field(
        description="Its variable that says what that is: person, group or organisation (type:"
        " category; recode other words by values)."
    )
    asked: tuple[str, ...] = Field(
        min_length=1,
        description="The waves in which it was asked: who named nobody then is an isolate; in other"
        " waves nothing is known.",
    )
    answered: Name | None = Field(
        default=None,
        description="A respondent's variable that has a value where the question was answered:"
        " others who named nobody are missing, not isolates.",
    )
    known: Known | None = Field(
        default=None, description="Ties among those whom one respondent named."
    )
