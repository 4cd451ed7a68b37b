"""What must be said of a share's counts: who was left out, whose rows are alike."""

from collections.abc import Iterator

from cesp_analysis.feasibility.counted import Counted
from cesp_analysis.numbers import counted as in_words


def said_of_counts(above: Counted, below: Counted, of: str, group: str) -> Iterator[str]:
    """Sentences on numerator and denominator of a site (or arm), link worker, or all."""
    if n := len(unsure := below.keys(of, group, "unknown")):
        said = f"of {n} it is not known whether they belong to the denominator; left out of it"
        same = above.space == below.space
        both = len(above.every["rows"].intersection(unsure)) if same else 0
        yield said + (f", {both} of them out of the numerator too" if both else "")
    parts = {id(one): one for one in (above, below)}.values()
    for part in parts:
        if n := len(part.keys(of, group, "outside")):
            yield f"{in_words(n, 'row')} outside the person's follow-up not counted"
        if n := len(part.keys(of, group, "undated")):
            yield (
                f"{in_words(n, 'row')} counted that have no date, or whose person has no start:"
                " whether they lie in the follow-up is not known"
            )
    if not below.space.startswith("rows of "):
        return
    if of == "link_worker":
        yield "by the link worker whom the row names; where it names none, the person's own"
    most = below.of(of, group)["unit"].value_counts().max()
    if most > 1:
        yield (
            f"rows of one person (up to {most}) may be alike: the interval takes people as"
            " independent, and there is no exact one"
        )
