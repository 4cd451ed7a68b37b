"""The lock: the same plan however it is written, what changed and when, a file that was edited."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from cesp_analysis import instruments as shipped
from cesp_analysis.analysis_plan import specs as plan_specs
from cesp_analysis.analysis_plan.canonical import plan_of
from cesp_analysis.analysis_plan.content import Plan, content_of, fingerprint
from cesp_analysis.analysis_plan.formats import FORMAT, comparable, not_held
from cesp_analysis.analysis_plan.lock_file import LOCK, Lock, changes, read_locks, sealed
from cesp_analysis.analysis_plan.received import called, first_received
from cesp_analysis.analysis_plan.standing import (
    curve_standing,
    estimand_standing,
    family_standing,
    holding,
    measurement_standing,
    standing,
    withdrawn,
)
from cesp_analysis.analysis_plan.words import since_locked
from cesp_analysis.cli import main
from cesp_analysis.declared.surveys import Response, Surveys, Trim, Weights
from cesp_analysis.declared.wording import Wording
from cesp_analysis.errors import CespError
from cesp_analysis.measurement import specs as measurement_specs
from cesp_analysis.report.blocks import Callout
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.plan import plan as plan_section
from cesp_analysis.report.wording_spec import wording_spec
from cesp_analysis.study.read import read_study
from small_study import Study, inside

ROOT = Path(__file__).resolve().parents[2]


def declared(study: Study) -> None:
    """A plan: an estimand, a family, a curve."""
    study.config["estimands"] = {
        "aim": {
            "label": "Score after",
            "population": "everybody",
            "treatment": "new against usual",
            "variable": {"outcome": "score", "time": "after"},
            "summary_measure": "difference in mean change",
        }
    }
    study.config["models"]["did"]["estimand"] = "aim"
    study.config["analysis_plan"] = {
        "families": {"main": {"label": "Main", "estimates": ["did/score/after"]}},
        "specification_curve": {
            "outcomes": ["score"],
            "times": ["after"],
            "models": ["did"],
            "covariates": {"none": [], "age": ["age"]},
        },
    }


def print_of(study: Study) -> str:
    """The fingerprint of a study's plan."""
    study.write()
    return fingerprint(plan_of(read_study(study.folder), study.folder))


def locked(study: Study, *words: str) -> tuple[int, str]:
    """`cesp lock-plan` in the study's folder: status and what stands in the terminal."""
    study.write()
    with inside(study.folder):
        return main(["lock-plan", *words]), ""


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """The tiny study with a plan."""
    study = Study(tmp_path)
    declared(study)
    return study


def test_order_comments_labels_and_defaults_do_not_count(study: Study) -> None:
    before = print_of(study)
    study.config["models"]["did"] |= {"label": "Other words", "covariance": "HC2"}  # the default
    study.config["models"]["did"]["estimand"] = ["aim"]
    study.config["outcomes"]["score"] |= {"label": "Another", "decimals": 1}
    study.config["outcomes"] = dict(reversed(study.config["outcomes"].items()))
    study.config["models"]["did"]["outcomes"] = list(study.config["models"]["did"]["outcomes"])
    study.config = dict(reversed(study.config.items()))
    text = yaml.safe_dump(study.config, sort_keys=False)
    study.config_text = "# a comment\n" + text.replace("outcomes:\n", "outcomes: # another\n")
    assert print_of(study) == before


@pytest.mark.parametrize(
    "change",
    [
        lambda config: config["models"]["did"].update(covariates=["age"]),
        lambda config: config["models"]["did"].update(analysis_set="observed"),
        lambda config: config["outcomes"]["score"].update(role="secondary"),
        lambda config: config["outcomes"]["score"].update(mid={"value": 1, "source": "x"}),
        lambda config: config["times"]["after"].update(position=7),
        lambda config: config["study"].update(ci_level=0.9),
        lambda config: config["study"].update(seed=2),
        lambda config: config.update(surveys={"neighbourhoods": "all"}),
        lambda config: config["files"]["after"].update(last_line=4),
        lambda config: config["files"]["after"].update(header={"skip": 1}),
        lambda config: config["files"]["after"].update(header={"rows": 2}),
        lambda config: config["files"]["after"].update(decimal=","),
        lambda config: config["files"]["after"].update(item_values={"ucla3": {"Often": 3}}),
        lambda config: config["files"]["after"]["date"].update(format="%Y-%d-%m"),
        lambda config: config["files"]["after"]["date"].update(format=["%m/%d/%Y"]),
        lambda config: config["study"].update(period=["2023-06-01", "2025-12-31"]),
        lambda config: config["estimands"]["aim"].update(population="some"),
        lambda config: config["analysis_plan"].pop("families"),
        lambda config: config["analysis_plan"]["specification_curve"]["covariates"].pop("age"),
    ],
)
def test_what_decides_on_numbers_counts(study: Study, change: Any) -> None:
    before = print_of(study)
    change(study.config)
    assert print_of(study) != before


