"""Which cells of cross tables acro withholds: run in an environment of its own (it pins pandas 2).

python -m venv acro && acro/bin/pip install acro==1.0.2
acro/bin/python acro_crosstab.py > acro_crosstab.json
"""

import contextlib
import io
import json
import logging
from importlib.metadata import version

import numpy as np
import pandas as pd

logging.disable(logging.CRITICAL)
with contextlib.redirect_stdout(io.StringIO()):
    from acro import ACRO

made = []
for seed in range(20):
    draw = np.random.default_rng(seed)
    shares = draw.dirichlet(np.ones(4) * 0.8, size=2)
    people = pd.DataFrame(
        [
            {"site": site, "value": f"v{draw.choice(4, p=shares[at])}"}
            for at, site in enumerate(("a", "b"))
            for _ in range(int(draw.integers(30, 120)))
        ]
    )
    counts = pd.crosstab(people["site"], people["value"])
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        session = ACRO(suppress=True)
        shown = session.crosstab(people["site"], people["value"])
    made.append(
        {
            "seed": seed,
            "counts": {s: {v: int(counts.loc[s, v]) for v in counts} for s in counts.index},
            "withheld": sorted(
                [s, v] for s in counts.index for v in counts
                if s not in shown.index or v not in shown or pd.isna(shown.loc[s, v])
            ),
        }
    )  # fmt: skip
print(json.dumps({"acro": version("acro"), "pandas": pd.__version__, "tables": made}, indent=1))
