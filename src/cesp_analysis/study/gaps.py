"""What a study file may leave open while it is a draft (`study: {draft: true}`)."""

from collections.abc import Iterator

from cesp_analysis.declared.files import RawFile
from cesp_analysis.study.study import Study

UNDECIDED = "undecided"
"""Stands in a draft for what only a person can say."""


class Gap(str):
    """A line that says what is still to decide: no mistake in a draft, one in any other study."""

    __slots__ = ()


def undecided(study: Study) -> Iterator[Gap]:
    """One line for each place that says `undecided`, and for sections still without an entry."""
    for key in ("title", "about"):
        if getattr(study.study, key) == UNDECIDED:
            yield Gap(f"study.{key}: is undecided; write it")
    for name, site in study.sites.items():
        if site.arm == UNDECIDED:
            yield Gap(f"sites.{name}.arm: is undecided; write intervention or control")
    for name, file in study.files.items():
        yield from _undecided_arms(f"files.{name}.arm", file)
        yield from _undecided_time(f"files.{name}", file, study)
    if not study.outcomes:
        yield Gap("outcomes: needs at least 1 of them")


def _undecided_arms(place: str, file: RawFile) -> Iterator[Gap]:
    if file.arm is None:
        return
    if file.arm.constant == UNDECIDED:
        yield Gap(f"{place}: is undecided; write intervention or control")
    for raw, arm in (file.arm.values or {}).items():
        if arm == UNDECIDED:
            yield Gap(f"{place}: '{raw}' is undecided; write intervention or control")


def _undecided_time(place: str, file: RawFile, study: Study) -> Iterator[Gap]:
    """Of the second of two files that look alike: nobody but the study's people can say."""
    if file.time is None or UNDECIDED not in (
        file.time.constant,
        *(file.time.values or {}).values(),
    ):
        return
    known = " or ".join(moment.name for moment in study.moments(file.level))
    if file.lists_people:
        yield Gap(
            f"{place}.time: is undecided; write the time of its answers"
            f" ({known or 'none is declared yet'}; one before or between these has to be added to"
            " times: first), or take time and instruments out, if they are not to be counted"
        )
        return
    noun = "time" if file.level == "person" else "wave"
    yield Gap(
        f"{place}.time: is undecided; write the {noun} ({known}), or take the entry out of files:"
        " if another file has its rows"
    )
