"""Which files hold visits that compete with each other: those that answer the same question."""

from cesp_analysis.declared.files import RawFile
from cesp_analysis.declared.outcomes import Measured
from cesp_analysis.study.study import Study


def seen_together(study: Study) -> list[list[str]]:
    """Groups of files whose visits get their times from windows and that hold an outcome or
    covariate in common, directly or through a third; a file by itself is in none."""
    files = {
        name: file.with_form(study.forms)
        for name, file in study.files.items()
        if file.time is not None and file.time.by is not None
    }
    measures = [*study.outcomes.values(), *study.covariates.values()]
    groups: list[set[str]] = []
    for entry in measures:
        holding = {name for name, file in files.items() if _holds(file, entry)}
        apart = [group for group in groups if not group & holding]
        groups = [*apart, holding.union(*(group for group in groups if group & holding))]
    order = list(files)
    return sorted(sorted(group, key=order.index) for group in groups if len(group) > 1)


def _holds(file: RawFile, entry: Measured) -> bool:
    if file.level != entry.level:
        return False
    if entry.score is not None:
        return entry.score.rpartition(".")[0] in file.instruments
    return entry.source in file.variables or entry.source in file.derived