def test_how_a_date_is_written_counts_where_it_is_read(study: Study) -> None:
    """3 April and 4 March are both dates: the format decides which."""
    own = study.config["files"]["people"]
    own["variables"] |= {
        name: {"type": "date", "column": "age", "format": ["%d/%m/%Y", "excel"]}
        for name in ("referred", "started")
    }
    own["derived"] = {"wait": {"days_between": ["referred", "started"]}}
    study.config["covariates"]["wait"] = {"label": "Wait", "variable": "wait"}
    before = print_of(study)
    own["variables"]["referred"]["format"] = ["%m/%d/%Y", "excel"]
    assert print_of(study) != before


def test_labels_of_cut_points_keep_their_order(study: Study) -> None:
    cut = {"source": "age", "cuts": [40], "labels": ["young", "old"]}
    study.config["files"]["people"]["derived"] = {"band": cut}
    study.config["covariates"]["band"] = {"label": "Band", "variable": "band"}
    before = print_of(study)
    cut["labels"] = ["old", "young"]
    assert print_of(study) != before


def test_a_derived_outcome_s_expression_counts(study: Study) -> None:
    study.config["files"]["after"]["derived"] = {"high": {"expression": "score > 20"}}
    study.config["files"]["before"]["derived"] = {"high": {"expression": "score > 20"}}
    outcome = {"label": "High", "variable": "high", "unit": "share", "direction": "neither"}
    study.config["outcomes"]["high"] = outcome
    before = print_of(study)
    study.config["files"]["after"]["derived"]["high"]["expression"] = "score > 21"
    assert print_of(study) != before


def test_a_lock_is_the_same_bytes_and_reads_back(study: Study) -> None:
    assert locked(study, "--date", "2026-01-15")[0] == 0
    path = study.folder / LOCK
    first = path.read_bytes()
    path.unlink()
    assert locked(study, "--date", "2026-01-15")[0] == 0
    assert path.read_bytes() == first
    (lock,) = read_locks(path)
    assert (lock.date, lock.reason, lock.format) == ("2026-01-15", "", FORMAT)
    assert fingerprint(lock.plan) == print_of(study)
    assert lock.sha256 == sealed(lock, None) != sealed(replace(lock, date="2026-01-16"), None)


def test_a_second_lock_needs_a_change_and_a_reason(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    assert locked(study, "--amend", "x")[0] == 1
    assert "there is no lock to amend" in capsys.readouterr().err
    assert locked(study, "--date", "2026-01-15")[0] == 0
    assert locked(study, "--date", "2026-02-01", "--amend", "x")[0] == 1
    assert "nothing to lock" in capsys.readouterr().err
    study.config["models"]["did"]["covariates"] = ["age"]
    assert locked(study, "--date", "2026-02-01")[0] == 1
    assert "say why: --amend" in capsys.readouterr().err
    assert locked(study, "--date", "2026-01-01", "--amend", "x")[0] == 1
    assert "an amendment cannot be of 2026-01-01" in capsys.readouterr().err
    assert locked(study, "--date", "1 Feb", "--amend", "x")[0] == 1
    assert "write a date as YYYY-MM-DD" in capsys.readouterr().err
    assert locked(study, "--date", "2026-02-01", "--amend", "referees")[0] == 0
    assert [lock.reason for lock in read_locks(study.folder / LOCK)] == ["", "referees"]
    assert "models: did: covariates" in capsys.readouterr().out


def test_a_draft_is_not_locked(study: Study, capsys: pytest.CaptureFixture[str]) -> None:
    study.config["study"]["draft"] = True
    assert locked(study)[0] == 1
    assert "a draft leaves things open" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda data: data["locks"][0]["plan"]["models"]["did"].update(kind="x"), "sha256 differs"),
        (lambda data: data["locks"][0].pop("date"), "is no lock as cesp lock-plan writes it"),
        (lambda data: data["locks"][0].update(date="soon"), "is no lock as cesp lock-plan"),
        (lambda data: data["locks"].clear(), "its dates are not in order"),
        (lambda data: data["locks"][0].update(date="2025-01-15"), "sha256 differs"),
        (lambda data: data["locks"][0].update(reason="none"), "sha256 differs"),
        (lambda data: data["locks"][0].update(format="4"), "is no lock as cesp lock-plan"),
    ],
)
def test_an_edited_lock_stops_in_a_line(study: Study, edit: Any, said: str) -> None:
    assert locked(study, "--date", "2026-01-15")[0] == 0
    path = study.folder / LOCK
    data = json.loads(path.read_text(encoding="utf-8"))
    edit(data)
    path.write_text(json.dumps(data), encoding="utf-8")
    ran = study.run()
    assert ran.status == 1 and len(ran.lines) == 1
    assert said in ran.shown and "restore it from version control" in ran.shown


