"""Which files of people rates are made from beside those that they name."""

from typing import Any

from cesp_analysis.study.specs import instruments
from cesp_analysis.study.study import Study
from cesp_analysis.study.subset_rules import files_of


def holding(study: Study) -> dict[str, list[str]]:
    """What rates of people at a time are parted by → the files of people that hold it."""
    return {
        rate.values_of: files_of(study, rate.values_of)
        for rate in (study.feasibility.rates.values() if study.feasibility else ())
        if rate.values_of and rate.denominator and rate.denominator.time
    }


def questionnaires(study: Study) -> dict[str, dict[str, Any]]:
    """Instrument → its items that every record must have, and the files of people with it."""
    known, found = instruments(study), dict[str, dict[str, Any]]()
    for name, file in study.files.items():
        if file.level == "person" and file.time is not None:
            for instrument in file.instruments:
                items = {i.code: i.label for i in known[instrument].items if not i.optional}
                told = found.setdefault(instrument, {"items": items, "files": []})
                told["files"].append(name)
    return found
