"""Times that were declared before any file holds them."""

from collections.abc import Iterator, Mapping

from cesp_analysis.declared.files import RawFile


def without_file(
    times: Mapping[str, object], files: Mapping[str, RawFile], level: str
) -> tuple[str, ...]:
    """The times (or waves) that no file of a level feeds, in order; files with their forms.

    None at all, where a file's rows alone say when they were answered.
    """
    fed: set[str] = set()
    for file in files.values():
        if file.level != level:
            continue
        fed |= {time for own in file.variables.values() for time in own.columns or ()}
        if file.time is None:
            continue
        if file.time.constant is not None:
            fed.add(file.time.constant)
        elif file.time.values and not file.time.by:
            fed |= set(file.time.values.values())
        else:
            return ()
    return tuple(time for time in times if time not in fed)


def said_of_times(times: tuple[str, ...], waves: tuple[str, ...]) -> Iterator[str]:
    """A line for each time that no file feeds: what the results make of it."""
    for section, names in (("times", times), ("waves", waves)):
        for name in names:
            yield (
                f"config.yaml: {section}.{name}: no file holds it yet; rows of it say that nobody"
                " answered, and averages of later times are without it"
            )
