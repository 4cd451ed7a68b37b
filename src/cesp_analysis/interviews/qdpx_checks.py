"""What a project must keep to: ids that tell one thing from another."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from cesp_analysis.interviews.project import Code, Coding, Selection


def id_faults(
    codes: Sequence[Code], selections: Sequence[Selection], codings: Sequence[Coding], place: str
) -> Iterator[str]:
    """Codes that share an id, and coded selections that have none or that of another text."""
    for own, n in Counter(code.id for code in codes).items():
        if own and n > 1:
            yield f"{place}: {n} codes have the id {own}; export it again"
    coded = {coding.selection for coding in codings}
    of: dict[str, set[int]] = {}
    for at, selection in enumerate(selections):
        if at in coded:
            of.setdefault(selection.id, set()).add(selection.source)
    if "" in of:
        yield f"{place}: a coded selection has no id (guid); export it again"
    for own, sources in of.items():
        if own and len(sources) > 1:
            said = f"selections of {len(sources)} documents have the id {own}"
            yield f"{place}: {said}; export it again"


def once_each(alike: Iterable[Sequence[str]]) -> Iterator[str]:
    """Of lines that say the same of several selections of a document the first, and how many."""
    for lines in alike:
        yield lines[0] + (f" ({len(lines):,} such selections there)" if len(lines) > 1 else "")
