"""The sites that the tables name, each once however it is written."""

from collections.abc import Sequence
from difflib import get_close_matches

from cesp_analysis.new_study.commented import Place
from cesp_analysis.new_study.entry import Entry
from cesp_analysis.new_study.tables import Column, slug

_RARE = 0.02  # of the rows; a word that rare and close to another may be a slip


def sites_of(entries: Sequence[Entry], notes: dict[Place, list[str]]) -> dict[str, str]:
    """Each site's label → its name in config; rare words close to another are asked about."""
    counts: dict[str, int] = {}
    spelt: dict[str, str] = {}
    for entry in entries:
        if "site" not in entry.roles:
            continue
        own = _by_spelling(entry.table.columns[entry.roles["site"]], spelt)
        total = sum(own.values())
        slips = {w: near for w, n in own.items() if n < _RARE * total and (near := _near(w, own))}
        for word, near in slips.items():
            question = f"{entry.roles['site']}: is '{word}' a slip for '{near}'?"
            notes.setdefault(("files", entry.name), []).append(question)
        for word, n in own.items():
            if word not in slips:
                counts[word] = counts.get(word, 0) + n
    for word, n in counts.items():
        if n < _RARE * sum(counts.values()):
            question = f"'{word}' stands in {n} rows: is it a site of the study? If not, take it"
            question += " out here and under files:. Is it?"
            notes.setdefault(("sites",), []).append(question)
    names: dict[str, str] = {}
    for word in counts:
        name = slug(word) or f"site_{len(names) + 1}"
        taken = {*names.values(), "control", "intervention"}
        names[word] = name if name not in taken else f"{name[:35]}_{len(names) + 1}"
    return names


def _by_spelling(column: Column, spelt: dict[str, str]) -> dict[str, int]:
    """A column's words or labels by how often they stand there; other case is the same word.

    `spelt`: how each was spelt where it was first met; more are added.
    """
    counts: dict[str, int] = {}
    for word, n in column.found.words().items():
        label = column.codes.get(word, word)
        known = spelt.setdefault(_plain(label), label)
        counts[known] = counts.get(known, 0) + n
    return counts


def _plain(word: str) -> str:
    return " ".join(word.casefold().split())


def _near(word: str, words: dict[str, int]) -> str:
    """A far more frequent word that is spelt nearly alike."""
    often = [other for other, n in words.items() if n > 10 * words[word]]
    by_case = {other.casefold(): other for other in often}
    close = get_close_matches(word.casefold(), by_case, n=1, cutoff=0.75)
    return by_case[close[0]] if close else ""


def site_values(column: Column, sites: dict[str, str]) -> dict[str, str]:
    """Raw word → site; a word in another case is read like the first, and not repeated."""
    named = {_plain(label): name for label, name in sites.items()}
    found: dict[str, str] = {}
    seen: set[str] = set()
    for word in column.found.words():
        plain = _plain(column.codes.get(word, word))
        if plain in named and plain not in seen:
            seen.add(plain)
            found[word] = named[plain]
    return found
