"""What must fit together in windows, visits and events: dates, places on the time axis, words."""

from collections.abc import Iterator
from itertools import pairwise

from cesp_analysis.declared.expressions import Holds, fault_in
from cesp_analysis.declared.files import RawFile
from cesp_analysis.declared.follow_up import DAYS_IN, Event
from cesp_analysis.errors import no_such
from cesp_analysis.study.questions import held_in
from cesp_analysis.study.study import Study


def broken_follow_up(study: Study) -> Iterator[str]:
    """One line for each fault in times' windows, in `visits` and in `events`."""
    files = {name: file.with_form(study.forms) for name, file in study.files.items()}
    yield from _windows(study)
    for name, wave in study.waves.items():
        if wave.window:
            yield f"waves.{name}.window: a wave is not counted from a person's start; remove it"
    register = next((file for file in files.values() if file.lists_people), None)
    if study.visits.since is not None and register is not None and register.variables:
        known = _dates(register)
        if study.visits.since not in known:
            told = no_such("date variable", study.visits.since, known, "the register has")
            yield f"visits.since: {told}"
    for name, file in files.items():
        yield from _by_window(f"files.{name}", file, study)
    dated = any(event.date for event in study.events.values())
    if dated and study.time_unit not in DAYS_IN:
        yield (
            f"time_unit: dates of events are counted by the calendar: write {', '.join(DAYS_IN)},"
            f" not '{study.time_unit}'"
        )
    for name, event in study.events.items():
        yield from _event(f"events.{name}", event, files[event.file], study)


def _windows(study: Study) -> Iterator[str]:
    windows = {name: time.window for name, time in study.times.items() if time.window}
    if windows and study.time_unit not in DAYS_IN:
        yield (
            f"time_unit: windows are counted by the calendar: write {', '.join(DAYS_IN)}, not"
            f" '{study.time_unit}'"
        )
    for name, (low, high) in windows.items():
        position = study.times[name].position
        if low > high:
            yield f"times.{name}.window: the earlier moment stands first"
        elif not low <= position <= high:
            yield f"times.{name}.window: does not hold the time's own position, {position:g}"
    for (before, earlier), (name, later) in pairwise(windows.items()):
        if later[0] <= earlier[1]:
            yield (
                f"times.{name}.window: begins at {later[0]:g}, before the window of {before} ends"
                f" ({earlier[1]:g}); an answer can count for one time only"
            )


def _by_window(place: str, file: RawFile, study: Study) -> Iterator[str]:
    if file.time is None or file.time.by is None:
        return
    if file.level != "person":
        yield f"{place}.time.by: windows are of people; say which wave its rows belong to"
        return
    if file.date is None or file.date.column is None:
        yield f"{place}.date: time: {{by: window}} needs the column with each row's date"
    if any(variable.columns for variable in file.variables.values()):
        yield f"{place}.time.by: a wide file (`columns`) says its times itself; remove time"
    lacking = [name for name, time in study.times.items() if time.window is None]
    if lacking:
        yield (
            f"{place}.time.by: {', '.join(lacking)} has no window (times: NAME: {{window: [from,"
            " to]}})"
        )
    if study.visits.since is None:
        yield (
            f"{place}.time.by: say from which date of the register time is counted (visits:"
            " {since: …})"
        )


def _event(place: str, event: Event, file: RawFile, study: Study) -> Iterator[str]:
    held = held_in(file)
    if file.level != "person":
        yield f"{place}.file: files.{event.file} is of level {file.level}; events are of persons"
    if event.date is None and event.where is None:
        yield f"{place}.date: name the variable with its date (or a condition: where)"
    if event.date is not None and event.date not in _dates(file):
        yield f"{place}.date: {no_such('date variable', event.date, _dates(file), 'the file has')}"
    if event.where is not None and (fault := fault_in(event.where, held, condition=True)):
        yield f"{place}.where: {fault}"
    for key, word in (("reason", event.reason), ("to", event.to)):
        if word is not None:
            yield from _category(f"{place}.{key}", word, held)
    if event.to in held and not (held[event.to].codes or frozenset()) & set(study.sites):
        sites = ", ".join(study.sites) or "none"
        yield f"{place}.to: none of the codes of '{event.to}' is a site (declared: {sites})"
    if (event.to is not None) != (event.kind == "transfer"):
        yield f"{place}.to: belongs to a transfer, which needs it: the variable that says where to"
    if event.kind == "transfer" and event.afterwards == "set_aside":
        yield (
            f"{place}.afterwards: who moves is analysed where he or she was recruited; leave it out"
        )
    if event.kind == "transfer" and not study.sites:
        yield f"{place}.kind: the study declares no sites between which people could move"


def _category(place: str, word: str, held: dict[str, Holds]) -> Iterator[str]:
    known = sorted(name for name, holds in held.items() if holds.kind == "words" and holds.codes)
    if word not in known:
        yield f"{place}: {no_such('category', word, known, 'the file has')}"


def _dates(file: RawFile) -> list[str]:
    return sorted(name for name, entry in file.variables.items() if entry.type == "date")
