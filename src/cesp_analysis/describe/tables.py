"""The tables of the flow and of contamination that pass between steps, in their order."""

from typing import ClassVar

from cesp_analysis.contracts import Table, category, count, text


class Crossed(Table):
    """Who used what the other arm offers, or moved to the other arm: a row a person and time."""

    key: ClassVar = ("level", "kind", "unit", "time")
    level: ClassVar = category("person or respondent", allowed=("person", "respondent"))
    kind: ClassVar = category(
        "used what the intervention offers; people who moved to a site of the other arm;"
        " respondents who moved here from one",
        allowed=("used", "moved", "moved_here"),
    )
    unit: ClassVar = text("id of the person or respondent")
    group: ClassVar = text("site, or arm where there are no sites")
    time: ClassVar = text("time or wave; blank: at any time, without a date", blank=True)
    now: ClassVar = category(
        "yes, no (since the last time; respondents: in the wave); blank: not known",
        blank=True,
        allowed=("yes", "no"),
    )
    ever: ClassVar = category(
        "yes, no, until this time; blank: not known", blank=True, allowed=("yes", "no")
    )


class Contamination(Table):
    """How many of a group used what the other arm offers, or moved across, by time or wave.

    n = known + unknown, at each time and until then.
    """

    key: ClassVar = ("level", "kind", "group", "time")
    level: ClassVar = text("person or respondent")
    kind: ClassVar = text(
        "used what the intervention offers; moved, to the other arm; moved_here, from it"
    )
    label: ClassVar = text("what they did")
    group: ClassVar = text("site, or arm where there are no sites")
    arm: ClassVar = text("the group's arm")
    time: ClassVar = text("time or wave; blank: at any time, without a date", blank=True)
    n: ClassVar = count("people recruited in the group; respondents of the wave")
    known: ClassVar = count("of these, of whom it is known at this time")
    now: ClassVar = count("of these, who did, since the time before; respondents: in the wave")
    unknown: ClassVar = count("of n, of whom it is not known at this time")
    ever: ClassVar = count("of n, who did at this time or before it")
    ever_unknown: ClassVar = count("of n, of whom it is not known whether they did until now")


class FlowPlaces(Table):
    """Where everybody was at each step: one row a person (or record of nobody) and step."""

    key: ClassVar = ("step", "subject")
    step: ClassVar = category("name of the step")
    subject: ClassVar = text("id of the person; of a record of nobody in the register: file/line")
    unit: ClassVar = text("id of the person in the register; blank: nobody's record", blank=True)
    group: ClassVar = text("site, or arm where there are no sites; blank: not known", blank=True)
    status: ClassVar = category(
        "reached; entered or back: reached, but not at the step before; not reached: at the step"
        " before, not here; gone: left at an earlier step; not yet: comes in later; not asked: the"
        " step is of another arm",
        allowed=("reached", "entered", "back", "not reached", "gone", "not yet", "not asked"),
    )
    reason: ClassVar = text("why not reached or gone, or from where entered or back", blank=True)


class FlowChecks(Table):
    """What is odd in the flow: counted and said, and the rest goes on."""

    key: ClassVar = ("step", "group", "kind", "said")
    step: ClassVar = text("name of the step; blank: of no step", blank=True)
    group: ClassVar = text("site, or arm where there are no sites; blank: not known", blank=True)
    kind: ClassVar = text("kind of oddity")
    n: ClassVar = count("people or records")
    said: ClassVar = text("the same in a sentence, and the table and filter that name them")
