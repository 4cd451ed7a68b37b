"""A REFI-QDA project as rows: excerpts at one place of a text are one, whoever marked them."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from cesp_analysis.declared.coded_files import LEVELS, CodedFile
from cesp_analysis.errors import CespError, few, no_such
from cesp_analysis.interviews.coded_table import is_cleared
from cesp_analysis.interviews.names import path_of
from cesp_analysis.interviews.project import Code, Project
from cesp_analysis.interviews.qdpx import read_project
from cesp_analysis.interviews.rows import FileRows, Note, Row, Who, noted

Variables = dict[str, str]
Part = tuple[int | None, int | None, str]
"""Where an excerpt begins and ends, and what stands there."""
_SAID = ("coder", "construct", "valence")


def read_qdpx(path: Path, file: CodedFile) -> FileRows:
    """A project (.qdpx). Its variables, those of its cases, and its sets 'key: value' are what
    `columns` may name. Raises CespError with all that is wrong."""
    project = read_project(path, file.path, file.positions == "utf16")
    codes = paths_of(project.codes, file.hierarchy)
    of_source, faults = _of_sources(project, file)
    faults += _unknown(project, file, codes)
    if faults:
        raise CespError(dict.fromkeys(faults))
    of_selection, faults = _of_selections(project, of_source, file)
    if faults:
        raise CespError(dict.fromkeys(faults))
    rows = tuple(_rows(project, file, codes, of_selection))
    met = _met(project, of_source, of_selection, file)
    kept = tuple(
        Code(code.id, tuple(codes[code.id].split(LEVELS)), code.description, code.codable)
        for code in project.codes
    )
    return FileRows(file, rows, met, kept, tuple(_notes(project, file, codes)))


def paths_of(codes: tuple[Code, ...], mark: str | None) -> dict[str, str]:
    """Id of a code → its path, its levels with ' / ' between."""
    return {code.id: path_of(code.names, mark) for code in codes}


def who_of(own: Variables, named: dict[str, str]) -> Who:
    """Whose words, by the variables that `columns` names, and the document's name."""
    named = {"source": "source", **named}
    return Who(*(own.get(named[what], "") if what in named else "" for what in Who._fields))


class _Said(NamedTuple):
    """What variables say of a coding; coder: the entry's where they name none."""

    who: Who
    coder: str
    construct: str
    valence: str
    cleared: bool


def _said(own: Variables, file: CodedFile) -> _Said:
    named, mark = file.columns.named(), file.cleared
    coder, construct, valence = (own.get(named[w], "") if w in named else "" for w in _SAID)
    cleared = bool(mark and mark.column and is_cleared(own.get(mark.column, ""), file))
    return _Said(who_of(own, named), coder or file.coder, construct, valence, cleared)


def _rows(
    project: Project, file: CodedFile, codes: dict[str, str], of_selection: list[Variables]
) -> Iterator[Row]:
    """The codings, in file order. codes: id → path; of_selection: variables, which selections of a
    document share as one object, so that they are looked at once."""
    ids, parts = _excerpts(project)
    known: dict[int, _Said] = {}
    for selection, code, coder in project.codings:
        own, excerpt = of_selection[selection], ids[selection]
        if (said := known.get(id(own))) is None:
            said = known[id(own)] = _said(own, file)
        yield Row(
            f"selection {project.selections[selection].id}",
            file.prefix + excerpt,
            said.who,
            said.coder or coder,
            codes[code],
            "",
            "",
            said.construct,
            said.valence,
            *parts[excerpt],
            said.cleared,
        )


def _asked(file: CodedFile) -> dict[str, str]:
    """Place in the entry → the variable that it names."""
    named = {f"columns.{what}": word for what, word in file.columns.named().items()}
    if file.cleared and file.cleared.column:
        named["cleared.column"] = file.cleared.column
    return named


def _of_sources(project: Project, file: CodedFile) -> tuple[list[Variables], list[str]]:
    """Of each document its variables, by itself, its cases and sets; and what is wrong."""
    found = [{**s.variables, "source": s.name} for s in project.sources]
    place = {source.id: i for i, source in enumerate(project.sources)}
    faults, asked = [], set(_asked(file).values())
    for case in (*project.cases, *project.groups):
        for own in (found[place[one]] for one in case.sources if one in place):
            for key, value in case.variables.items():
                if own.setdefault(key, value) != value and key in asked:
                    faults.append(
                        f"{file.path}: document '{own['source']}': '{key}' is '{own[key]}' and"
                        f" '{value}'; give it one, or mark whose each selection is"
                    )
    return found, faults


