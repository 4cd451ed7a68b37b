"""Interviews: who was asked, what each adds, who speaks of what, how alike coders coded."""

from collections.abc import Iterator

from cesp_analysis.columns import Row
from cesp_analysis.numbers import count, counted, percentage
from cesp_analysis.report.blocks import Block, Bullets, Callout, Heading, Paragraph
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.figure import figure
from cesp_analysis.report.sections.interview_grid import grid
from cesp_analysis.report.sections.interview_tables import (
    CHANGES,
    EXCERPTS,
    MOST,
    agreement,
    changes,
    codes,
    coverage,
    order_of,
    recoded,
)
from cesp_analysis.report.titles import TITLES

COUNTS = (
    "A count of excerpts says how often coders marked something, not how many people think so, and"
    " not how much it matters. Who was asked was chosen, not drawn."
)
RULES = (
    "Published rules of when little new comes are read off the interviews that were held. None of"
    " them says that nothing else was to be found; each depends on the order of interviews, on how"
    " fine the codes are and on who was asked."
)


def interviews(results: Results) -> Iterator[Block]:
    """From the import to agreement and changes of the codebook."""
    if not results.interviews:
        return
    yield Heading(1, TITLES["interviews"], "interviews")
    yield Paragraph(_held(results))
    if results.import_notes:
        yield Bullets(tuple(_noted(row, results) for row in results.import_notes))
    yield Callout("note", "What counts of excerpts can tell", COUNTS)
    yield from figure(results, "themes_person")
    yield from figure(results, "theme_network_person")
    yield from figure(results, "cooccurrence_person")
    yield codes(results)
    yield Heading(2, "What each interview adds", "interviews_coverage")
    yield coverage(results)
    if results.theme_by_interview:
        yield Paragraph(f"What comes up in which interview, {order_of(results)}:")
        yield from figure(results, "theme_grid_person")
        yield grid(results)
    yield Paragraph(RULES)
    yield Bullets(tuple(_rules(results)))
    yield Heading(2, "How alike coders coded", "interviews_agreement")
    yield from _agreement(results)
    if results.code_changes:
        yield Heading(2, "What was coded anew", "interviews_changes")
        yield from _changed(results)


def _held(results: Results) -> str:
    """Interviews by site, excerpts, codes."""
    own, codes = results.interviews, results.codes
    sites = dict.fromkeys(row["site"] for row in own)
    by_site = "; ".join(
        f"{results.words.site_of(site)} {count(sum(row['site'] == site for row in own))}"
        for site in sites
    )
    where = f" ({by_site})" if any(sites) or results.words.sites else ""
    codes = [row for row in codes if row["kind"] == "theme" and row["counted"] == "yes"]
    themes = {row["theme"] for row in codes if row["excerpts"]}
    used = sum(row["excerpts"] > 0 for row in codes)
    idle = len(codes) - used
    unused = f"; {counted(idle, 'code')} no excerpt has" if idle else ""
    excerpts = sum(row["excerpts"] for row in own)
    return (
        f"{counted(len(own), 'interview')}{where}, {counted(excerpts, 'excerpt')} with"
        f" {counted(used, 'code')} of {counted(len(themes), 'theme')}{unused}."
    )


def _noted(row: Row, results: Results) -> str:
    """A note; with its entry, if its file has several."""
    entries = {one["entry"] for one in results.import_notes if one["file"] == row["file"]} - {""}
    entry = f" ({row['entry']})" if row["entry"] and len(entries) > 1 else ""
    first = f", first: {row['first']}" if row["first"] else ""
    return f"{row['file']}{entry}: {row['fact']} (n {count(row['n'])}{first})."


def _rules(results: Results) -> Iterator[str]:
    """A rule a line, of themes and of codes: it may be met by one and not by the other."""
    say = {"little_new": _little, "nothing_new": _nothing, "share_found": _share}
    yield from (say[row["rule"]](row) for row in results.stopping_rules)