def test_an_amended_lock_keeps_the_one_before_it(study: Study) -> None:
    """Neither the first lock's date nor an amendment's reason can be rewritten, nor one dropped."""
    assert locked(study, "--date", "2026-01-15")[0] == 0
    study.config["models"]["did"]["covariates"] = ["age"]
    assert locked(study, "--date", "2026-02-01", "--amend", "referees")[0] == 0
    path = study.folder / LOCK
    whole = path.read_text(encoding="utf-8")
    assert len(read_locks(path)) == 2
    edits: tuple[Callable[[list[Any]], Any], ...] = (
        lambda locks: locks[0].update(date="2025-01-15"),
        lambda locks: locks[1].update(reason="a slip"),
        lambda locks: locks.pop(0),
    )
    for edit in edits:
        data = json.loads(whole)
        edit(data["locks"])
        path.write_text(json.dumps(data), encoding="utf-8")
        with pytest.raises(CespError, match="not as it was written then"):
            read_locks(path)


def test_a_lock_of_a_later_version_is_a_line(study: Study) -> None:
    assert locked(study, "--date", "2026-01-15")[0] == 0
    path = study.folder / LOCK
    data = json.loads(path.read_text(encoding="utf-8"))
    data["locks"][0]["format"] = FORMAT + 1
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(CespError, match="written by a later version of the pipeline"):
        read_locks(path)


def earlier(plan: Plan, number: int) -> Plan:
    """A plan as an earlier version wrote it down: see analysis_plan/formats.py."""
    old: Plan = json.loads(json.dumps(plan))
    old.pop("measurement", None)
    if number < 5:
        old["design"].pop("surveys", None)
    if number < 4:
        del old["defaults"], old["design"]["period"]
        for how in old["records"].values():
            how.pop("date", None)
    if number < 3:
        del old["design"]["seed"]
    if number < 2:
        del old["variables"], old["records"]
        old["derived"] = {"forms.gone.high": {"expression": "1"}}  # what was read alone stood there
    return old


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_a_lock_of_an_earlier_version_is_compared_in_what_it_holds(
    study: Study, number: int, capsys: pytest.CaptureFixture[str]
) -> None:
    study.config["surveys"] = {"neighbourhoods": "all"}
    study.config["measurement"] = {"candidates": ["score"]}
    study.write()
    now = plan_of(read_study(study.folder), study.folder)
    old = earlier(now, number)
    entry = {"date": "2026-01-15", "reason": "", "sha256": fingerprint(old), "plan": old}
    if number > 3:
        kept = Lock("2026-01-15", "", "", old, number)
        entry |= {"format": number, "sha256": sealed(kept, None)}
    path = study.folder / LOCK
    path.write_text(json.dumps({"locks": [entry]}), encoding="utf-8")
    locks = read_locks(path)
    (lock,) = locks
    assert lock.holds == number and not_held(number).endswith(
        "candidates for a main trial's primary outcome, how they are ranked and for which trial"
    )
    assert standing(locks, now, "did", "score") == "pre-specified"
    assert set(curve_standing(locks, now).values()) == {"pre-specified"}
    assert list(changes(*comparable(old, number, now, FORMAT))) == []
    study.config["models"]["did"]["covariates"] = ["age"]
    study.write()
    other = plan_of(read_study(study.folder), study.folder)
    assert standing(locks, other, "did", "score") == "changed after the plan was locked"
    study.config["models"]["did"].pop("covariates")
    assert locked(study, "--date", "2026-02-01")[0] == 1, "the same plan, in full: with a reason"
    assert "say why" in capsys.readouterr().err
    assert locked(study, "--date", "2026-02-01", "--amend", "another version")[0] == 0
    first, second = read_locks(path)
    assert first == lock and not_held(second.holds) == ""
    assert standing((first, second), now, "did", "score") == "pre-specified"


