"""What must fit together in the steps of the flow, and in what is asked of contamination."""

from collections.abc import Iterator

from cesp_analysis.declared.estimands import Asked
from cesp_analysis.declared.expressions import Holds, fault_in
from cesp_analysis.declared.files import RawFile
from cesp_analysis.declared.flow import FlowStep
from cesp_analysis.errors import no_such
from cesp_analysis.study.questions import held_in
from cesp_analysis.study.study import Study


def broken_flow(study: Study) -> Iterator[str]:
    """One line for each fault in `flow`."""
    links: dict[str, str] = {}
    for name, step in study.flow.items():
        place, file = f"flow.{name}", study.files[step.file].with_form(study.forms)
        if name in (*study.times, *study.waves):
            yield f"{place}: a time has that name, and is a step by itself; give the step another"
        yield from _read(place, step, file)
        if file.level == "other" and study.sites and file.site is None:
            yield f"{place}.file: files.{step.file} says no site; its rows are counted by site"
        yield from _linked(place, step, file, links)
        yield from _received(place, step, file, study)
    yield from _too_early(study, set(links))


def _too_early(study: Study, linked: set[str]) -> Iterator[str]:
    """What people received is asked of those who have come in: not before the first step that says
    who did."""
    early: list[str] = []
    for name, step in study.flow.items():
        if step.rows is not None:
            early.append(name)
        elif step.file in linked or study.files[step.file].level == "person":
            for other in early:
                yield (
                    f"flow.{other}.rows: nobody has come in at this step; move it below '{name}',"
                    " the first step that says who did"
                )
            return


def _read(place: str, step: FlowStep, file: RawFile) -> Iterator[str]:
    known = held_in(file)
    if step.where and (fault := fault_in(step.where, known, condition=True)):
        yield f"{place}.where: {fault}"
    if step.reason is not None and step.reason not in known:
        yield f"{place}.reason: {no_such('variable', step.reason, sorted(known))}"
    elif step.reason is not None and known[step.reason] == Holds("words"):
        yield (
            f"{place}.reason: '{step.reason}' is free text, which stays in the raw file; declare it"
            " as a category with its values"
        )


def _linked(place: str, step: FlowStep, file: RawFile, links: dict[str, str]) -> Iterator[str]:
    """`links`: file → the variable by which a step before joined it to people."""
    if step.person is None:
        return
    ids = sorted(name for name, entry in file.variables.items() if entry.type == "id")
    if file.level != "other":
        yield f"{place}.person: the rows of files.{step.file} are people already; remove it"
    elif step.person not in ids:
        yield f"{place}.person: {no_such('variable of type id', step.person, ids, 'the file has')}"
    elif links.setdefault(step.file, step.person) != step.person:
        yield (
            f"{place}.person: files.{step.file} was joined by '{links[step.file]}' above; a file"
            " says who its people are in one way"
        )


def _received(place: str, step: FlowStep, file: RawFile, study: Study) -> Iterator[str]:
    if step.rows is None:
        if step.arm is not None:
            yield f"{place}.arm: belongs to a step with rows: (what people received); remove it"
    elif file.level != "person":
        yield (
            f"{place}.rows: files.{step.file} is of level {file.level}; what people received is"
            " counted from files of level person"
        )
    elif step.reason is not None:
        yield f"{place}.reason: a step with rows: counts rows, which give no reason; remove it"
    if step.arm is not None and step.arm not in study.arms:
        yield f"{place}.arm: {no_such('arm', step.arm, list(study.arms))}"
    if step.allocation and (step.where or step.rows or file.level != "person"):
        yield (
            f"{place}.allocation: whom the register lists is allocated by his or her site; name a"
            " file of level person, without where: or rows:"
        )


def broken_contamination(study: Study) -> Iterator[str]:
    """One line for each fault in what contamination reads by time and wave."""
    own = study.contamination
    if own is None:
        return
    files = [file.with_form(study.forms) for file in study.files.values()]
    for key, asked, level in (
        ("over_time", own.over_time, "person"),
        ("respondents", own.respondents, "respondent"),
    ):
        if asked is not None:
            yield from _asked(f"contamination.{key}", asked, _of_level(files, level), level)
    if own.moved_here is not None:
        yield from _moved(own.moved_here, _of_level(files, "respondent"), study)


def _of_level(files: list[RawFile], level: str) -> list[RawFile]:
    return [file for file in files if file.level == level]


def _asked(place: str, asked: Asked, files: list[RawFile], level: str) -> Iterator[str]:
    holding = [file for file in files if asked.variable in held_in(file)]
    timed = [file for file in holding if file.time is not None]
    if not timed:
        known = sorted({name for file in files if file.time is not None for name in held_in(file)})
        what = f"variable in a file of level {level} that says a time"
        yield f"{place}.variable: {no_such(what, asked.variable, known)}"
        return
    codes = {code for file in timed for code in held_in(file)[asked.variable].codes or ()}
    for value in asked.values:
        if codes and value not in codes:
            yield f"{place}.values: {no_such('category', value, sorted(codes))}"


def _moved(name: str, files: list[RawFile], study: Study) -> Iterator[str]:
    place = "contamination.moved_here"
    held = [held_in(file)[name] for file in files if name in held_in(file)]
    words = [holds for holds in held if holds.kind == "words" and holds.codes]
    if not words:
        known = sorted({n for f in files for n, h in held_in(f).items() if h.codes})
        yield f"{place}: {no_such('category of respondents', name, known)}"
    elif not {code for holds in words for code in holds.codes or ()} & set(study.sites):
        sites = ", ".join(study.sites) or "none"
        yield f"{place}: none of the codes of '{name}' is a site (declared: {sites})"
