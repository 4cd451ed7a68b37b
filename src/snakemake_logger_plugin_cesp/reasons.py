"""Why Snakemake would run a job, shortened: changed parameters as the parts that changed."""

import json
import re
from collections.abc import Iterator
from typing import Any

_CHANGED = re.compile(r"before: (?P<old>.*?)now: (?P<new>.*)", re.DOTALL | re.IGNORECASE)
_PACKAGE = re.compile(r"\S*/src/cesp_analysis/")
_LONGEST = 600


def in_words(reason: str) -> str:
    """The reason in one paragraph of bounded length."""
    text = _PACKAGE.sub("cesp_analysis/", re.sub(r"\s+", " ", reason)).strip()
    found = _CHANGED.search(text)
    if found:
        difference = "; ".join(_differences(_parsed(found["old"]), _parsed(found["new"])))
        if difference:
            text = f"{text[: found.start()].strip()} {difference}"
    return text if len(text) <= _LONGEST else text[:_LONGEST] + " …"


def _parsed(text: str) -> Any:
    """The first JSON object in a text; None if there is none."""
    start = text.find("{")
    if start < 0:
        return None
    try:
        return json.JSONDecoder().raw_decode(text[start:])[0]
    except json.JSONDecodeError:
        return None


def _differences(old: Any, new: Any, place: str = "") -> Iterator[str]:
    """'covariates: [age] → [age, sex]' for each part of two specs that differs."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys((*old, *new)):
            yield from _differences(old.get(key), new.get(key), f"{place}.{key}".strip("."))
    elif old != new and place:
        yield f"{place}: {json.dumps(old)} → {json.dumps(new)}"