def test_nothing_is_pre_specified_that_was_locked_after_data_had_been_received(
    study: Study,
) -> None:
    assert locked(study, "--date", "2026-01-15")[0] == 0
    with inside(study.folder):
        told = read_study(study.folder)
        assert first_received(told) == "2026-01-01"
        assert set(json.loads(plan_specs.curve(told))["standing"].values()) == {"as first locked"}
    (lock,) = read_locks(study.folder / LOCK)
    said = "added after the plan was locked"
    for received, standing_of_it in (
        ("2026-01-14", "as first locked"),
        ("2026-01-15", "pre-specified"),
        ("", "pre-specified"),
    ):
        assert called("pre-specified", (lock,), received) == standing_of_it
        assert called(said, (lock,), received) == said
    assert called("", (), "2026-01-01") == ""


@pytest.mark.parametrize(
    ("received", "not_held", "tone", "told"),
    [
        ("", "", "note", "; unchanged."),
        ("2026-01-01", "", "caution", "; unchanged. Data had been received when it was"),
        ("", "the seed", "note", "does not hold the seed: a change of these goes unseen."),
    ],
)
def test_the_report_says_what_a_lock_cannot_show(
    tmp_path: Path, received: str, not_held: str, tone: str, told: str
) -> None:
    words = Wording.model_validate_json(wording_spec(read_study(ROOT)))
    bare = words.model_copy(update={"families": {}})
    results = Results(bare, tmp_path, tmp_path)
    lock = {"date": "2026-01-15", "reason": "", "sha256": "0" * 64}
    nothing = {"plan_changes": [], "estimands": [], "planned": {}, "estimates": []}
    results.__dict__["locks"] = [lock | {"received": received, "not_held": not_held}]
    results.__dict__.update(nothing)
    blocks = plan_section(results)
    (callout,) = [block for block in blocks if isinstance(block, Callout)]
    assert callout.tone == tone and told in callout.text


def test_how_respondents_were_drawn_decides_on_their_estimates_alone(study: Study) -> None:
    rows = "sex,population\nfemale,520\nmale,480\n"
    study.folder.joinpath("margins.csv").write_text(rows, encoding="utf-8")
    study.write()
    told = read_study(study.folder)
    trust = told.outcomes["score"].model_copy(update={"level": "respondent"})
    told = told.model_copy(update={"outcomes": told.outcomes | {"trust": trust}})
    weights = Weights(method="post_stratify", margins=("margins.csv",))

    def contents(surveys: Surveys) -> list[str | None]:
        models = {"did": told.models["did"].model_copy(update={"outcomes": ("score", "trust")})}
        plan = plan_of(told.model_copy(update={"surveys": surveys, "models": models}), study.folder)
        return [content_of(plan, "did", outcome) for outcome in ("score", "trust")]

    one = contents(Surveys(weights=weights))
    response = Response(file="after", disposition="sex")
    assert contents(Surveys(weights=weights, response=response)) == one
    for other in (
        Surveys(),
        Surveys(weights=weights, neighbourhoods="all"),
        Surveys(weights=weights.model_copy(update={"trim": Trim(high=3)})),
    ):
        person, respondent = contents(other)
        assert person == one[0] and respondent != one[1]
    study.folder.joinpath("margins.csv").write_text(rows + "other,9\n", encoding="utf-8")
    assert contents(Surveys(weights=weights))[1] != one[1]


