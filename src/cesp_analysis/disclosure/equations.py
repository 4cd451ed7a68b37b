"""Equations of an imputation before they leave."""

from cesp_analysis.columns import Row
from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.missing.leaving_out import CUT


def whole_equations(rows: list[Row], how: Disclosure) -> list[Row]:
    """Rows without the columns of an equation that has a third as many as people answered: their
    number would tell how many did not, within two."""
    names = ("predictors", "n_predictors")
    return [
        row | {name: None for name in names if name in row}
        if CUT in (row["warnings"] or "")
        else row
        for row in rows
    ]