def _little(row: Row) -> str:
    rule = (
        f"Guest, Namey and Chen (2020), base {row['first']}, run {count(row['run'])}, at most"
        f" {percentage(row['threshold'], 0)} new {row['by']}s"
    )
    if row["reason"]:
        return f"{rule}: does not apply ({row['reason']})."
    if row["reached"] is None:
        return f"{rule}: not met in {count(row['held'])} interviews."
    before = row["reached"] - row["run"]
    return (
        f"{rule}: met after {count(before)} interviews, as {count(row['reached'])} of"
        f" {count(row['held'])} show."
    )


def _nothing(row: Row) -> str:
    rule = (
        f"Francis et al. (2010), {row['first']} and then {count(row['run'])} without a new"
        f" {row['by']}"
    )
    if row["reason"]:
        return f"{rule}: does not apply ({row['reason']})."
    if row["reached"] is None:
        return f"{rule}: not met; at most {counted(int(row['longest']), 'interview')} in a row."
    return f"{rule}: met after {count(row['reached'])} of {count(row['held'])} interviews."


def _share(row: Row) -> str:
    return (
        f"The first {count(row['first'])} of {count(row['held'])} interviews have"
        f" {percentage(row['share'], 0)} of all {row['by']}s (Guest, Bunce and Johnson 2006:"
        f" {percentage(row['published'], 0)} of the codes of 30 interviews in Ghana)."
    )


def _agreement(results: Results) -> Iterator[Block]:
    """The table, or why there is none."""
    first = results.coder_agreement[0]
    if not first["theme"]:
        yield Paragraph(f"No agreement of coders is shown: {first['reason']}.")
        return
    yield Paragraph(f"{_compared(first)}{_left(first)}")
    yield agreement(results)


def _compared(first: Row) -> str:
    """Of which excerpts agreement is."""
    of = counted(first["excerpts"], "excerpt")
    if first["seen"] == "excerpts":
        return f"Of {of} that two coders or more coded: whether they gave it a theme."
    return (
        f"Of {of} of interviews that two coders or more coded: whether they gave it a theme. One"
        " that a coder left uncoded counts as without the theme; passages with other borders are"
        " other excerpts."
    )


def _left(first: Row) -> str:
    """What counts in no measure."""
    left = []
    if first["once"]:
        left.append(f"{counted(first['once'], 'excerpt')} that one coder alone saw")
    if first["nameless"]:
        left.append(f"{counted(first['nameless'], 'coding')} without a coder")
    said = " and ".join(left)
    return f" {said[:1].upper()}{said[1:]} count in no measure." if said else ""


def _changed(results: Results) -> Iterator[Block]:
    """What became of codes and excerpts since the import before."""
    words = results.words.interviews
    assert words is not None
    of = {row["change"]: row for row in results.code_changes}
    others = [row for row in results.code_changes if row["change"] in CHANGES]
    kept = int(of["kept"]["after"])
    are = "is called as it was" if kept == 1 else "are called as they were"
    said = f"{counted(kept, 'code')} {are}."
    if words.excerpts_before:
        by_id, by_words = (int(of[name]["after"]) for name in ("found_by_id", "found_by_words"))
        both = by_id + by_words
        said += f" {counted(both, 'excerpt')} {'is' if both == 1 else 'are'} in both imports"
        said += f", {count(by_words)} of them found by interview and words" if by_words else ""
        said += "."
    if not words.excerpts_before:
        said += " The excerpts of the import before are not named, so only codebooks are compared."
    yield Paragraph(said if others else f"{said} None was added, lost, merged or renamed.")
    if others:
        yield changes(results, others)
    if any(row["change"] == "recoded" for row in results.recoded):
        yield recoded(results)
    if listed := tuple(_of_one(results)):
        yield Bullets(listed)


def _of_one(results: Results) -> Iterator[str]:
    """Excerpts of one import alone, and those whose words are others, by their ids."""
    for change, said in EXCERPTS.items():
        ids = [row["excerpt"] for row in results.recoded if row["change"] == change]
        if ids:
            more = f" and {count(len(ids) - MOST)} more (recoded.csv)" * (len(ids) > MOST)
            yield f"{said}: {', '.join(ids[:MOST])}{more}."