def test_candidates_and_their_ranking_are_held(study: Study) -> None:
    ranking = {"criteria": [{"of": "missing", "at_most": 0.3, "why": "R"}], "ties": "none"}
    study.config["measurement"] = {
        "candidates": ["score"],
        "ranking": ranking,
        "effects": {"score": {"value": 2.0, "source": "S"}},
    }
    assert locked(study, "--date", "2026-01-15")[0] == 0
    locks = read_locks(study.folder / LOCK)

    def told() -> str:
        study.write()
        with inside(study.folder):
            now = plan_of(read_study(study.folder), study.folder)
            said = measurement_specs.declared(read_study())
        found = measurement_standing(locks, now)
        assert said == called(found, locks, first_received(read_study(study.folder)))
        return found

    assert told() == "pre-specified"
    ranking["criteria"][0]["why"] = "Other words"
    study.config["measurement"]["effects"]["score"]["source"] = "T"
    assert told() == "pre-specified"
    ranking["criteria"][0]["at_most"] = 0.4
    assert told() == "changed after the plan was locked"
    ranking["criteria"][0]["at_most"] = 0.3
    study.config["measurement"]["effects"]["score"]["value"] = 3.0
    assert told() == "changed after the plan was locked"
    old = Lock("2026-01-15", "", "", locks[0].plan, 5)
    assert holding((old,)) == () and holding((old, *locks)) == locks


def test_another_default_of_the_pipeline_is_a_change(study: Study) -> None:
    """Of those that leave the setting to it; a setting that is new in a version is none."""
    study.write()
    before = plan_of(read_study(study.folder), study.folder)
    now = json.loads(json.dumps(before))
    now["defaults"]["model did"] |= {"covariance": "HC0", "new": True}
    locks = (Lock("2026-01-15", "", "", before, FORMAT),)
    (change,) = changes(*comparable(before, FORMAT, now, FORMAT))
    assert (change.section, change.entry) == ("defaults", "model did")
    assert (change.field, change.before, change.after) == ("covariance", "HC2", "HC0")
    assert standing(locks, now, "did", "score") == "changed after the plan was locked"
    for plan in (before, now):
        plan["models"]["did"]["covariance"] = "classical"
    assert standing(locks, now, "did", "score") == "pre-specified"


def test_later_added_and_changed_models_are_told_apart(study: Study) -> None:
    assert locked(study, "--date", "2026-01-15")[0] == 0
    adjusted = study.config["models"]["did"] | {"covariates": ["age"], "label": "Adjusted"}
    study.config["models"]["adjusted"] = adjusted
    assert locked(study, "--date", "2026-03-01", "--amend", "asked for")[0] == 0
    study.config["models"]["third"] = adjusted | {"label": "Third", "covariance": "classical"}
    study.config["models"]["adjusted"] = adjusted | {"covariance": "classical", "label": "A"}
    study.config["models"]["did"]["outcomes"] = ["score", "lonely"]
    study.write()
    now, locks = plan_of(read_study(study.folder)), read_locks(study.folder / LOCK)
    told = {
        (model, outcome): standing(locks, now, model, outcome)
        for model in study.config["models"]
        for outcome in ("score", "lonely")
    }
    assert told["did", "score"] == "pre-specified"
    assert told["did", "lonely"] == "added after the plan was locked"
    assert told["adjusted", "score"] == "changed after the plan was locked"
    assert told["third", "score"] == "added after the plan was locked"
    assert standing((), now, "did", "score") == ""
    amended = standing(locks, locks[-1].plan, "adjusted", "score")
    assert amended == "added on 2026-03-01, after the plan was first locked"
    found = {(c.section, c.entry, c.field, c.change) for c in changes(locks[-1].plan, now)}
    assert ("models", "adjusted", "covariance", "changed") in found
    assert ("models", "third", "", "added") in found
    assert ("models", "did", "outcomes", "changed") in found


def test_a_change_of_what_all_models_share_concerns_each(study: Study) -> None:
    assert locked(study, "--date", "2026-01-15")[0] == 0
    study.config["outcomes"]["score"]["mid"] = {"value": 2, "source": "x"}
    study.write()
    now, locks = plan_of(read_study(study.folder)), read_locks(study.folder / LOCK)
    assert standing(locks, now, "did", "score") == "changed after the plan was locked"
    (one,) = changes(locks[0].plan, now)
    assert (one.field, one.before) == ("mid", "not set")


