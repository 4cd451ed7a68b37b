"""Doubly robust difference in differences by moderndid (MIT), a port of R's DRDID, which Debian
does not have: `pip install moderndid==0.2.0` in an environment of its own, then
`python dr_did.py > dr_did.json` in this folder.
"""

import json
from importlib.metadata import version

import numpy as np
from moderndid.drdid.estimators.drdid_imp_local_rc import drdid_imp_local_rc
from moderndid.drdid.estimators.drdid_imp_panel import drdid_imp_panel

d = np.genfromtxt("weighting.csv", delimiter=",", names=True)
x = np.column_stack([np.ones(len(d)), d["age"], d["alone"], d["income"]])
near = d["neighbourhood"].astype(int)
y = np.where(d["wave"] == 1, d["after"], d["before"])


def said(found: object) -> dict[str, float]:
    """Estimate, standard error, and the latter by neighbourhood from the influence function."""
    pull = np.asarray(found.att_inf_func) / len(d)
    clustered = float(np.sqrt(np.sum(np.bincount(near, pull) ** 2)))
    return {"estimate": float(found.att), "std_error": float(found.se), "clustered": clustered}


result = {}
for name, sampling in (("plain", None), ("sampled", d["weight"])):
    panel = drdid_imp_panel(d["after"], d["before"], d["arm"], x, sampling, influence_func=True)
    cross = drdid_imp_local_rc(y, d["wave"], d["arm"], x, sampling, influence_func=True)
    result[name] = {"panel": said(panel), "cross_sections": said(cross)}
result["versions"] = {name: version(name) for name in ("moderndid", "numpy", "scipy")}
print(json.dumps(result, indent=2))