def _of_selections(
    project: Project, of_source: list[Variables], file: CodedFile
) -> tuple[list[Variables], list[str]]:
    """Of each selection its variables: its document's, and before these those of its own cases; and
    what is wrong."""
    by_id: dict[str, Variables] = {}
    faults, asked = [], set(_asked(file).values())
    for case in project.cases:
        for one in case.selections:
            own = by_id.setdefault(one, {})
            for key, value in case.variables.items():
                if own.setdefault(key, value) != value and key in asked:
                    faults.append(
                        f"{file.path}: selection {one}: '{key}' is '{own[key]}' and '{value}', as"
                        " it is in two cases; take it out of one"
                    )
    return [
        of_source[one.source] | by_id[one.id] if one.id in by_id else of_source[one.source]
        for one in project.selections
    ], faults


def _met(
    project: Project, of_source: list[Variables], of_selection: list[Variables], file: CodedFile
) -> dict[Who, str]:
    """Everybody who says something that is coded, and whose document has no code, in its order."""
    named = file.columns.named()
    variables: list[dict[int, Variables]] = [{} for _ in project.sources]
    for at in dict.fromkeys(coding.selection for coding in project.codings):
        variables[project.selections[at].source].setdefault(id(of_selection[at]), of_selection[at])
    of = [{who_of(own, named): None for own in each.values()} for each in variables]
    met: dict[Who, str] = {}
    for source, own, coded in zip(project.sources, of_source, of, strict=True):
        for who in coded or (who_of(own, named),):
            met.setdefault(who, f"document {source.name}")
    return met


def _unknown(project: Project, file: CodedFile, codes: dict[str, str]) -> Iterator[str]:
    """What is named and is not there: variables, codes."""
    known = {"source", *(key for source in project.sources for key in source.variables)}
    known |= {key for case in (*project.cases, *project.groups) for key in case.variables}
    for place, word in _asked(file).items():
        if word not in known:
            yield f"{file.path}: {place}: {no_such('variable', word, sorted(known), 'it has')}"
    lost = [c.code for c in project.codings if c.code not in codes]
    if lost:
        yield (
            f"{file.path}: {len(lost)} codings name codes that its codebook lacks"
            f" ({few(list(dict.fromkeys(lost))[:3])}); export it again, codebook included"
        )
    if blank := [one for one, path in codes.items() if not path]:
        yield f"{file.path}: code {blank[0]} has no name; name it and export again"


def _excerpts(project: Project) -> tuple[list[str], dict[str, Part]]:
    """Of each selection its excerpt's id, and each excerpt's place and text.

    Selections with one id (a PDF's page and its text), or at one place of a text, are one.
    """
    first: dict[tuple[int, int, int], str] = {}
    ids, parts = [], dict[str, Part]()
    for one in project.selections:
        own = one.id
        if one.start is not None and one.end is not None:
            own = first.setdefault((one.source, one.start, one.end), one.id)
        start, end, text = parts.get(own, (None, None, ""))
        ids.append(own)
        parts[own] = (one.start, one.end, one.text or text) if start is None else (start, end, text)
    return ids, {own: (at, end, text.strip()) for own, (at, end, text) in parts.items()}


def _notes(project: Project, file: CodedFile, codes: dict[str, str]) -> Iterator[Note]:
    """What is not in the rows."""
    coded = {coding.selection for coding in project.codings}
    bare = [f"selection {s.id}" for i, s in enumerate(project.selections) if i not in coded]
    yield from noted(file.path, "uncoded", bare, "selections have no code, and are no codings")
    with_codes = {project.selections[i].source for i in coded}
    idle = [s.name for i, s in enumerate(project.sources) if i not in with_codes]
    yield from noted(file.path, "uncoded_documents", idle, "documents have no code; they count as"
                     " interviews unless not_interviews names them")  # fmt: skip
    coders = list(dict.fromkeys(coding.coder for coding in project.codings if coding.coder))
    if file.coder and len(coders) > 1:
        fact = f"users coded, and count as one coder, '{file.coder}', as the entry says"
        yield from noted(file.path, "coder_of_all", [f"user {one}" for one in coders], fact)
    names = Counter(source.name for source in project.sources)
    twins = [name for name, n in names.items() if n > 1]
    yield from noted(file.path, "documents_alike", twins, "names are of several documents,"
                     " one interview where nothing else tells them apart")  # fmt: skip
    fact = (
        "files are named and not in the archive; excerpts have no words if their plain text is"
        " among them"
    )
    yield from noted(file.path, "missing_files", list(project.missing), fact)
    groups = [name for name, n in project.sets.items() if n and ":" not in name]
    yield from noted(file.path, "sets", groups, "sets of codes or documents are not read")
    for kind, n in project.others.items():
        yield from noted(file.path, kind, [""] * n, f"{kind} are not read")
    alike = [path for path, n in Counter(codes.values()).items() if n > 1]
    yield from noted(file.path, "codes_alike", alike, "codes have the name of another, and are read"
                     " as one with it")  # fmt: skip
