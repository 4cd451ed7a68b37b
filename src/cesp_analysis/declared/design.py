"""Who is compared with whom, and when: arms, sites, times, survey waves."""

from collections.abc import Iterable, Sequence
from typing import Literal

from pydantic import Field

from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.ids import IdForm

ArmName = Literal["intervention", "control"]
Level = Literal["person", "respondent"]


class Arm(Frozen):
    """One of the two things compared; or one group alone, called intervention."""

    label: str = Field(description="How the arm is called in tables and figures.")


class Site(Frozen):
    """A place that is compared with others. Everybody in it belongs to its arm."""

    label: str = Field(description="How the site is called in tables and figures.")
    arm: Literal["intervention", "control", "undecided"] = Field(
        description="intervention or control; undecided in a draft."
    )
    started: str | None = Field(
        default=None,
        description="The time or wave by which the intervention had begun at this site, where sites"
        " began at different ones; by default the first after baseline. Kind group_time uses it;"
        " rows of other kinds say where it is not so.",
    )


class Time(Frozen):
    """A time at which people answer, or a survey wave."""

    label: str = Field(description="How it is called in tables and figures.")
    position: float = Field(description="Where it stands on the time axis, in `time_unit`.")
    window: tuple[float, float] | None = Field(
        default=None,
        description="Times of people: from when to when an answer counts as given at this time, in"
        " `time_unit` since the start (visits.since), both ends included.",
    )


class Identity(Frozen):
    """What the study is, and the settings that hold everywhere in it."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_]*$", description="Short name, used in tables.")
    title: str = Field(description="The report's title.")
    subtitle: str = Field(default="", description="A line under the title.")
    about: str = Field(description="One paragraph: what was done, where, with whom.")
    synthetic: bool = Field(
        description="true: every page, table and figure says that these are not results."
    )
    randomised: bool = Field(
        default=False,
        description="true: chance decided who (or which site) got the intervention. Models say what"
        " they assume otherwise; those that need it are refused.",
    )
    seed: int = Field(ge=0, description="Every random number of the study starts from it.")
    draft: bool = Field(
        default=False,
        description="true: something is still to decide, and a run says what; remove it then.",
    )
    ci_level: float = Field(default=0.95, gt=0.5, lt=1, description="Level of every interval.")
    period: tuple[str, str] | None = Field(
        default=None,
        description="First and last possible date, YYYY-MM-DD; others are set to missing.",
    )
    pseudonyms: bool = Field(
        default=True,
        description="false, for data that are public: ids and free text stand in processed tables.",
    )
    key: str | None = Field(
        default=None,
        description="Where the key of the pseudonyms lies, outside the study's folder (from which a"
        " relative path counts); by default ~/.config/cesp/ID.key, ID being the study's id. It is"
        " made by the first run.",
    )
    id_form: IdForm | None = Field(
        default=None,
        description="Which ids are the same although they are written differently. Absent: ids that"
        " differ in zeros or capitals alone are other ids, and are listed as near_id.",
    )
    language: str = Field(default="en-GB", description="Language tag of the report.")
    figure_formats: tuple[Literal["svg", "png", "pdf"], ...] = Field(
        default=("svg", "png"),
        description="Formats of figures; svg and png are made in any case: the report needs them.",
    )


class Place(Frozen):
    """A site as a model or table sees it."""

    name: str
    label: str
    arm: ArmName


MOST_SITES = 12
"""Sites that figures and tables of the report show one by one."""


def chance_made_alike(randomised: bool, sites: Sequence[Place], arms: Iterable[str]) -> bool:
    """Whether arms differ at baseline by chance alone: people, or several sites an arm, were
    randomised. One site against one stay two places, whoever drew the lot."""
    counts = [sum(site.arm == arm for site in sites) for arm in arms]
    return randomised and len(counts) > 1 and (not sites or min(counts) > 1)


class Moment(Frozen):
    """A time or wave as a model or table sees it."""

    name: str
    label: str
    position: float
