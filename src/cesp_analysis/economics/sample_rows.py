"""Bootstrap samples that were completed, to the table that jobs hand over and back."""

from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.declared.economics import BootImpute
from cesp_analysis.economics.completed_samples import Samples
from cesp_analysis.economics.sample_tables import EconomicsSamples


def write_samples(found: Samples, keys: Collection[tuple[str, str]], path: Path) -> None:
    """Write samples of which the analyses are of these scenarios and approaches, in order."""
    b, m, k, _ = found.estimates.shape
    sample, analysis, imputation = (one.ravel() for one in np.indices((b, k, m)))
    scenario, approach = (np.array(names, dtype=object) for names in zip(*keys, strict=True))
    frame = pd.DataFrame(
        {
            "sample": found.numbers[sample],
            "scenario": scenario[analysis],
            "approach": approach[analysis],
            "imputation": imputation,
            "cost": found.estimates[sample, imputation, analysis, 0],
            "qaly": found.estimates[sample, imputation, analysis, 1],
            "status": found.status[sample, analysis],
            "reason": found.reason[sample, analysis],
        }
    )
    contracts.write(frame, path, EconomicsSamples)


def read_samples(
    paths: Sequence[Path], keys: Collection[tuple[str, str]], asked: BootImpute
) -> Samples:
    """The samples of all parts, with the analyses of these scenarios and approaches: as many as are
    asked for, or none where nothing could be drawn; else ValueError."""
    table = pd.concat([contracts.read(path, EconomicsSamples) for path in paths])
    numbers, m = np.unique(table["sample"].to_numpy()), asked.imputations
    if len(numbers) not in (0, asked.replicates):
        raise ValueError(f"{len(numbers)} samples of {asked.replicates}: a part is lacking")
    values = np.full((len(numbers), m, len(keys), 2), np.nan)
    status, reason = np.full((2, len(numbers), len(keys)), "", dtype=object)
    scenario, approach = (table[name].astype("object") for name in ("scenario", "approach"))
    for at, (of, by) in enumerate(keys):
        own = table[(scenario == of) & (approach == by)].sort_values(["sample", "imputation"])
        where = np.indices((len(numbers), m)).reshape(2, -1)
        if not np.array_equal([own["sample"], own["imputation"]], [numbers[where[0]], where[1]]):
            raise ValueError(f"{of}, {by}: the parts of the samples are not of one run")
        values[:, :, at] = own[["cost", "qaly"]].to_numpy().reshape(len(numbers), m, 2)
        status[:, at], reason[:, at] = (
            own[name].astype("object").to_numpy()[::m] for name in ("status", "reason")
        )
    return Samples(numbers, values, status, reason)