def test_a_family_an_estimand_and_a_curve_have_a_standing_of_their_own(study: Study) -> None:
    before = "did/score/after"
    assert locked(study, "--date", "2026-01-15")[0] == 0
    locks, first = read_locks(study.folder / LOCK), plan_of(read_study(study.folder))
    assert family_standing(locks, first, before) == "pre-specified"
    assert estimand_standing(locks, first, "did", "aim") == "pre-specified"
    assert set(curve_standing(locks, first).values()) == {"pre-specified"}
    assert withdrawn(locks, first) == 0
    study.config["models"]["did"]["outcomes"] = ["score", "lonely"]
    plan = study.config["analysis_plan"]
    plan["families"]["main"]["estimates"] = ["did/lonely/after"]
    study.config["estimands"]["aim"]["population"] = "some"
    plan["specification_curve"]["covariates"] = {"none": [], "sex": ["sex"]}
    study.config["covariates"]["sex"] = {"label": "Sex", "variable": "sex"}
    study.write()
    now = plan_of(read_study(study.folder))
    assert standing(locks, now, "did", "score") == "pre-specified"
    assert family_standing(locks, now, before).startswith("taken out of its family after")
    assert family_standing(locks, now, "did/lonely/after") == "added after the plan was locked"
    late = "changed after the plan was locked"
    assert estimand_standing(locks, now, "did", "aim") == late
    assert curve_standing(locks, now) == {
        "did/none/own/score/after": "pre-specified",
        "did/sex/own/score/after": "added after the plan was locked",
    }
    assert withdrawn(locks, now) == 1


def test_a_curve_is_called_declared_only_where_the_lock_shows_it() -> None:
    assert since_locked(["pre-specified"] * 2, 0) == ""
    assert since_locked(["", ""], 0).startswith("The plan is not locked")
    said = since_locked(["pre-specified", "added after the plan was locked"], 1)
    assert said.startswith("1 of 2 were added or changed after the plan was locked and 1 that were")


def read_further(study: Study) -> None:
    """An outcome that is derived in two steps, a model with an exposure, a scoring file and a
    prior of the study's own."""
    steps = {"half": {"expression": "score / 2"}, "high": {"expression": "half > 10"}}
    for name in ("before", "after"):
        study.config["files"][name]["derived"] = steps | {"days": {"expression": "score + 1"}}
    high = {"label": "High", "variable": "high", "unit": "share", "direction": "neither"}
    study.config["outcomes"]["high"] = high
    days = {"label": "Days", "variable": "days", "unit": "days", "direction": "neither"}
    study.config["outcomes"]["days"] = days
    rate = {"kind": "glm", "family": "poisson", "design": "panel", "exposure": "days"}
    study.config["models"]["rate"] = rate | {"outcomes": ["score"]}
    study.config["models"]["lonely"] = study.config["models"]["did"] | {
        "outcomes": ["lonely"], "estimand": [],
    }  # fmt: skip
    study.config["models"]["high"] = study.config["models"]["lonely"] | {"outcomes": ["high"]}
    own = (Path(str(shipped.__file__)).parent / "ucla3.yaml").read_text(encoding="utf-8")
    (study.folder / "mine.yaml").write_text(own, encoding="utf-8")
    study.config["instruments"] = {"ucla3": {"path": "mine.yaml"}}
    (study.folder / "prior.csv").write_text(PRIOR, encoding="utf-8")
    study.config["few_sites"] = {"prior": "prior.csv"}


PRIOR = "rho,cac,period_months,cluster_type,source\n0.02,0.9,12,wards,somebody\n"


def _prior(study: Study) -> None:
    (study.folder / "prior.csv").write_text(PRIOR.replace("0.9", "0.8"), encoding="utf-8")


def _scoring(study: Study) -> None:
    path = study.folder / "mine.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("left out, low", "left out, reverse: true, low"), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != text


ALL = {("did", "score"), ("rate", "score"), ("lonely", "lonely"), ("high", "high")}
SCORE = {("did", "score"), ("rate", "score"), ("high", "high")}


