"""Single group-time effects by moderndid (MIT), a port of R's DRDID, which Debian does not have:
`pip install moderndid==0.2.0` in an environment of its own, then
`python group_time_cells.py > group_time_cells.json` in this folder.

diff-diff 3.13.0 departs from R's DRDID in two of the twelve: its doubly robust effect of people is
divided by the treated's weight instead of the weights' own sum, and its regression's error for
cross-sections leaves out (by a factor of n) that the regression was estimated.
"""

import json
from importlib.metadata import version

import numpy as np
from moderndid.drdid.estimators.drdid_panel import drdid_panel
from moderndid.drdid.estimators.drdid_rc import drdid_rc
from moderndid.drdid.estimators.reg_did_panel import reg_did_panel
from moderndid.drdid.estimators.reg_did_rc import reg_did_rc
from moderndid.drdid.estimators.std_ipw_did_panel import std_ipw_did_panel
from moderndid.drdid.estimators.std_ipw_did_rc import std_ipw_did_rc

d = np.genfromtxt("group_time.csv", delimiter=",", names=True, dtype=None, encoding="utf-8")
PANEL = {"reg": reg_did_panel, "ipw": std_ipw_did_panel, "dr": drdid_panel}
CROSS = {"reg": reg_did_rc, "ipw": std_ipw_did_rc, "dr": drdid_rc}
result: dict[str, object] = {}
for group, time, base in ((2, 2, 1), (2, 5, 1), (3, 4, 2), (4, 5, 3)):
    rows = d[(d["start"] == group) | (d["start"] == 0)]
    treated = (rows["start"] == group).astype(float)
    x = np.column_stack([np.ones(len(rows)), rows["age"], rows["alone"]])
    late, early = rows[f"y{time}"], rows[f"y{base}"]
    for name, weight in (("plain", np.ones(len(rows))), ("weighted", rows["weight"])):
        for way, estimator in PANEL.items():
            found = estimator(late, early, treated, x, weight)
            result[f"panel/{way}/{name}/{group}/{time}"] = [float(found.att), float(found.se)]
        both = [np.concatenate(pair) for pair in ((late, early), (treated,) * 2, (weight,) * 2)]
        post = np.repeat([1.0, 0.0], len(rows))
        for way, estimator in CROSS.items():
            found = estimator(both[0], post, both[1], np.vstack([x, x]), both[2])
            result[f"cross_sections/{way}/{name}/{group}/{time}"] = [
                float(found.att),
                float(found.se),
            ]
result["versions"] = {name: version(name) for name in ("moderndid", "numpy", "scipy")}
print(json.dumps(result, indent=1))
