"""What is left of the section economics without its malformed values, so that all else of it is
checked in the same round: a value that cannot be left out has one in its place that is right."""

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from cesp_analysis.declared.economics import Economics
from cesp_analysis.declared.resources import INTERVENTION, is_price_year

WORD, YEAR, NHS = "x", "2023/24", "nhs"
UNSAID = " "
"""The item of a service whose own is malformed: nothing is said of its price. The label of a
malformed service, of which nobody knows where its use is. Among what has no price: whatever is."""
_WHOLE = ("use", "services", INTERVENTION, "perspectives")
"""Parts without any of which nearly all others seem wrong."""
_DEEPER = {*_WHOLE, "tornado", "departures"}
"""Parts of which a single value is taken out."""
Part = dict[str, Any]


def entry_of(place: Sequence[str]) -> tuple[str, ...]:
    """The entry of the section that a mistake is in: a quantity as a whole, elsewhere the value."""
    own = tuple(one for one in place if not one.startswith("["))
    if len(own) < 3 or own[1] in _DEEPER:
        return own
    return own[:3] if own[1] == "value_sets" else own[:2]


def without(section: Part, name: Sequence[str]) -> Part | None:
    """The section without a value (name: the keys that lead to it); None: it is needed."""
    if len(name) == 1 and name[0] in _WHOLE:
        return None
    return _filled(_less(section, name), name)


def sound(section: Part | None) -> Part | None:
    """The section if it is right by itself; None if more of it is wrong than is known."""
    try:
        Economics.model_validate(section)
    except ValidationError:
        return None
    return section


def _less(part: Part, name: Sequence[str]) -> Part:
    key, *inner = name
    own = part.get(key)
    if inner and isinstance(own, dict):
        return part | {key: _less(own, inner)}
    return {other: value for other, value in part.items() if str(other) != key}


def _filled(section: Part, name: Sequence[str]) -> Part:
    """The section with what the place that lacks a value needs."""
    part, *inner = name
    if not inner:
        return _of_section(part, section) | section
    own = dict(section[part])
    if part == "services":
        service: Part = {"unit_cost": UNSAID, "sector": _sector(section)}
        own[inner[0]] = service | (own.get(inner[0]) or {}) | {"label": UNSAID}
    elif part == "perspectives":
        perspective: Part = {"label": WORD, "sectors": _sectors(section)}
        own[inner[0]] = perspective | (own.get(inner[0]) or {})
    elif part == "use":
        own = {"file": WORD, "service": WORD, "amount": WORD} | own
        own |= {"not_priced": {UNSAID: WORD}} if inner[0] == "not_priced" else {}
    elif part == INTERVENTION:
        own = _intervention(own, inner, _year(section))
    elif part == "tornado":
        own = _bars(own, inner[0])
    elif part == "departures" and inner[0] in own:
        own[inner[0]] = _departure({"label": WORD} | own[inner[0]], inner[1:])
    return section | {part: own}


def _departure(own: Part, inner: Sequence[str]) -> Part:
    """With a multiplier that moves something in place of a malformed one."""
    if not inner or inner[0] not in ("utility", "cost"):
        return own
    left = own.get(inner[0]) or {}
    arm = next((one for one in (INTERVENTION, "control") if one not in left), INTERVENTION)
    return own | {inner[0]: left | {arm: 0.5}}


def _of_section(part: str, section: Part) -> Part:
    """In place of a value of the section that others need."""
    quantity = {"label": WORD, "variable": WORD}
    said = {
        "price_year": YEAR, "utility": quantity, "costs": quantity, "wellby": 1.0,
        "wellby_price_year": _year(section), "wellby_source": WORD, "life_satisfaction": WORD,
    }  # fmt: skip
    return {part: said[part]} if part in said else {}


def _intervention(own: Part, inner: Sequence[str], year: str) -> Part:
    if inner[0] == "hourly":
        own["hourly"] = {"salary": 1, "hours": 1, "price_year": year, "source": WORD}
    if inner[0] == "shared":
        one = {"label": WORD, "cost": 1, "price_year": year, "source": WORD}
        own["shared"] = own.get("shared", {}) | {(inner[1:] or [WORD])[0]: one}
    return {"file": WORD, "minutes": WORD} | own


def _bars(own: Part, name: str) -> Part:
    """Without a bar of which nobody knows what it varies."""
    bar = own.get(name)
    if not isinstance(bar, dict) or "of" not in bar:
        return {other: one for other, one in own.items() if other != name}
    ends = {"low": 0.5, "high": 2} if {"low", "high"} - {*bar} else {}
    return own | {name: {"label": WORD} | bar | ends}


def _sector(section: Part) -> str:
    """One that perspectives name: which nothing else has, if there is such a one."""
    asked = [one for one in section.get("perspectives", {}).values() if isinstance(one, dict)]
    named = [word for one in asked for word in one.get("sectors") or () if isinstance(word, str)]
    had = _sectors(section)
    return next((word for word in named if word not in had), named[0] if named else NHS)


def _sectors(section: Part) -> list[str]:
    """Those that services and the intervention have."""
    entries = [one for one in section.get("services", {}).values() if isinstance(one, dict)]
    found = [one["sector"] for one in entries if isinstance(one.get("sector"), str)]
    found += [INTERVENTION] if section.get(INTERVENTION) else []
    return list(dict.fromkeys(found)) or [NHS]


def _year(section: Part) -> str:
    year = section.get("price_year")
    return year if isinstance(year, str) and is_price_year(year) else YEAR
