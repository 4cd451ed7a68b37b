"""Long tables of coded interviews (the columns of Excerpts), by hand and at random."""

from typing import Any

import numpy as np
import pandas as pd

COLUMNS = (
    "excerpt", "interview", "source", "site", "role", "order", "coder", "theme", "subtheme", "code",
    "construct", "valence", "start", "end", "text", "cleared",
)  # fmt: skip


def table(*rows: dict[str, Any]) -> pd.DataFrame:
    """Rows with what they say; of the rest: interview 'A', held first, theme from the code."""
    usual = dict.fromkeys(COLUMNS, "") | {"interview": "A", "order": 1, "cleared": "no"}
    made = []
    for row in rows:
        own = usual | {"start": np.nan, "end": np.nan} | row
        own["theme"] = own["theme"] or str(own["code"]).split(" / ")[0]
        own["code"] = own["code"] or own["theme"]
        made.append(own)
    return pd.DataFrame(made, columns=list(COLUMNS))


def said(interviews: dict[str, list[str]], **more: Any) -> pd.DataFrame:
    """Interviews in this order → the themes of their excerpts, '+' between those of one excerpt."""
    return table(
        *(
            {"excerpt": f"{who}{i}", "interview": who, "order": place, "theme": theme} | more
            for place, (who, own) in enumerate(interviews.items(), start=1)
            for i, themes in enumerate(own)
            for theme in themes.split("+")
        )
    )


def many(
    excerpts: int, interviews: int, codes: int, coders: int = 1, seed: int = 1
) -> pd.DataFrame:
    """At random: every excerpt has one to three codes of each coder, a fifth of them its own."""
    rng = np.random.default_rng(seed)
    whose = np.sort(rng.integers(0, interviews, excerpts))
    roles = np.array(["staff", "service_user", "volunteer", "community"])
    parts = []
    true = rng.integers(0, codes, excerpts)
    for coder in range(coders):
        for extra in range(3):
            has = np.flatnonzero(rng.random(excerpts) < (1.0 if extra == 0 else 0.3))
            own = np.where(rng.random(len(has)) < 0.8, true[has], rng.integers(0, codes, len(has)))
            parts.append(pd.DataFrame({"at": has, "code": own, "coder": f"coder {coder}"}))
    rows = pd.concat(parts).drop_duplicates()
    at, code, who = rows["at"].to_numpy(), rows["code"].to_numpy(), whose[rows["at"].to_numpy()]
    return pd.DataFrame(
        {
            "excerpt": [f"X{i:06}" for i in at],
            "interview": [f"P{i:03}" for i in who],
            "source": "",
            "site": np.array(["North", "South"])[who % 2],
            "role": roles[who % 4],
            "order": who + 1,
            "coder": rows["coder"].to_numpy(),
            "theme": [f"theme {i % 12:02}" for i in code],
            "subtheme": "",
            "code": [f"theme {i % 12:02} / code {i:03}" for i in code],
            "construct": "",
            "valence": "",
            "start": np.nan,
            "end": np.nan,
            "text": [f"words {i}" for i in at],
            "cleared": "no",
        }
    )
