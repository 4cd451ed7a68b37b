"""What a project must keep to: ids that tell one thing from another."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from cesp_analysis.interviews.project import Code, Coding, Selection


def id_faults(
    codes: Sequence[Code], selections: Sequence[Selection], codings: Sequence[Coding], place: str
) -> Iterator[str]:
    """Codes that share an id, and coded selections that have none or that of another text or
    passage: each would be read with the words of the other."""
    for own, n in Counter(code.id for code in codes).items():
        if own and n > 1:
            yield f"{place}: {n} codes have the id {own}; export it again"
    coded = {coding.selection for coding in codings}
    known = {selections[at].id for at in coded}
    of: dict[str, list[Selection]] = {}
    for selection in selections:
        if selection.id in known:
            of.setdefault(selection.id, []).append(selection)
    if "" in of:
        yield f"{place}: a coded selection has no id (guid); export it again"
    for own, alike in of.items():
        sources = {one.source for one in alike}
        if own and len(sources) > 1:
            said = f"selections of {len(sources)} documents have the id {own}"
            yield f"{place}: {said}; export it again"
        elif own and (n := _passages(alike)) > 1:
            said = f"{n} selections of a document have the id {own}, and are other passages"
            yield f"{place}: {said}; export it again"


def _passages(alike: Sequence[Selection]) -> int:
    """How many passages selections of one id and document are: a page's and its text's are one,
    two of one kind are one where they stand at one place of the text."""
    placed = {(one.start, one.end) for one in alike if one.start is not None}
    unplaced = Counter(one.kind for one in alike if one.start is None)
    return max(len(placed), *unplaced.values(), 1)


def once_each(alike: Iterable[Sequence[str]]) -> Iterator[str]:
    """Of lines that say the same of several selections of a document the first, and how many."""
    for lines in alike:
        yield lines[0] + (f" ({len(lines):,} such selections there)" if len(lines) > 1 else "")
