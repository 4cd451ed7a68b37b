"""The parts of totals as chains have them."""

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.missing.chains import Chains


def all_parts(chains: Chains, name: str) -> Floats:
    """All parts (b, n, S) of a total in parts, as they are now: the chains' own, to write on. They
    begin as usual."""
    if name not in chains.parts:
        rows = np.arange(chains.z.shape[1])
        chains.parts[name] = chains.plan.in_parts[name].usual[chains.whose(rows)]
    return chains.parts[name]
