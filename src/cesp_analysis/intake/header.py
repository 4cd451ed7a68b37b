"""Column names: from one header row or several, from a list, or from what the platform wrote."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cesp_analysis.declared.file_forms import Written
from cesp_analysis.errors import CespError, few
from cesp_analysis.intake.platforms import names_given


@dataclass(frozen=True)
class Named:
    """names (c,): what columns are called; labels: name → what else the header says of it."""

    names: tuple[str, ...]
    labels: dict[str, str]


def named(rows: Sequence[Sequence[str]], file: Written, width: int) -> Named:
    """The names of `width` columns, '' where there is none; raises CespError for a bad list."""
    padded = [[*(cell.strip() for cell in row), *[""] * width][:width] for row in rows]
    found = _of_header(padded, file, width)
    given = names_given(found, file)
    if given is not None:
        return Named(given, _labels(given, padded))
    names = _numbered(found) if file.header.repeated == "number" else found
    if file.header.nameless == "number":
        names = [name or f"column_{i + 1}" for i, name in enumerate(names)]
    as_written = names == found and file.header.names == "first"
    return Named(tuple(names), _labels(names, padded[1:] if as_written else padded))


def checked(names: Sequence[str], file: Written) -> None:
    """Column names must be there and differ; raises CespError with all that do not."""
    if problems := list(_faults(names, file)):
        raise CespError(problems)


def _of_header(rows: list[list[str]], file: Written, width: int) -> list[str]:
    if not rows:
        return [f"column_{i + 1}" for i in range(width)]
    if file.header.names == "first":
        return rows[0]
    columns = zip(*rows, strict=True)
    return [" / ".join(dict.fromkeys(part for part in column if part)) for column in columns]


def _numbered(names: list[str]) -> list[str]:
    """The second column called x becomes x_2, and so on."""
    seen: dict[str, int] = {}
    result = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 or not name else f"{name}_{seen[name]}")
    return result


def _labels(names: Sequence[str], rows: list[list[str]]) -> dict[str, str]:
    """What header rows besides the names say of each column."""
    said: Iterator[tuple[str, ...]] = zip(*rows, strict=True) if rows else iter(())
    parts = (dict.fromkeys(part for part in column if part) for column in said)
    return {
        name: " | ".join(words) for name, words in zip(names, parts, strict=False) if name and words
    }


def _faults(names: Sequence[str], file: Written) -> Iterator[str]:
    line = file.header.skip + 1
    named_by_file = file.kind_of_file() in ("sav", "dta")
    remedy = "rename it there" if named_by_file else "name it otherwise (header: {columns: [...]})"
    found: dict[str, list[str]] = {}
    for place, name in enumerate(names, start=1):
        found.setdefault(name, []).append(str(place))
    for name, places in found.items():
        if name == "line":
            yield (
                f"{file.path}: line {line}: column {few(places)} is called 'line', as the"
                f" line number is called here; {remedy}"
            )
        if name == "":
            yield (
                f"{file.path}: line {line}: column {few(places)} has no name and holds"
                " values; name it in the source, or write header: {nameless: number} (or {skip: …}"
                " if the names stand further down)"
            )
        elif len(places) > 1:
            yield (
                f"{file.path}: line {line}: '{name}' names columns {few(places, ' and ')}; name"
                " them apart in the source, or write header: {repeated: number}"
            )
