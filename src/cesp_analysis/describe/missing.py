"""The step `missing`: where values are missing, in which patterns, and of whom."""

from pathlib import Path

import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.describe.missing_asked import MissingSpec
from cesp_analysis.describe.missing_counts import counts
from cesp_analysis.describe.missing_patterns import pattern_rows, places_of
from cesp_analysis.describe.missing_predictors import predictor_rows
from cesp_analysis.describe.tables import Missing, MissingPatterns, MissingPredictors
from cesp_analysis.given import hold
from cesp_analysis.instruments.types import read_instrument
from cesp_analysis.panel.groups import by_group
from cesp_analysis.panel.item_answers import answers_of
from cesp_analysis.schemas import Events, Panel


def missing(
    spec: str,
    panel: Path,
    events: Path,
    records: Path,
    out: Path,
    patterns: Path,
    predictors: Path,
    checksums: str = "",
) -> None:
    """Count missing values by group, time, instrument and item; patterns; who differs how.

    `checksums`: of the study's own instruments, see given.py.
    """
    hold(checksums)
    how = MissingSpec.model_validate_json(spec)
    known = {name: read_instrument(place) for name, place in how.instruments.items()}
    answers = answers_of(records, how.files, known)
    table = by_group(contracts.read(panel, Panel))
    contracts.write(counts(table, answers, known, how), out, Missing)
    places = places_of(table, contracts.read(events, Events), how)
    rows = list(pattern_rows(places))
    found = pd.DataFrame(rows, columns=list(MissingPatterns.columns()))
    contracts.write(found, patterns, MissingPatterns)
    rows = list(predictor_rows(table, places, how))
    found = pd.DataFrame(rows, columns=list(MissingPredictors.columns()))
    contracts.write(found, predictors, MissingPredictors)
