"""What was imputed of costs and QALYs: the sentence on chains, and the cells of the table."""

from types import SimpleNamespace
from typing import Any

from cesp_analysis.declared.economics_words import EconomicsWords
from cesp_analysis.report.blocks import Paragraph, Table
from cesp_analysis.report.sections.economics_imputation import imputed_columns
from cesp_analysis.withheld import Withheld

WORDS = EconomicsWords(
    price_year="2023/24", value_set="England", thresholds=(20_000.0,),
    scenarios={"value set uk": "EQ-5D, UK", "departure worse": "Worse"},
)  # fmt: skip


def row(**own: Any) -> dict[str, Any]:
    return {
        "scenario": "base", "group": "here", "variable": "utility", "time": "end",
        "n_missing": 12, "n_in_part": 0, "n_own": 0, "share_missing": 0.3,
        "method": "norm", "n_predictors": 9, "r_hat": 1.0449,
        "drift": 0.61, "drift_limit": 3.5, "settled": "yes", "observed_low": -0.2,
        "observed_high": 1.0, "imputed_low": -0.5259, "imputed_high": 1.2, "n_values": 600,
        "n_impossible": 31, "reason": None,
    } | own  # fmt: skip


def shown(
    *rows: dict[str, Any], public: bool = False, services: dict[str, str] | None = None
) -> tuple[str, Table | None]:
    words = SimpleNamespace(
        economics=WORDS.model_copy(update={"services": services or {}}),
        outcomes={
            name: SimpleNamespace(label=f"{name.capitalize()} as an outcome")
            for name in ("wellbeing", "utility", "qalys", "cost")
        },
        covariates={"age": SimpleNamespace(label="Age")},
        group=lambda name: name.capitalize(),
        moment=lambda name: SimpleNamespace(label=f"the {name}"),
    )
    results: Any = SimpleNamespace(words=words, economics_imputation=list(rows), public=public)
    blocks = list(imputed_columns(results))
    texts = [block.text for block in blocks if isinstance(block, Paragraph)]
    tables = [block for block in blocks if isinstance(block, Table)]
    return " ".join(texts), tables[0] if tables else None


def cells(*rows: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    _, table = shown(*rows)
    assert table is not None
    lines = [(group.title, line) for group in table.groups for line in group.rows]
    assert all(len(line.cells) == len(table.columns) for _, line in lines)
    return {f"{title}|{line.stub}": line.cells for title, line in lines}


def test_a_cost_of_which_nothing_was_drawn_is_not_called_matched() -> None:
    own = row(
        variable="cost", n_in_part=12, n_own=12, method="own", n_predictors=0, settled=None,
        r_hat=None, drift=None, drift_limit=None,
    )  # fmt: skip
    (found,) = cells(own).values()
    assert found[:2] == ("12 (30%), 12 in part, 12 as own mean", "own mean, nothing drawn")
    text, table = shown(own)
    assert text.startswith("Nothing was drawn") and table is not None
    assert "As own mean: who gave other rows" in table.notes[0].text
    text, table = shown(own, row())
    assert "The chains of all 1 columns" in text
    assert "As own mean" not in shown(row())[1].notes[0].text  # type: ignore[union-attr]


def test_a_cost_that_is_known_in_part_is_said_to_be_nobodys_as_a_whole() -> None:
    for n, told in ((0, False), (5, True)):
        table = shown(row(variable="cost", n_in_part=n))[1]
        assert table is not None
        assert ("12 (30%), 5 in part" in table.groups[0].rows[0].cells) == told
        assert ("such a cost need be nobody's as a whole" in table.notes[0].text) == told


def test_each_column_with_its_chains_and_spans() -> None:
    found = cells(
        row(),
        row(variable="cost", method="pmm", observed_low=0.0, observed_high=23819.7,
            imputed_low=0.0, imputed_high=8530.3, n_impossible=0),
        row(group="there", variable="age", time=None, n_impossible=None, observed_low=18.0,
            observed_high=93.0, imputed_low=20.5, imputed_high=84.0),
    )  # fmt: skip
    assert found["Here|Utility at the end"] == (
        "12 (30%)", "normal (9)", "1.04", "0.6 (3.5)", "−0.20 to 1.00", "−0.53 to 1.20",
        "5.2%",
    )  # fmt: skip
    assert found["Here|Costs at the end"][1] == "matched (9)"
    assert found["Here|Costs at the end"][4:] == ("0 to 23,820", "0 to 8,530", "0.0%")
    assert found["There|Age"][4:] == ("18.0 to 93.0", "20.5 to 84.0", "–")


def test_auxiliaries_and_other_scenarios_stand_in_the_csv() -> None:
    text, table = shown(row(), row(variable="wellbeing"), row(scenario="value set uk"))
    assert table is not None and sum(len(group.rows) for group in table.groups) == 1
    assert text == (
        "Beside the base case, tables were completed for: EQ-5D, UK. The chains of all 3 columns"
        " (each arm's counted by itself) have settled."
    )


def test_chains_that_have_not_settled_are_named() -> None:
    text, _ = shown(row(), row(scenario="value set uk", variable="cost", settled="no"))
    assert text.endswith(
        "The chains of 1 of 2 columns (each arm's counted by itself) have not settled: costs at the"
        " end (EQ-5D, UK, here);"
        " warnings of the CSV say by how much."
    )


def test_one_pass_has_no_chains() -> None:
    once = row(r_hat=None, drift=None, drift_limit=None, settled=None)
    text, table = shown(once)
    assert "one pass filled them" in text and table is not None and len(table.columns) == 5
    assert "R-hat" not in table.notes[0].text


def test_a_column_whose_gaps_stay_says_why() -> None:
    _, table = shown(
        row(method=None, n_predictors=0, imputed_low=None, imputed_high=None, n_impossible=None,
            reason="3 answered it, too few to impute it from")
    )  # fmt: skip
    assert table is not None
    assert table.groups[0].rows[0].cells[1] == "not imputed"
    assert table.notes[1].text == "3 answered it, too few to impute it from."


def test_what_leaves_the_team_has_no_single_values() -> None:
    single = ("n_missing", "n_in_part", "share_missing", "observed_low", "n_values")
    blank = dict.fromkeys(single, Withheld())
    _, table = shown(row(**blank), public=True)
    assert table is not None
    assert [one.header for one in table.columns] == [
        "Equation", "R\u2011hat", "Drift (limit)",
    ]  # fmt: skip
    assert table.groups[0].rows[0].cells == ("normal (9)", "1.04", "0.6 (3.5)")
    assert "Cannot be" not in table.notes[0].text


def test_where_nobody_lacks_anything_nothing_is_said() -> None:
    assert shown() == ("", None)


def test_what_the_intervention_took_is_said_to_be_no_part_of_imputed_costs() -> None:
    """In a study that prices an intervention, and in no other."""
    said = "what the intervention is known to have taken of a person is added"
    for services, there in (({}, False), ({"intervention.time": "CESP"}, True)):
        _, table = shown(row(), services=services)
        assert table is not None and (said in table.notes[0].text) == there
