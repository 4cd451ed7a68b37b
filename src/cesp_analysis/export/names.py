"""Variable names that R and Stata take, and the terms of a model's columns in R."""

import re
from collections.abc import Iterable

from cesp_analysis.models.check import Check

FIXED = (
    "set",
    "equation",
    "unit",
    "site",
    "neighbourhood",
    "link_worker",
    "arm",
    "time",
    "position",
    "baseline",
    "weight",
    "exposure",
    "y",
    "record",
    "entered",
    "margin_weight",
    "margin_group",
)
"""Columns that every export has, where the model has them; a covariate gets another name."""
_LONGEST = 28  # Stata has 32 characters; a few are left to tell names apart


def valid_names(names: Iterable[str]) -> dict[str, str]:
    """For each covariate column a name of letters, digits and underscores, unlike the others."""
    found: dict[str, str] = {}
    taken = set(FIXED)
    for name in names:
        base = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "covariate"
        base = base if base[0].isalpha() else f"x_{base}"
        base = base[:_LONGEST].rstrip("_")
        own, count = base, 1
        while own in taken or re.match("(stratum|psu|margin)(_|$)", own):
            count += 1
            own = f"{base}_{count}"
        taken.add(own)
        found[name] = own
    return found


def r_text(word: str) -> str:
    """A word as R's source has it: everything beyond plain ASCII as its code."""
    parts = [
        char
        if char.isascii() and char.isprintable() and char not in '"\\'
        else f"\\U{ord(char):08x}"
        for char in word
    ]
    return f'"{"".join(parts)}"'


def r_numbers(values: Iterable[float]) -> str:
    """Numbers as an R vector, with all their digits."""
    return f"c({', '.join(repr(float(value)) for value in values)})".replace(".0,", ",").replace(
        ".0)", ")"
    )


def r_terms(check: Check) -> list[str]:
    """R's term of each column of an equation, from the variables of the exported rows."""
    names = valid_names(check.frame.covariate_names)
    return [_term(name, names) for name in check.names]


def r_formula(check: Check, outcome: str = "y") -> str:
    """The fixed part as an R formula; its coefficients come in the order of the columns."""
    terms = r_terms(check)
    rest = [term for term in terms if term != "1"]
    lines = [f"{outcome} ~ {(rest or ['1'])[0]}"]
    for term in rest[1:]:
        if len(lines[-1]) + len(term) > 76:
            lines[-1] += " +"
            lines.append(f"  {term}")
        else:
            lines[-1] += f" + {term}"
    return "\n".join(lines)


def _term(name: str, covariates: dict[str, str]) -> str:
    plain = {"(intercept)": "1", "arm": "arm", "time": "position", "(baseline)": "baseline"}
    plain |= covariates
    if name in plain:
        return plain[name]
    if at := re.fullmatch(r"(time|site)\[(.*)\]", name):
        return f"I({_is(at)})"
    for left, variable in plain.items():
        rest = name.removeprefix(f"{left}:")
        if rest == name:
            continue
        if rest == "time":
            return f"I({variable} * position)"
        if at := re.fullmatch(r"(time)\[(.*)\]", rest):
            return f"I({variable} * ({_is(at)}))"
    raise ValueError(f"no term in R is known for the column {name}")


def _is(at: "re.Match[str]") -> str:
    return f"{at[1]} == {r_text(at[2])}"
