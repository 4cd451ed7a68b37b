"""Categories in no order: the multinomial logit, and that what is imputed predicts others."""

from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm

from cesp_analysis import contracts
from cesp_analysis.missing.chained import impute
from cesp_analysis.missing.nominal import score_and_information
from cesp_analysis.missing.plan import planned
from cesp_analysis.missing.recipe import Column, Passive, Recipe, indicators, product
from cesp_analysis.missing.tables import ImputedCovariates
from cesp_analysis.schemas import Estimates
from imputed_study import imputed, imputed_study, summary, table
from small_study import Ran, Study

LEVELS = ("alone", "couple", "family")


def kinds(n: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Codes 0 to 2 in no order, and a value which is 0, 6 and 2 in them, plus noise of 1."""
    rng = np.random.default_rng(seed)
    code = rng.integers(0, 3, n).astype(float)
    return code, np.array([0.0, 6.0, 2.0])[code.astype(int)] + rng.normal(size=n)


def recipe(*others: Column, **more: object) -> Recipe:
    columns = (Column("kind", "nominal"), *others)
    return Recipe(columns, passive=indicators("kind", LEVELS), **more)  # type: ignore[arg-type]


def test_the_likelihood_is_that_of_statsmodels() -> None:
    """At its maximum the score is nothing, and the information is minus the Hessian."""
    rng = np.random.default_rng(2)
    x, (code, _) = rng.normal(size=(90, 2)), kinds(90)
    model = sm.MNLogit(code, sm.add_constant(x))
    fit = model.fit(disp=False, method="newton", tol=1e-12)
    theta = np.concatenate([fit.params[0], fit.params[1:].T.ravel()])[None]
    score, information = score_and_information(theta, x[None], code.astype(int), 2)
    assert np.abs(score).max() < 1e-8
    order = [0, 3, 1, 2, 4, 5]  # statsmodels: category by category, the level first
    hessian = np.asarray(model.hessian(fit.params))
    assert information[0] == pytest.approx(-hessian[np.ix_(order, order)], rel=1e-9, abs=1e-9)


def test_shares_of_categories_and_their_spread() -> None:
    """Nothing predicts: the posterior of shares with flat levels, near the multinomial's own."""
    rng = np.random.default_rng(3)
    code = rng.permutation(np.repeat([0.0, 1.0, 2.0], (60, 30, 10)))
    table_of = np.concatenate([code, np.full(100, np.nan)])[:, None]
    made = impute(table_of, recipe(), 2_000, seed=1)
    for value, share in enumerate((0.6, 0.3, 0.1)):
        own = (made.cells[0].values == value).mean(axis=1)
        assert own.mean() == pytest.approx(share, abs=0.015)  # of logs: the normal is not quite it
        # uncertain shares and drawn people: twice share (1 - share) / 100
        assert own.std() == pytest.approx(np.sqrt(2 * share * (1 - share) / 100), rel=0.12)


def test_what_is_imputed_predicts_and_is_predicted() -> None:
    code, y = kinds(400)
    rng = np.random.default_rng(4)
    true = code.copy()
    lost, gone = rng.random(400) < 0.25, rng.random(400) < 0.4
    values = np.column_stack([np.where(lost, np.nan, code), np.where(gone, np.nan, y)])
    made = impute(values, recipe(Column("y", "norm")), 40, seed=1)
    kind, score = made.cells
    here = ~gone[kind.rows]  # whose y is known: 6 is couple, and 0 and 2 are two errors apart
    hit = (kind.values == true[kind.rows])[:, here].mean(axis=0)
    assert hit[true[kind.rows][here] == 1].mean() > 0.9
    known = ~lost[score.rows]
    for value, mean in enumerate((0, 6, 2)):
        own = known & (true[score.rows] == value)
        assert score.values[:, own].mean() == pytest.approx(mean, abs=0.4)
        assert score.values[:, own].std() == pytest.approx(1, abs=0.2)  # not predicted: 2.7
    assert not made.refused and max(one.r_hat or 0 for one in made.traces) < 1.3


def test_what_says_what_a_column_is() -> None:
    """A number and its logarithm, both; of categories, whose codes are in no order, the indicators
    alone."""
    log = Passive("log x", ("x",), lambda x: np.asarray(np.log(x[..., 0])), stands_in=True)
    columns = (Column("x", "pmm"), Column("kind", "nominal"), Column("y", "norm"))
    recipe = Recipe(columns, passive=(log, *indicators("kind", LEVELS)))
    told = {one.name: [recipe.names[at] for at in recipe.places(one.name)] for one in columns}
    assert told == {"x": ["x", "log x"], "kind": list(recipe.names[4:]), "y": ["y"]}


def test_indicators_are_those_of_the_imputed_category_and_make_products() -> None:
    code, y = kinds(120)
    code[:30], y[20:50] = np.nan, np.nan
    age = np.random.default_rng(5).normal(size=120)
    own = recipe(Column("age"), Column("y", "norm"))
    passive = (*own.passive, product("kind[couple]", "age"), product("kind[family]", "age"))
    whole = Recipe(own.columns, passive=passive)
    made = impute(np.column_stack([code, age, y]), whole, 3, seed=1)
    table_of = made.completed(2)
    assert np.array_equal(table_of[:, 3], table_of[:, 0] == 1)
    assert np.array_equal(table_of[:, 5], (table_of[:, 0] == 1) * age)
    plan = planned(made.observed, whole, None)
    (target,) = [one for one in plan.targets if one.column.name == "y"]
    named = [whole.names[at - 1] for at in target.predictors if at]
    assert named == ["age", *(one.name for one in passive)]
    (target,) = [one for one in plan.targets if one.column.name == "kind"]
    assert [whole.names[at - 1] for at in target.predictors if at] == ["age", "y"]


def test_any_number_of_sets_at_once_is_the_same_to_the_bit() -> None:
    """With indicators, and beside a copy, whose people are drawn apart."""
    code, y = kinds(90)
    code[:25], y[20:45] = np.nan, np.nan
    own = recipe(Column("y", "two_level"), Column("z", "norm"), Column("k", "nominal"))
    values = np.column_stack([code, y, 2 * y + 1, code])
    values[22, 2] = values[23, 3] = 1.0
    whole, apart = (
        impute(values, own, 6, seed=1, clusters=np.arange(90) % 5, batch=batch) for batch in (6, 1)
    )
    for one, other in zip(whole.cells, apart.cells, strict=True):
        assert np.array_equal(one.values, other.values), one.column


def test_a_category_that_something_tells_and_one_of_a_single_person() -> None:
    code, y = kinds(90)
    clear = code * 10
    code[:20] = np.nan
    made = impute(np.column_stack([code, clear]), recipe(Column("clear")), 10, seed=1)
    assert (made.cells[0].values == clear[:20] / 10).mean() > 0.9
    assert "'clear' tells its categories apart without overlap" in made.warnings[0].text
    code[code == 2] = 0
    code[50] = 2
    made = impute(np.column_stack([code, y]), recipe(Column("y")), 50, seed=1)
    assert np.isfinite(made.completed(0)).all() and (made.cells[0].values == 2).mean() < 0.1


def study_of(folder: Path) -> Study:
    """Whom people live with, blank for some, is 8 points of the score."""
    study = imputed_study(folder, sets=10, most=10, iterations=6)
    rng = np.random.default_rng(6)
    register = str(study.files["people.csv"]).splitlines()
    words = [LEVELS[i] for i in rng.integers(0, 3, 80)]
    for time in ("start", "mid", "end"):
        head, *rows = str(study.files[f"{time}.csv"]).splitlines()
        cells = [row.split(",") for row in rows]
        for row in cells:
            row[2] = f"{float(row[2]) + 8 * (words[int(row[0][1:])] == 'couple'):.2f}"
        study.files[f"{time}.csv"] = "\n".join([head, *map(",".join, cells)]) + "\n"
    blank = [word if rng.random() < 0.8 else "" for word in words]
    lines = [f"{line},{word}" for line, word in zip(register[1:], blank, strict=True)]
    study.files["people.csv"] = "\n".join([f"{register[0]},with", *lines]) + "\n"
    variable = {"type": "category", "values": list(LEVELS)}
    study.config["files"]["people"]["variables"]["with"] = variable
    study.config["covariates"]["with"] = {
        "label": "Lives with", "variable": "with", "reference": "alone"
    }  # fmt: skip
    return study


def ran(study: Study) -> Ran:
    done = study.run("published")
    assert (done.status, done.shown) == (0, "")
    return done


def test_in_a_study_a_category_with_gaps_is_imputed_predicts_and_enters_models(
    tmp_path: Path,
) -> None:
    study = study_of(tmp_path)
    study.config["models"]["did"]["covariates"] = ["with"]
    done = ran(study)
    cells = table(done, "data/processed/imputed_covariates.parquet", ImputedCovariates)
    own = cells[cells["covariate"] == "with"]
    assert set(own["category"]) == set(LEVELS)
    blank = done.panel().drop_duplicates("unit")["with"].isna().sum()
    assert len(own) == 10 * blank > 50
    told = summary(done)
    kind, score = told[told["variable"] == "with"], told[told["variable"] == "score"]
    assert set(kind["method"]) == {"nominal"} and (kind["n_imputed"] == kind["n_missing"]).all()
    assert score["predictors"].str.contains("with[couple]", regex=False).all()
    path = done.folder / "results/models/did/estimates.csv"
    row = {one["estimate_id"]: one for one in contracts.rows(path, Estimates)}["did/score/end"]
    assert row["n_obs"] == 80 and f"imputed values of Lives with: {blank}" in row["warnings"]


def test_as_an_auxiliary_with_interactions(tmp_path: Path) -> None:
    study = study_of(tmp_path)
    own = study.config["missing_data"]["imputation"]
    own["auxiliaries"], own["interactions"] = ["with", "age"], [["age", "with"]]
    done = ran(study)
    told = summary(done)
    assert imputed(done)["value"].notna().all()
    products = told[told["kind"] == "interaction"]
    assert set(products["variable"]) == {"age:with"}