@pytest.mark.parametrize(
    ("change", "concerned"),
    [
        (
            lambda s: s.config["files"]["after"]["derived"]["half"].update(expression="score / 3"),
            {("high", "high")},
        ),
        (
            lambda s: s.config["files"]["after"]["derived"]["days"].update(expression="score + 2"),
            {("rate", "score")},
        ),
        (lambda s: s.config["files"]["after"]["variables"]["score"].update(range=[0, 30]), SCORE),
        (lambda s: s.config["files"]["after"]["variables"]["score"].update(missing=[-8]), SCORE),
        (lambda s: s.config["files"]["people"].update(left_out={"sex": ["m"]}), ALL),
        (lambda s: s.config["files"]["people"].update(rows={"sex": ["m"]}), ALL),
        (lambda s: s.config["files"]["after"].update(duplicates="keep_last"), ALL),
        (
            lambda s: s.config["files"]["people"]["site"].update(
                values={"North": "south", "South": "north"}
            ),
            ALL,
        ),
        (_scoring, {("lonely", "lonely")}),
        (_prior, ALL),
    ],
)
def test_what_numbers_are_read_from_counts_for_those_that_read_it(
    study: Study, change: Any, concerned: set[tuple[str, str]]
) -> None:
    read_further(study)
    study.write()
    first = plan_of(read_study(study.folder), study.folder)
    change(study)
    study.write()
    now = plan_of(read_study(study.folder), study.folder)
    locks = (Lock("2026-01-15", "", fingerprint(first), first),)
    assert {pair for pair in ALL if standing(locks, now, *pair) != "pre-specified"} == concerned


def test_the_coding_of_a_category_counts_and_its_column_does_not(study: Study) -> None:
    study.config["covariates"]["sex"] = {"label": "Sex", "variable": "sex"}
    sex = study.config["files"]["people"]["variables"]["sex"]
    before = print_of(study)
    sex["column"] = "gender"
    assert print_of(study) == before
    sex["values"] = {"f": "m", "m": "f"}
    assert print_of(study) != before


def test_comments_and_line_ends_of_a_scoring_file_do_not_count(study: Study) -> None:
    read_further(study)
    before = print_of(study)
    path = study.folder / "mine.yaml"
    path.write_bytes(b"# mine\r\n" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert print_of(study) == before


def test_an_absent_prior_is_a_line(study: Study, capsys: pytest.CaptureFixture[str]) -> None:
    study.config["few_sites"] = {"prior": "nowhere.csv"}
    assert locked(study, "--date", "2026-01-15")[0] == 1
    assert "nowhere.csv: there is no such file" in capsys.readouterr().err


def _folder(path: Path) -> None:
    path.mkdir()


def _dangling(path: Path) -> None:
    path.symlink_to("gone.json")


def _elsewhere(path: Path) -> None:
    other = path.parent.parent / "other.json"
    other.write_bytes(path.read_bytes() if path.exists() else b"{}")
    path.unlink(missing_ok=True)
    path.symlink_to(other)


@pytest.mark.parametrize(
    ("put", "said"),
    [
        (_folder, f"{LOCK}: is a folder, not a file; restore it"),
        (_dangling, f"{LOCK}: is a link to a file that is not there; restore it"),
        (_elsewhere, f"{LOCK}: leads out of the study's folder, to "),
    ],
)
def test_what_is_no_lock_file_is_a_line_for_a_run_and_for_lock_plan(
    tmp_path: Path, put: Any, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    study = Study(tmp_path / "study")
    study.write()
    put(study.folder / LOCK)
    assert locked(study, "--date", "2026-01-15")[0] == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line
    ran = study.run()
    assert ran.status == 1 and ran.lines[0].startswith(said)


@pytest.mark.parametrize(
    ("day", "said"),
    [("1999-01-01", "no plan was locked before"), ("2999-01-01", "is still to come")],
)
def test_a_lock_has_a_date_that_can_be(
    study: Study, day: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert locked(study, "--date", day)[0] == 1
    assert said in capsys.readouterr().err
    assert not (study.folder / LOCK).exists()


def test_another_seed_is_shown_and_makes_no_estimate_a_later_one(study: Study) -> None:
    """Draws of the ladder start from it; an estimate is the same number."""
    study.write()
    before = plan_of(read_study(study.folder), study.folder)
    study.config["study"]["seed"] += 1
    study.write()
    now = plan_of(read_study(study.folder), study.folder)
    (change,) = changes(before, now)
    assert (change.section, change.entry) == ("design", "seed")
    locks = (Lock("2026-01-15", "", fingerprint(before), before),)
    assert standing(locks, now, "did", "score") == "pre-specified"
