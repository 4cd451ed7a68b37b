"""What the data dictionary is told of the study."""

from cesp_analysis.declared.as_data import as_json, as_set
from cesp_analysis.declared.networks import SCORES as NETWORK_SCORES
from cesp_analysis.study.specs import instruments, items_as_data
from cesp_analysis.study.study import Study


def dictionary_spec(study: Study) -> str:
    """The files, and which outcomes and covariates are read from each variable or item
    (instrument.item)."""
    used: dict[str, dict[str, list[str]]] = {}
    known = instruments(study)
    for entries in (study.outcomes, study.covariates):
        for name, entry in entries.items():
            words = [entry.source]
            if entry.score in NETWORK_SCORES and study.networks:
                used.setdefault("other", {}).setdefault(study.networks.alter, []).append(name)
                continue
            if entry.score is not None:
                instrument, _, code = entry.score.rpartition(".")
                own = next((one for one in known[instrument].scores if one.code == code), None)
                digits = [item.code for item in known[instrument].digits()]  # of a value set
                words = [f"{instrument}.{item}" for item in (own.items if own else digits)]
            for word in words:
                used.setdefault(entry.level, {}).setdefault(word, []).append(name)
    return as_json(
        {
            "files": {name: as_set(file) for name, file in study.files.items()},
            "items": items_as_data(study),
            "used": used,
        }
    )
