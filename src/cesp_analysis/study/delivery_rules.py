"""What must fit together in fidelity, dose and activity."""

from collections.abc import Iterator
from typing import Literal

from cesp_analysis.declared.delivery import Activity, Dose, Fidelity
from cesp_analysis.declared.expressions import fault_in
from cesp_analysis.declared.files import RawFile
from cesp_analysis.errors import no_such
from cesp_analysis.study.questions import held_in
from cesp_analysis.study.study import Study


def broken_delivery(study: Study) -> Iterator[str]:
    """One line for each thing that does not fit together."""
    if study.fidelity is not None:
        yield from _fidelity(study.fidelity, study)
    if study.dose is not None:
        yield from _dose(study.dose, study)
    if study.activity is not None:
        yield from _activity(study.activity, study)


def _file(
    section: str, name: str, level: Literal["person", "other"], study: Study
) -> tuple[RawFile | None, list[str]]:
    """The file that a section reads, and what is wrong with it."""
    place = f"{section}.file"
    if name not in study.files:
        return None, [f"{place}: {no_such('file', name, list(study.files))}"]
    file, wrong = study.files[name].with_form(study.forms), []
    if file.level != level:
        whose = "whose ids are people's" if level == "person" else "whose rows are meetings"
        wrong.append(f"{place}: '{name}' is of level {file.level}; it needs level {level}, {whose}")
    if file.date is None:
        wrong.append(f"{place}: files.{name} says no date of its rows (date: {{column: …}})")
    if level == "other" and study.sites and file.site is None:
        wrong.append(f"{place}: files.{name} says no site; its rows are counted by site")
    return file, wrong


def _variable(place: str, word: str, file: RawFile, kind: str) -> Iterator[str]:
    """The variable is in the file, and of this kind: number or category."""
    known = held_in(file)
    if word not in known:
        yield f"{place}: {no_such('variable', word, sorted(known))}"
    elif kind == "number" and known[word].kind != "number":
        yield f"{place}: '{word}' holds no numbers"
    elif kind == "category" and not known[word].codes:
        yield f"{place}: '{word}' is no category; declare its values"


def _values(place: str, named: dict[str, str], word: str, file: RawFile) -> Iterator[str]:
    """What config names are values of the variable, and their labels differ."""
    codes = sorted(held_in(file)[word].codes or ()) if word in held_in(file) else []
    for value in named:
        if codes and value not in codes:
            yield f"{place}: {no_such('category', value, codes)}"
    if len(set(named.values())) != len(named):
        yield f"{place}: two have the same label; tables could not tell them apart"


def _fidelity(entry: Fidelity, study: Study) -> Iterator[str]:
    file, wrong = _file("fidelity", entry.file, "person", study)
    yield from wrong
    if file is not None:
        yield from _variable("fidelity.source", entry.source, file, "category")
        yield from _values("fidelity.sources", entry.sources, entry.source, file)
        if entry.rater is not None:
            yield from _variable("fidelity.rater", entry.rater, file, "category")
        for word in entry.components:
            yield from _component(word, file)
    if len(set(entry.components)) != len(entry.components):
        yield "fidelity.components: one of them stands there twice"
    if list(entry.steps) != sorted(set(entry.steps)) or not 0 <= entry.steps[0] < entry.steps[-1]:
        yield "fidelity.steps: write each higher than the one before, from 0 on"
    elif entry.steps[-1] > 1:
        yield "fidelity.steps: fidelity is from 0 to 1; divide by the highest in a derived variable"
    if entry.cut_offs.moderate >= entry.cut_offs.high:
        yield "fidelity.cut_offs: high must be above moderate"
    if (entry.minimum_components or 1) > len(entry.components):
        yield f"fidelity.minimum_components: there are {len(entry.components)} components"
    if (periods := entry.periods) is not None:
        if list(periods.cuts) != sorted(set(periods.cuts)):
            yield "fidelity.periods.cuts: write each higher than the one before"
        if len(set(periods.labels)) != len(periods.cuts) + 1:
            need = len(periods.cuts) + 1
            yield f"fidelity.periods.labels: {need} different labels are needed"


def _component(word: str, file: RawFile) -> Iterator[str]:
    place = "fidelity.components"
    yield from _variable(place, word, file, "number")
    own = file.variables.get(word)
    if own is None or own.type != "number":
        return
    if own.range is None:
        yield f"{place}: '{word}' needs range: [0, 1], so that other numbers are set to missing"
    elif not 0 <= own.range[0] < own.range[1] <= 1:
        low, high = own.range
        yield (
            f"{place}: '{word}' has range {low:g} to {high:g}; fidelity is from 0 to 1: divide in a"
            " derived variable and name that"
        )


def _dose(entry: Dose, study: Study) -> Iterator[str]:
    file, wrong = _file("dose", entry.file, "person", study)
    yield from wrong
    known = held_in(file) if file is not None else {}
    if known and entry.attended and (fault := fault_in(entry.attended, known, condition=True)):
        yield f"dose.attended: {fault}"
    if file is not None and entry.minutes is not None:
        yield from _variable("dose.minutes", entry.minutes, file, "number")
    if entry.response is None:
        return
    first = next(iter(study.times), None)
    for name in entry.response.outcomes:
        if name not in study.outcomes:
            yield f"dose.response.outcomes: {no_such('outcome', name, list(study.outcomes))}"
        elif study.outcomes[name].level != "person":
            yield f"dose.response.outcomes: '{name}' is of respondents; name outcomes of people"
    for time in entry.response.times or ():
        if time not in study.times:
            yield f"dose.response.times: {no_such('time', time, list(study.times))}"
        elif time == first:
            yield f"dose.response.times: {first} comes before the intervention; name a later time"


def _activity(entry: Activity, study: Study) -> Iterator[str]:
    file, wrong = _file("activity", entry.file, "other", study)
    yield from wrong
    if file is None:
        return
    yield from _variable("activity.panel", entry.panel, file, "category")
    yield from _values("activity.panels", entry.panels, entry.panel, file)
    for key in ("invited", "attended", "agreed", "done"):
        if (word := getattr(entry, key)) is not None:
            yield from _variable(f"activity.{key}", word, file, "number")
    for part, whole in (("attended", "invited"), ("done", "agreed")):
        if getattr(entry, part) is not None and getattr(entry, whole) is None:
            yield f"activity.{part}: is a part of {whole}; name that too"
