"""What a project must keep to: places within its texts, ids that tell one thing from another."""

from collections import Counter
from collections.abc import Iterator, Sequence

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


def part_of(text: str | None, start: int, end: int, utf16: bool) -> tuple[str, str]:
    """What stands between two places of a text, and what is wrong with them."""
    if end < start:
        return "", f"ends at {end:,}, before it begins at {start:,}; export it again"
    if text is None:
        return "", ""
    if utf16:
        units = text.encode("utf-16-le")
        part, length = units[2 * start : 2 * end].decode("utf-16-le", "replace"), len(units) // 2
    else:
        part, length = text[start:end], len(text)
    if end > length:
        return part, (
            f"ends at {end:,}, its text at {length:,}; its places may be counted otherwise (write"
            " positions: utf16), or the text is another version: export it again"
        )
    return part, ""
