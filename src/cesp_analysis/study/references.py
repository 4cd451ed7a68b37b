"""Names in config.yaml that point to other sections: each must be declared there."""

from collections.abc import Iterator
from typing import Any

from cesp_analysis.clean.problems import KINDS as PROBLEM_KINDS
from cesp_analysis.errors import no_such
from cesp_analysis.instruments.types import names as shipped_instruments

_POINTERS = (
    ("files.*.form", "form", "forms"),
    ("files.*.variables.*.columns.keys", "time", "moments"),
    ("forms.*.variables.*.columns.keys", "time", "moments"),
    ("files.*.instruments.keys", "instrument", "instruments"),
    ("forms.*.instruments.keys", "instrument", "instruments"),
    ("files.*.time.constant", "time", "moments"),
    ("files.*.time.values.*", "time", "moments"),
    ("files.*.site.constant", "site", "sites"),
    ("files.*.site.values.*", "site", "sites"),
    ("files.*.arm.constant", "arm", "arms"),
    ("files.*.arm.values.*", "arm", "arms"),
    ("flow.*.file", "file", "files"),
    ("covariates.*.measured", "time", "moments"),
    ("covariates.*.variable", "variable", "variables"),
    ("covariates.*.score", "score", "scores"),
    ("outcomes.*.times.*", "time", "moments"),
    ("outcomes.*.variable", "variable", "variables"),
    ("outcomes.*.score", "score", "scores"),
    ("models.*.outcomes.*", "outcome", "outcomes"),
    ("models.*.covariates.*", "covariate", "covariates"),
    ("models.*.times.*", "time", "moments"),
    ("models.*.reference", "time", "moments"),
    ("problems.stop_on.*", "kind of data problem", "problems"),
)


def broken_references(data: dict[str, Any]) -> Iterator[str]:
    """One line for each name that no section declares, with the nearest that one does."""
    declared = {section: _declared(data, section) for _, _, section in _POINTERS}
    for pattern, noun, section in _POINTERS:
        for place, word in _found(data, pattern.split("."), ()):
            known = declared[section]
            if known is not None and word not in known:
                yield f"{place}: {no_such(noun, word, known)}"


def _found(node: Any, pattern: list[str], place: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Places and words that a pattern points at; `*` is any entry, `keys` the entry's names."""
    if not pattern:
        if isinstance(node, str | int) and not isinstance(node, bool):
            yield ".".join(place), str(node)
        return
    head, rest = pattern[0], pattern[1:]
    if head == "keys" and isinstance(node, dict):
        yield from ((".".join(place), str(key)) for key in node)
    elif head == "*" and isinstance(node, dict):
        for key, child in node.items():
            yield from _found(child, rest, (*place, str(key)))
    elif head == "*" and isinstance(node, list):
        for child in node:
            yield from _found(child, rest, place)
    elif isinstance(node, dict) and head in node:
        yield from _found(node[head], rest, (*place, head))


def _declared(data: dict[str, Any], section: str) -> list[str] | None:
    """The names that a section declares."""
    if section == "moments":
        return [*_keys(data, "times"), *_keys(data, "waves")]
    if section == "instruments":
        return [*shipped_instruments(), *_keys(data, "instruments")]
    if section == "variables":
        return _in_files(data, "variables") + _in_files(data, "derived")
    if section == "problems":
        return list(PROBLEM_KINDS)
    if section == "scores":
        return _scores(data)
    return _keys(data, section)


def _keys(data: Any, section: str) -> list[str]:
    part = data.get(section) if isinstance(data, dict) else None
    return [str(key) for key in part] if isinstance(part, dict) else []


def _in_files(data: dict[str, Any], part: str) -> list[str]:
    names: dict[str, None] = {}
    for section in ("files", "forms"):
        entries = data.get(section)
        for entry in entries.values() if isinstance(entries, dict) else ():
            names.update(dict.fromkeys(_keys(entry, part)))
    return list(names)


def _scores(data: dict[str, Any]) -> list[str] | None:
    """instrument.score of every shipped instrument in use; None if the study has its own.

    (The names of an own instrument's scores are known only when its file is read.)
    """
    from cesp_analysis.instruments.types import read_instrument

    used = [name for name in _in_files(data, "instruments") if name in set(shipped_instruments())]
    if _keys(data, "instruments"):
        return None
    return [f"{name}.{score.code}" for name in used for score in read_instrument(name).scores]
