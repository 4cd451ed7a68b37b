"""A column of arms beside one of sites: a study file has one of them, and which is a question."""

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from cesp_analysis.new_study.commented import Place, flow
from cesp_analysis.new_study.entry import Entry
from cesp_analysis.new_study.sites import site_values
from cesp_analysis.study.gaps import UNDECIDED

_NAMED = 5  # sites that a comment names


def arms_beside_sites(
    entries: Sequence[Entry], sites: Mapping[str, str]
) -> Iterator[tuple[Place, str]]:
    """What is to be said of each entry that has both, with its place: where each site has one arm
    alone, which, for the question on sites; else whether people were allocated one by one."""
    for entry in entries:
        if entry.level == "other" or not {"site", "arm"} <= set(entry.roles):
            continue
        counts = _people(entry, sites)
        words = {word for own in counts.values() for word in own}
        if len(words) < 2:
            continue
        if all(len(own) == 1 for own in counts.values()):
            yield ("sites",), _of_sites(entry, counts)
        else:
            yield ("files", entry.name, "site"), _of_people(entry, counts)


def _of_sites(entry: Entry, counts: Mapping[str, Mapping[str, int]]) -> str:
    said = ", ".join(f"{site} '{next(iter(own))}'" for site, own in _first(counts))
    return (
        f"The column {entry.roles['arm']} of {entry.name} says one thing in each site:"
        f" {said}{_more(counts)}. It is not read itself, as a site says the arm"
    )


def _of_people(entry: Entry, counts: Mapping[str, Mapping[str, int]]) -> str:
    column = entry.roles["arm"]
    said = "; ".join(
        f"{site}: {', '.join(f'{n:,} {word}' for word, n in own.items())}"
        for site, own in _first(counts, several=True)
    )
    several = {site: own for site, own in counts.items() if len(own) > 1}
    words = sorted(entry.table.columns[column].found.words())
    arm = flow({"column": column, "values": dict.fromkeys(words, UNDECIDED)})
    return (
        f"{column} stands there, too, and sites hold people of several arms"
        f" ({said}{_more(several)}). Were people allocated one by one? Then write arm: {arm} in"
        " place of site: (with intervention and control for undecided), and take out the section"
        f" sites:. As it is, everybody in a site is of its arm, and {column} is not read. Which?"
    )


def _first(
    counts: Mapping[str, Mapping[str, int]], several: bool = False
) -> list[tuple[str, Mapping[str, int]]]:
    return [(site, own) for site, own in counts.items() if len(own) > 1 or not several][:_NAMED]


def _more(counts: Mapping[str, Mapping[str, int]]) -> str:
    left = len(counts) - _NAMED
    return f", and {left} more" if left > 0 else ""


def _people(entry: Entry, sites: Mapping[str, str]) -> dict[str, dict[str, int]]:
    """Site → arm → how many ids (rows, where there are none), by what the columns call them."""
    columns = entry.table.columns
    at, arm = columns[entry.roles["site"]], columns[entry.roles["arm"]]
    labels = {name: label for label, name in sites.items()}
    of_word = {word: labels[name] for word, name in site_values(at, dict(sites)).items()}
    cells = pd.DataFrame({"site": at.found.answers, "arm": arm.found.answers}).dropna()
    rows = pd.Series(cells.index, cells.index)
    units = columns[entry.unit].found.answers if entry.unit else rows
    called = pd.DataFrame(
        {
            "site": [of_word.get(word, word) for word in cells["site"].astype("str")],
            "arm": [arm.codes.get(word, word) for word in cells["arm"].astype("str")],
            "unit": units.reindex(cells.index).to_numpy(),
        }
    )
    found: dict[str, dict[str, int]] = {}
    for (site, word), own in called.groupby(["site", "arm"])["unit"]:
        found.setdefault(str(site), {})[str(word)] = int(own.nunique())
    return found
