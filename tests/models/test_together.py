"""Several models in one word of a command."""

import json

from cesp_analysis.models.spec import resolved_json
from cesp_analysis.models.together import read_together, told_of
from cesp_analysis.pipeline import opened

LONGEST = 131_072
"""Bytes of one word of a command on Linux (MAX_ARG_STRLEN)."""


def test_what_all_models_see_alike_stands_once_and_is_read_back() -> None:
    models = opened(".").models
    told = told_of(models)
    assert {"sites", "arms", "ci_level"} <= set(told["seen_by_all"])
    assert not any(set(told["seen_by_all"]) & set(one["study"]) for one in told["models"].values())
    back = read_together(json.loads(json.dumps(told)))
    assert {n: resolved_json(m) for n, m in back.items()} == {
        n: resolved_json(m) for n, m in models.items()
    }


def test_a_part_that_one_model_sees_otherwise_stays_with_each() -> None:
    first, other = list(opened(".").models.values())[:2]
    named = {one.context.model for one in (first, other)}
    told = told_of({"first": first, "other": other})
    assert len(named) == 2 and "model" not in told["seen_by_all"]
    assert {one["study"]["model"] for one in told["models"].values()} == named


def test_models_of_many_sites_fit_into_one_word() -> None:
    models = opened(".").models
    site = next(iter(models.values())).context.sites[0]
    many = tuple(site.model_copy(update={"name": f"place_{k:03}"}) for k in range(500))
    grown = {
        name: model.model_copy(update={"study": model.context.model_copy(update={"sites": many})})
        for name, model in models.items()
    }
    written = sum(len(resolved_json(model)) for model in grown.values())
    assert len(json.dumps(told_of(grown)).encode()) < LONGEST < written


def test_no_model_is_no_model() -> None:
    assert read_together(told_of({})) == {}
