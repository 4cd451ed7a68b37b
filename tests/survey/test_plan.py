"""The analysis plan holds how respondents are weighted, networks and figures from outside."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cesp_analysis.analysis_plan.canonical import plan_of
from cesp_analysis.analysis_plan.content import content_of
from cesp_analysis.analysis_plan.reading import _rows as margin_rows
from cesp_analysis.study.read import read_study
from generated_survey import margins_text, study_of
from network_records import study as network_study
from small_study import Study


def content(study: Study) -> str | None:
    study.write()
    return content_of(plan_of(read_study(study.folder), study.folder), "survey", "y")


def _people(study: Study) -> None:
    text = margins_text().replace("w1,age,young,420", "w1,age,young,400")
    text = text.replace("w1,age,old,250", "w1,age,old,270")
    (study.folder / "margins.csv").write_text(text)


def _lines(study: Study) -> None:
    head, *rows = margins_text().splitlines()
    (study.folder / "margins.csv").write_text("\n".join([head, *rows[::-1], ""]))


CHANGES: dict[str, tuple[Callable[[Study], object], bool]] = {
    "method": (lambda s: s.config["surveys"]["weights"].update(method="calibrate"), True),
    "limits": (lambda s: s.config["surveys"]["weights"].update(trim={"high": 3}), True),
    "people": (_people, True),
    "bands": (
        lambda s: s.config["files"]["survey"]["variables"]["age"].update(missing=["old"]), True
    ),
    "order of lines": (_lines, False),
    "labels": (lambda s: s.config["covariates"]["age"].update(label="Age group"), False),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_what_decides_on_weights_decides_on_estimates(name: str, tmp_path: Path) -> None:
    study = study_of(tmp_path)
    before = content(study)
    change, counts = CHANGES[name]
    change(study)
    assert before is not None and (content(study) != before) == counts


def _named(study: Study) -> dict[str, str | None]:
    study.write()
    plan = plan_of(read_study(study.folder), study.folder)
    return {outcome: content_of(plan, "named", outcome) for outcome in ("degree", "trust")}


NETWORKS: dict[str, Callable[[Study], object]] = {
    "asked": lambda s: s.config["networks"].update(asked=["w1", "w2", "w3"]),
    "answered": lambda s: s.config["networks"].pop("answered"),
    "kinds": lambda s: s.config["files"]["ties"]["variables"]["what"].update(
        values={"person": "person", "group": "organisation", "organisation": "organisation"}
    ),
    "which ties": lambda s: s.config["files"]["ties"].update(left_out={"what": ["person"]}),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_what_decides_on_networks_decides_on_their_outcomes_alone(
    name: str, tmp_path: Path
) -> None:
    study = network_study(tmp_path, asked=["w1", "w2"])
    study.config["waves"]["w3"] = {"label": "w3", "position": 2}
    study.config["outcomes"]["degree"]["times"] = ["w1", "w2"]
    study.config["outcomes"]["trust"] = {
        "label": "Trust", "level": "respondent", "variable": "trust", "unit": "points",
        "direction": "higher_is_better", "times": ["w1", "w2"],
    }  # fmt: skip
    study.config["models"]["named"] = {
        "kind": "did", "level": "respondent", "design": "cross_sections",
        "times": ["w1", "w2"], "outcomes": ["degree", "trust"],
    }  # fmt: skip
    before = _named(study)
    NETWORKS[name](study)
    after = _named(study)
    assert before["degree"] is not None and before["trust"] is not None
    assert before["degree"] != after["degree"] and before["trust"] == after["trust"]


FIGURES = "authority,period,series,value,other\n" + "".join(
    f"{place},{year},{series},{at}.5,{at}.25\n"
    for place in "NS" for series in ("s", "t") for at, year in enumerate((2019, 2020, 2021))
)  # fmt: skip


def _outside(study: Study) -> str | None:
    study.write()
    return content_of(plan_of(read_study(study.folder), study.folder), "survey", "y")


def _figure(series: str) -> Callable[[Study], object]:
    text = FIGURES.replace(f"N,2020,{series},1.5", f"N,2020,{series},1.6")
    return lambda s: (s.folder / "figures.csv").write_text(text, encoding="utf-8")


EXTERNAL: dict[str, tuple[Callable[[Study], object], bool]] = {
    "over": (lambda s: s.config["external"]["a"].update(over=2), True),
    "before": (lambda s: s.config["external"]["a"].update(before=2020), True),
    "authorities": (
        lambda s: s.config["external"]["a"].update(authorities={"north": "S", "south": "N"}), True
    ),
    "columns": (lambda s: s.config["external"]["a"].update(columns={"value": "other"}), True),
    "figures": (_figure("s"), True),
    "figures of another series": (_figure("t"), False),
    "source": (lambda s: s.config["external"]["a"].update(source="y"), False),
}  # fmt: skip


@pytest.mark.parametrize("name", EXTERNAL)
def test_figures_that_a_divergence_is_taken_from_count(name: str, tmp_path: Path) -> None:
    study = study_of(tmp_path)
    (tmp_path / "figures.csv").write_text(FIGURES, encoding="utf-8")
    study.config["external"] = {"a": {
        "path": "figures.csv", "source": "x", "authorities": {"north": "N", "south": "S"},
        "series": {"s": {"label": "S"}, "t": {"label": "T"}}, "before": 2021,
    }}  # fmt: skip
    study.config["few_sites"] = {"divergences": {"y": {"series": "a.s"}}}
    before = _outside(study)
    change, counts = EXTERNAL[name]
    change(study)
    assert before is not None and (_outside(study) != before) == counts


def test_lines_of_margins_that_are_too_long_or_too_short_have_a_place_too(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text("sex,population\nf,1\nf,1,2\nf\n", encoding="utf-8")
    rows = margin_rows(path)
    assert sorted(row["population"] for row in rows) == ["", "1", "1"]
    assert sum("" in row for row in rows) == 1
