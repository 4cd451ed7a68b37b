"""One word a set: what config.yaml may say is what tables hold, and each word has its label."""

import pytest

from cesp_analysis.analysis_plan.tables import SpecificationCurve
from cesp_analysis.declared.analysis_sets import SETS, set_label, set_words
from cesp_analysis.few_sites.tables import Bracket
from cesp_analysis.models.did import Did
from cesp_analysis.models.results import Estimate
from cesp_analysis.models.spec import ModelSpec
from cesp_analysis.schemas import Estimates


@pytest.mark.parametrize("table", [Bracket, Estimates, SpecificationCurve])
def test_tables_name_the_words_of_config(table: type[Bracket]) -> None:
    about = table.columns()["analysis_set"].about
    assert [name for name in SETS if name not in about] == []
    assert ModelSpec.model_json_schema()["properties"]["analysis_set"]["enum"] == list(SETS)


def test_an_estimate_s_set_is_a_model_s_by_default() -> None:
    default = Did.model_fields["analysis_set"].default
    assert default == next(iter(SETS))
    assert default == Estimate.__dataclass_fields__["analysis_set"].default


@pytest.mark.parametrize(
    ("chosen", "level", "label", "whole"),
    [
        ("all_recruited", "person", "All recruited", ""),
        ("all_recruited", "respondent", "All respondents", ""),
        ("observed", "person", "Observed at each time used", ""),
        (
            "without_contaminated_controls",
            "person",
            "Without contaminated controls",
            " (selected after baseline)",
        ),
    ],
)
def test_labels(chosen: str, level: str, label: str, whole: str) -> None:
    assert (set_label(chosen, level), set_words(chosen, level)) == (label, label + whole)
