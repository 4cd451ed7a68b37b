"""What an equation's columns tell of how many people answered."""

from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure.equations import whole_equations
from cesp_analysis.disclosure.tables import TABLES
from cesp_analysis.missing.leaving_out import CUT


def test_an_equation_that_was_cut_leaves_without_its_columns() -> None:
    cut = {"predictors": "a | b", "n_predictors": 2, "warnings": f"7 people answered, 9 {CUT}: …"}
    whole = {"predictors": "a | b", "n_predictors": 2, "warnings": None}
    effects = {"predictors": "a | b", "warnings": cut["warnings"]}
    assert whole_equations([cut, whole, effects], Disclosure()) == [
        cut | {"predictors": None, "n_predictors": None}, whole, effects | {"predictors": None},
    ]  # fmt: skip


def test_both_tables_of_imputations_do_so() -> None:
    for name in ("imputation", "economics_imputation"):
        assert TABLES[name].prepared is whole_equations
