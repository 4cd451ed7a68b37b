"""What an import tells of people: no order, no site or role, listed and in no file."""

from collections.abc import Iterator, Mapping, Sequence

from cesp_analysis.declared.interviews import Interviews
from cesp_analysis.interviews.people import Person
from cesp_analysis.interviews.people import Table as PeopleTable
from cesp_analysis.interviews.rows import FileRows, Note, noted
from cesp_analysis.interviews.spelling import Spelling

FILE_ORDER = "in the order of the files"
"""How interviews stand of which nobody says when they were held."""


def unordered(people: Mapping[str, Person], files: Mapping[str, FileRows]) -> list[Note]:
    """A note where nobody says in which order interviews were held."""
    if len(people) < 2 or any(one.order for one in people.values()):
        return []
    first = min(files.values(), key=lambda read: read.file.for_agreement).file.path
    fact = f"interviews stand {FILE_ORDER}: no column or table says when they were held"
    return noted(first, "file_order", list(people), fact)


def unplaced(
    people: Mapping[str, Person], files: Mapping[str, FileRows], sites: Sequence[str]
) -> Iterator[Note]:
    """Notes of interviews whose site, where a study has sites, or role nothing says."""
    ways = "name a column or variable, a pattern of documents' names, a table of people, or"
    told = {
        "site": f"; where a site is a control they are set beside no number: {ways} site:",
        "role": f": {ways} role:",
    }
    for what, rest in told.items() if sites else [("role", told["role"])]:
        none = [name for name, person in people.items() if not getattr(person, what)]
        first = next(iter(files.values())).file.path if none else ""
        yield from noted(first, f"no_{what}", none, f"interviews have no {what}{rest}")


def idle(
    declared: Interviews,
    table: PeopleTable | None,
    people: Mapping[str, Person],
    spelling: Spelling,
) -> list[Note]:
    """A note of those who are listed and speak in no file."""
    if table is None or declared.people is None:
        return []
    listed = table.by["interview"]
    idle = [name for name in listed if spelling.name("interview", name) not in people]
    fact = (
        "interviews are listed and in no file, so that they do not count; one that was read and has"
        " nothing coded is a row without a code, or a document, of a file"
    )
    return noted(declared.people.path, "listed_only", idle, fact)
