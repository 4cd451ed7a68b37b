"""LaLonde's data: reference numbers, ours and a peer's: `make benchmark NAME=lalonde`.

The 425 of the randomised-out group of the NSW programme against 15,992 people of the CPS, change of
earnings 1975 to 1978 (Sant'Anna & Zhao 2020, section 6: nobody was treated, so that a perfect
adjustment would give 0). The doubly robust number and its error are those that R's DRDID prints;
the others were computed independently. The data are taken from the package moderndid (MIT), which
gets an environment of its own; its estimator is the peer.
"""

import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

import numpy as np

from cesp_analysis.models.dr_did_engine import dr_panel
from cesp_analysis.models.influence import infer_records
from cesp_analysis.models.weighted_means import Weighted, weighted_change

COVARIATES = ("age", "educ", "black", "married", "nodegree", "hisp", "re74")
REFERENCE = {
    "doubly robust": -901.2703,
    "entropy": -901.2703,
    "overlap": -1228.6703,
    "att": -1021.6095,
    "unadjusted": 867.5090,
}
ERROR, WELCH, OVERLAP_SIZE, ENTROPY_SIZE = 393.6127, 330.3623, 890.08, 463.32
DIGITS = 6e-5  # the references have four decimals
PEER = """
import sys, time
import numpy as np
from moderndid.core.data import load_nsw
from moderndid.drdid.estimators.drdid_imp_panel import drdid_imp_panel
d = load_nsw().to_pandas()
d = d[(d["treated"] == 0) | (d["sample"] == 2)]
wide = d.pivot(index="id", columns="year", values="re")
who = d.drop_duplicates("id").set_index("id").loc[wide.index]
names = ["experimental", "age", "educ", "black", "married", "nodegree", "hisp", "re74"]
table = np.column_stack([wide[1978] - wide[1975], who[names]])
np.savetxt(sys.argv[1], table, delimiter=",")
x = np.column_stack([np.ones(len(who)), who[names[1:]]]).astype(float)
arm = who["experimental"].to_numpy(float)
started = time.perf_counter()
found = drdid_imp_panel(wide[1978].to_numpy(), wide[1975].to_numpy(), arm, x)
print(time.perf_counter() - started, found.att, found.se)
"""


def peer(folder: Path) -> tuple[np.ndarray, list[float]]:
    """The data (change, arm, covariates), and seconds, estimate and error of moderndid."""
    venv.create(folder / "peer", with_pip=True)
    python = folder / "peer" / "bin" / "python"
    pip = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, "moderndid==0.2.0", "pandas"], check=True)
    data = folder / "nsw.csv"
    command = [str(python), "-c", PEER, str(data)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return np.loadtxt(data, delimiter=","), [float(word) for word in done.stdout.split()]


def ways(y: np.ndarray, arm: np.ndarray, x: np.ndarray) -> dict[str, Weighted]:
    """Every estimate that has a reference."""
    one = np.ones(len(y))
    weighted = {way: weighted_change(y, arm, x, way, one) for way in ("entropy", "overlap", "att")}
    plain = {"unadjusted": dr_panel(y, arm, x[:, :0], one)}
    return weighted | plain | {"doubly robust": dr_panel(y, arm, x, one)}


def main() -> int:
    """Print ours beside the references; 1 if they differ."""
    with tempfile.TemporaryDirectory() as name:
        data, theirs = peer(Path(name))
    y, arm, x = data[:, 0], data[:, 1], data[:, 2:]
    spent = []
    for _ in range(5):
        started = time.perf_counter()
        dr_panel(y, arm, x, np.ones(len(y)))
        spent.append(time.perf_counter() - started)
    found = ways(y, arm, x)
    known = [(way, found[way].influence.estimate, value) for way, value in REFERENCE.items()]
    robust = found["doubly robust"].influence
    known.append(("doubly robust, SE", robust.large_sample_error, ERROR))
    known.append(("unadjusted, Welch SE", infer_records(found["unadjusted"].influence).std_error,
                  WELCH))  # fmt: skip
    wrong = 0
    for name, ours, value in known:
        wrong += abs(ours - value) > DIGITS
        print(f"{name}: ours {ours:.4f}, reference {value:.4f}")
    for way, size in (("overlap", OVERLAP_SIZE), ("entropy", ENTROPY_SIZE)):
        weight = found[way].weight[arm == 0]
        ours = weight.sum() ** 2 / (weight @ weight)
        wrong += abs(ours - size) > 0.006  # two decimals
        print(f"{way}, effective controls: ours {ours:.2f}, reference {size:.2f}")
    print(f"moderndid 0.2.0: {theirs[1]:.4f} ({theirs[2]:.4f}), {theirs[0]:.3f} s")
    print(f"ours with everything for small samples: {infer_records(robust).std_error:.4f}")
    print(f"measure lalonde_differing {wrong} numbers")
    print(f"ratio dr_vs_moderndid {theirs[0] / min(spent):.1f}")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
