"""`cesp export MODEL DIR`: a model's rows for R and Stata, and a script that fits it in R."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cesp_analysis import contracts
from cesp_analysis.errors import CespError, no_such, one_line
from cesp_analysis.schemas import Panel
from cesp_analysis.whole_files import replaced, write_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from cesp_analysis.export.script import Part
    from cesp_analysis.missing.sets import Sets

UNDATED = datetime(2000, 1, 1)
"""What the .dta says of when it was made, so that the same rows have the same bytes."""
MADE = ("rows.csv", "rows.dta", "estimates.csv", "check.R", "README.md")


def export(model: str, directory: Path, /, folder: Path = Path()) -> None:
    """Write the rows that MODEL is fitted to (CSV, .dta), its estimates and an R script to DIR."""
    spec = _spec_of(model, folder)
    _refuse_others(directory)
    panel = contracts.read(folder / "data/processed/panel.parquet", Panel)
    told = write_export(spec, panel, directory, _sets_of(spec, folder))
    print(f"{directory}: the rows of {model}; README.md there describes the files")
    for line in told:
        print(f"{directory}: {one_line(line)}")


def write_export(
    spec: Any, panel: "pd.DataFrame", directory: Path, sets: "Sets | None" = None
) -> list[str]:
    """Write what `export` writes, for a resolved model; sets: those of an imputed one. Returns a
    line for all that R cannot fit again."""
    from cesp_analysis.export.kinds import lines_of
    from cesp_analysis.export.left_out import left_out, nothing_of
    from cesp_analysis.export.readme import readme_of
    from cesp_analysis.export.script import script_of
    from cesp_analysis.export.tables import estimates_table, labels_of, rows_table

    by_set: Sequence[Sequence[Part]] = ()
    if sets is None:
        fit = spec.fit(panel)
        rows, labels = rows_table(spec, fit.checks), labels_of(spec, fit.checks)
        parts = [(check, lines_of(spec, check)) for check in fit.checks]
        estimates = estimates_table(fit)
    else:
        from cesp_analysis.export.imputed import exported

        made = exported(spec, panel, sets)
        fit, rows, labels, estimates = made.fit, made.rows, made.labels, made.estimates
        by_set, parts = made.parts, list(made.parts[0])
    nothing = nothing_of(spec, fit)
    contracts.write_csv(rows, directory / "rows.csv")
    contracts.write_csv(estimates, directory / "estimates.csv")
    title = f"{spec.context.study}: {spec.context.model}"
    _write_stata(rows, labels, title, directory / "rows.dta")
    write_text(script_of(title, parts, nothing, by_set), directory / "check.R")
    readme = readme_of(spec, fit, rows, labels, parts, nothing, len(by_set))
    write_text(readme, directory / "README.md")
    return list(left_out(fit, parts, nothing))


def _spec_of(model: str, folder: Path) -> Any:
    """The model's resolved spec."""
    from cesp_analysis.models.kinds import read_model
    from cesp_analysis.study import specs
    from cesp_analysis.study.read import read_study

    study = read_study(folder)
    if model not in study.models:
        raise CespError(f"config.yaml: models: {no_such('model', model, list(study.models))}")
    return read_model(specs.model(study, model))


def _sets_of(spec: Any, folder: Path) -> "Sets | None":
    """The imputed sets that a model is fitted to; None if it is not imputed."""
    if not spec.missing_data:
        return None
    from cesp_analysis.missing.sets import read_sets
    from cesp_analysis.missing.specs import SETS

    return read_sets([folder / path for path in SETS], spec.context.sets)


def _refuse_others(directory: Path) -> None:
    """A folder with other files in it is not written to."""
    if directory.exists() and not directory.is_dir():
        raise CespError(f"{directory}: is a file; name a folder to write to")
    others = sorted(path.name for path in directory.glob("*") if path.name not in MADE)
    if others:
        raise CespError(f"{directory}: holds other files ({others[0]}, …); name a new folder")


def _write_stata(rows: "pd.DataFrame", labels: dict[str, str], title: str, path: Path) -> None:
    """Stata 14's format: names of at most 32 characters, labels of at most 80."""
    names = [str(name) for name in rows]
    text = [name for name in names if rows[name].dtype.kind == "O"]
    plain = rows.astype(dict.fromkeys(text, object)).fillna(dict.fromkeys(text, ""))
    coded: dict[Any, dict[float, str]] = {"arm": {0: "control", 1: "intervention"}}
    with replaced(path) as part:
        plain.to_stata(
            part,
            write_index=False,
            version=118,
            time_stamp=UNDATED,
            data_label=title[:80],
            variable_labels={name: labels[name][:80] for name in names},
            value_labels=coded if len(rows) else None,
        )
