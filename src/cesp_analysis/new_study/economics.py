"""Services that people used and utilities, as columns tell them: questions, and a section to fill
in."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cesp_analysis.new_study.commented import flow
from cesp_analysis.new_study.tables import Table, slug
from cesp_analysis.study.gaps import UNDECIDED

_SERVICE = re.compile(r"(^|_)(services?|resources?|providers?|leistung(en)?)(_|$)")
_AMOUNT = re.compile(
    r"(^|_)(amounts?|numbers?|n|counts?|quantity|times|visits|contacts|anzahl|menge)(_|$)"
)
_MORE = {"minutes": re.compile(r"minute"), "recall": re.compile(r"recall|(^|_)months?(_|$)")}
_EQ5D = re.compile(r"(.*?(?:eq_?5d(?:_?[35]l)?|euroqol)_?)(.+)")
_ITEMS = {
    "mobility": ("mobility", "mobil", "mob", "mo", "walking"),
    "self_care": ("self_care", "selfcare", "self", "care", "sc"),
    "usual_activities": ("usual_activities", "usual", "activities", "activity", "usual_act", "ua"),
    "pain": ("pain", "pain_discomfort", "discomfort", "pd"),
    "anxiety": ("anxiety", "anx", "anxiety_depression", "depression", "ad"),
}
"""Item of the EQ-5D → how columns shorten it."""
_VERSIONS = {3: ("eq5d_3l", "eq5d_5l"), 5: ("eq5d_5l",)}
"""Highest answer up to which a version may be meant."""


def short_eq5d_in(table: Table, columns: Iterable[str]) -> Iterator[str]:
    """A question for each set of columns that seem to be the items of the EQ-5D under shorter
    names than the instrument has."""
    found: dict[str, dict[str, str]] = {}
    for column in columns:
        match = _EQ5D.fullmatch(column.lower())
        for item, words in _ITEMS.items():
            if match and match[2] in words:
                found.setdefault(column[: len(match[1])], {}).setdefault(item, column)
    for stem, named in found.items():
        answers = [table.columns[name].found for name in named.values()]
        if len(named) < len(_ITEMS) or any(one.kind != "whole number" for one in answers):
            continue
        known = [float(value) for one in answers for value in one.known()]
        fits = [own for most, own in _VERSIONS.items() if min(known) >= 1 and max(known) <= most]
        renamed = {f"{stem}{item}": name for item, name in named.items() if name != stem + item}
        if fits and renamed:
            pattern = flow(f"{stem}{{item}}")
            how = f"instruments: {{{fits[0][0]}: {pattern}}}, renamed: {flow(renamed)}"
            yield (
                f"{', '.join(named[item] for item in _ITEMS)} seem to be the items of"
                f" {' or '.join(fits[0])}. Is it so ({how}; their variables removed)?"
            )


def economics_in(
    files: Mapping[str, Mapping[str, Any]], outcomes: Mapping[str, Mapping[str, Any]]
) -> list[str]:
    """A question, and below it a section `economics:` to take in; nothing without services that
    people used or an instrument with utilities. files, outcomes: of the draft."""
    use = next((own for name, file in files.items() if (own := _use(name, file))), None)
    scores = [str(one["score"]) for one in outcomes.values() if _is_utility(one)]
    if use is None and not scores:
        return []
    asked = (
        "Are costs and QALYs a part of the study (docs/howto/economics.md)? The lines below say so"
        " to a run: take the comment signs off, and put what holds in place of each 'undecided'."
    )
    if scores:
        asked += f" Utilities may be {' or '.join(scores)}."
    return [f"{asked} Are they?", "economics:", *_section(use, bool(scores), files)]


def _section(
    use: Mapping[str, str] | None, scored: bool, files: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    yield f"  price_year: {UNDECIDED}"
    if use is None:
        yield f"  costs: {flow({'label': UNDECIDED, 'variable': UNDECIDED})}"
    else:
        yield f"  use: {flow(use)}"
        yield "  services:"
        for code in _codes(files[use["file"]]["variables"][use["service"]]):
            said = dict.fromkeys(("label", "unit_cost", "sector"), UNDECIDED)
            yield f"    {flow(code)}: {flow(said)}"
        yield f"  perspectives: {flow({'main': {'label': UNDECIDED, 'sectors': [UNDECIDED]}})}"
    where = "score" if scored else "variable"
    yield f"  utility: {flow({'label': UNDECIDED, where: UNDECIDED})}"


def _use(name: str, file: Mapping[str, Any]) -> dict[str, str] | None:
    """What `economics.use` would say of a file with rows of services, None of another file."""
    variables = file.get("variables", {})
    if file.get("level") != "person" or "time" not in file or file.get("one_row_per") != "any":
        return None
    numbers = [v for v, said in variables.items() if "type" not in said]
    service = [
        v
        for v, said in variables.items()
        if said.get("type") == "category" and _SERVICE.search(slug(v)) and _named(_codes(said))
    ]
    amount = [v for v in numbers if _AMOUNT.search(slug(v))]
    if not service or not amount:
        return None
    found = {"file": name, "service": service[0], "amount": amount[0]}
    for setting, pattern in _MORE.items():
        others = [v for v in numbers if v != amount[0] and pattern.search(slug(v))]
        found |= {setting: others[0]} if others else {}
    return found


def _codes(variable: Mapping[str, Any]) -> list[str]:
    values = variable.get("values", [])
    return list(dict.fromkeys(map(str, values.values() if isinstance(values, Mapping) else values)))


def _named(codes: Sequence[str]) -> bool:
    """Whether all can be names of services."""
    return bool(codes) and all(re.fullmatch(r"[a-z0-9][a-z0-9_]{0,39}", code) for code in codes)


def _is_utility(outcome: Mapping[str, Any]) -> bool:
    """Whether an outcome of people is a score that values states of health."""
    return "level" not in outcome and str(outcome.get("unit", "")).startswith("utility")
