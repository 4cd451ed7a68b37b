"""Studies of every design that a report may be of, run in one process up to the report's words."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cesp_analysis.analysis_plan import specs as plan_specs
from cesp_analysis.checklists.specs import applying, filled
from cesp_analysis.cli import main
from cesp_analysis.declared.wording import Wording
from cesp_analysis.describe import specs as describe_specs
from cesp_analysis.describe.dictionary_spec import dictionary_spec
from cesp_analysis.economics import specs as economics_specs
from cesp_analysis.feasibility import specs as feasibility_specs
from cesp_analysis.fidelity import specs as delivery_specs
from cesp_analysis.figures.kinds import KINDS, beside, figures_of, kind_of
from cesp_analysis.integration import specs as integration_specs
from cesp_analysis.measurement import specs as measurement_specs
from cesp_analysis.missing import sensitivity_spec as missing_sensitivity
from cesp_analysis.missing import specs as missing_specs
from cesp_analysis.pipeline import opened
from cesp_analysis.planning import specs as planning_specs
from cesp_analysis.report.results import Results
from cesp_analysis.report.wording_spec import wording_spec
from cesp_analysis.study import model_specs, specs
from cesp_analysis.study.study import Study as Declared
from cesp_analysis.survey import specs as survey_specs
from cesp_analysis.whole_files import write_json
from delivery_study import CONTACTS, MEETINGS, RATINGS, commands, delivered
from interviewed_study import commands as interview_commands
from interviewed_study import told_of_interviews
from small_study import Study, commands_of, config, inside, missing_command, sensitivity_command
from told import TRACE, write_told


@dataclass(frozen=True)
class Case:
    """One design: sites in each arm (None: people, without sites), times, whose answers."""

    sites: tuple[int, int] | None
    times: int = 2
    reference: int = 0
    randomised: bool = False
    survey: bool = False
    one_group: bool = False
    every_kind: bool = False
    planned: bool = False
    framed: bool = False
    pushed: bool = False
    staggered: bool = False
    interviewed: bool = False


CASES = {
    "one_against_one": Case((1, 1), every_kind=True, planned=True),
    "one_against_one_randomised": Case((1, 1), randomised=True),
    "one_against_one_many_times": Case((1, 1), times=5, reference=2, every_kind=True),
    "one_against_one_pushed": Case((1, 1), times=3, pushed=True),
    "one_against_many": Case((1, 20)),
    "many_against_many": Case((4, 4)),
    "many_staggered": Case((9, 3), times=4, staggered=True),
    "many_against_many_randomised": Case((4, 4), randomised=True),
    "people_randomised": Case(None, randomised=True),
    "people_not_randomised": Case(None, interviewed=True),
    "cross_sections": Case((1, 1), survey=True),
    "cross_sections_framed": Case((1, 1), times=3, survey=True, framed=True),
    "one_group": Case(None, one_group=True),
}
SLOW = ("flow", "missingness", "missing_items", "means", "trajectories", "completeness",
        "composition", "survey_waves", "distributions")  # fmt: skip
"""Figures that show no estimate and are slow to draw: a design's words do not depend on them."""
BY_CHANCE = {"many_against_many_randomised", "people_randomised"}
"""Designs in which chance made the arms alike."""


def study_of(case: Case, folder: Path) -> Study:
    """The study on disk: 8 people (or respondents) a site, 40 where there are few sites."""
    told = config()
    told["study"]["randomised"] = case.randomised
    times = {f"t{t}": {"label": f"Visit {t}", "position": 6 * t} for t in range(case.times)}
    arms = _arms(case)
    rows = list(_people(case, arms))
    files = {
        "people.csv": "id,site,near,age,sex,got\n"
        + "".join(f"{','.join(r[:5])},{('all', 'part', '')[i % 3]}\n" for i, r in enumerate(rows))
    }
    if case.sites:  # words do not depend on how many
        told["few_sites"] = {"draws": 999}
    if case.sites == (1, 1) and case.randomised:  # what a study itself says of its sites
        past = {"score": {"value": 0.7, "source": "survey of 2019"}}
        told["few_sites"] |= {"prior": "prior.csv", "divergences": past}
        pairs = "rho,cac,period_months,cluster_type,source\n0.04,0.5,12,town,council\n"
        folder.joinpath("prior.csv").write_text(pairs, encoding="utf-8")
    told["times"], answers = times, told["files"].pop("before")
    del told["files"]["after"]
    level = "respondent" if case.survey else "person"
    for t, name in enumerate(times):
        files[f"{name}.csv"] = "".join(_answers(rows, t, case))
        own = answers | {"path": f"data/raw/{name}.csv", "time": {"constant": name}, "level": level}
        told["files"][name] = own | (_placed(case) if case.survey else {})
    people = told["files"]["people"]
    del people["site"]
    told["sites"] = {s: {"label": s.title(), "arm": a} for s, a in arms.items()}
    if case.staggered:  # three by three, the first at the first follow-up without being told
        for i in range(3, 9):
            told["sites"][f"aston{i}"]["started"] = f"t{i // 3 + 1}"
    if case.survey:
        told["waves"] = told.pop("times")
        told["outcomes"] = {n: o | {"level": level} for n, o in told["outcomes"].items()}
        told["covariates"] = {}
        if case.framed:
            files["frame.csv"] = _framed(told, list(arms))
            margins = "variable,category,population\nband,low,300\nband,high,700\n"
            sited = [f"{site},{line}" for site in arms for line in margins.splitlines()[1:]]
            lines = ["site,variable,category,population", *sited]
            folder.joinpath("margins.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
            files["ties.csv"] = "id,who\n" + "".join(f"{row[0]}w0,choir\n" for row in rows[::2])
            _surrounded(told, folder, list(arms))
    else:
        _subsets(told)
    if case.one_group:
        del told["arms"]["control"], told["sites"], told["models"]
        people["arm"] = {"constant": "intervention"}
        people.pop("neighbourhood", None)  # so that nothing tells how alike people of one are
    elif case.sites is None:
        told["sites"] = {}
        people["arm"] = {"column": "site", "values": dict(arms)}
    else:
        people["site"] = {"column": "site"}
    score = told["outcomes"]["score"]
    score["mid"] = {"value": 1.5, "source": "Somebody 2020"}
    told["outcomes"]["lonely"]["role"] = "negative_control"
    if not case.one_group:
        told["models"] = _models(case)
    if case.pushed:
        _pushed(told)
    if case.every_kind:
        told["missing_data"] = {"imputation": {"sets": 2, "most": 2, "auxiliaries": ["age"]}}
    if case.planned:
        _plan(told)
        _feasible(told)
        files |= _delivery(told, rows)
        told["contamination"] = {"label": "Used New", "variable": "got", "values": ["all"]}
        _costed(told)
        _next(told)
    if case.planned or case.interviewed:
        files |= told_of_interviews(told, folder, list(arms), f"t{case.times - 1}", more=10)
        if case.sites is None:
            del told["interviews"]["sites"], told["integration"]["context"]
    if case.every_kind and not case.planned:  # targets that no design reaches
        _next(told)
        told["planning"] |= {"power": 0.999999, "assurance": 0.999999, "difference_sd": 2}
    if case.planned or case.framed or case.one_group:
        _measured(told, files, rows, level)
    told["published"] = {"path": "expected.csv"}
    group = next(iter(arms)) if told.get("sites") else "intervention"
    folder.joinpath("expected.csv").write_text(
        "quantity,published,tolerance,tolerance_is,source,reason\n"
        f"means/score/{group}/t0/n,8,100,absolute,a paper,a count\n",
        encoding="utf-8",
    )
    return Study(folder, told, dict(files))


def _measured(
    told: dict[str, Any], files: dict[str, str], rows: list[tuple[str, ...]], level: str
) -> None:
    """Candidates for a definitive trial, a retest of people, criteria and a trial to plan."""
    trial = {"cluster_size": 20, "icc": 0.03, "icc_source": "assumed", "loss": 0.2}
    told["measurement"] = {"draws": 200}
    if level == "respondent":
        return  # nothing else is declared
    told["outcomes"]["lonely"]["role"] = "secondary"  # others have it as a negative control
    trial |= {"analysis": "at_equal_baseline", "autocorrelation": 0.7}
    told["measurement"] |= {
        "retest": {
            "file": "again",
            "anchor": "changed",
            "stable": ["same"],
            "variables": {"score": "second"},
        },
        "sample_size": {"person": trial},
        "ranking": {
            "method": "weights",
            "criteria": [
                {"of": "missing", "at_most": 0.3, "why": "More would hang on assumptions"},
                {"of": "mid_known", "at_least": 1, "weight": 2},
                {"of": "alpha_low", "at_least": 0.7},
            ],
        },
    }
    told["files"]["again"] = {
        "path": "data/raw/again.csv",
        "level": "person",
        "unit": "id",
        "one_row_per": "any",
        "date": {"column": "date", "format": "%Y-%m-%d"},
        "instruments": {"ucla3": "u_{item}"},
        "variables": {
            "second": {"range": [0, 40]},
            "changed": {"type": "category", "values": ["same", "better"]},
        },
    }
    lines = [
        f"{row[0]},2024-01-20,{1 + i % 3},{1 + i % 2},{1 + i % 3},{14 + i % 5},"
        f"{('same', 'better')[i % 4 == 0]}\n"
        for i, row in enumerate(rows[:12])
    ]
    files["again.csv"] = "id,date,u_1,u_2,u_3,second,changed\n" + "".join(lines)


def _framed(told: dict[str, Any], sites: list[str]) -> str:
    """Ordered answers, boxes to tick, strata of respondents; a frame of invitations: its rows."""
    for wave, entry in told["files"].items():
        if wave in told["waves"]:
            entry["variables"] |= {"felt": {"column": "u_1", "range": [1, 3], "label": "Felt"}}
            entry["derived"] = {
                "band": {"source": "score", "cuts": [16], "labels": ["low", "high"]},
                "some": {"expression": "felt >= 2"},
                "much": {"expression": "felt == 3"},
            }
            entry["mode"] = {"constant": "web" if wave == "t2" else "paper"}
    told["files"]["t2"]["crosswalk"] = {"felt": {"asked": False}}
    respondent = {"level": "respondent", "unit": "points", "direction": "lower_is_better"}
    told["outcomes"] |= {
        "felt": respondent | {"label": "Felt so", "variable": "felt", "type": "ordinal"},
        "some": respondent | {"label": "Some", "variable": "some", "type": "binary"},
        "much": respondent | {"label": "Much", "variable": "much", "type": "binary"},
    }
    told["covariates"] = {"band": {"label": "Band", "level": "respondent", "variable": "band"}}
    ends = ["complete"] * 6 + ["partial", "refusal", "non_contact", "unknown_other", "not_eligible"]
    told["files"]["frame"] = {
        "path": "data/raw/frame.csv",
        "level": "other",
        "time": {"column": "wave"},
        "site": {"column": "site"},
        "variables": {"end": {"type": "category", "values": sorted(set(ends))}},
    }
    told["surveys"] = {
        "neighbourhoods": "all",
        "weights": {
            "method": "post_stratify",
            "margins": ["margins.csv"],
            "replicates": "bootstrap",
            "draws": 100,
        },
        "response": {"file": "frame", "disposition": "end"},
        "categories": {"felt": {1: "Hardly", 2: "At times", 3: "Often"}},
        "several_answers": {"boxes": {"label": "What they ticked", "outcomes": ["some", "much"]}},
    }
    rows = [f"{wave},{site},{end}\n" for wave in told["waves"] for site in sites for end in ends]
    return "wave,site,end\n" + "".join(rows)


def _surrounded(told: dict[str, Any], folder: Path, sites: list[str]) -> None:
    """Whom respondents named in the first wave; figures of the sites and of others from outside."""
    told["files"]["ties"] = {
        "path": "data/raw/ties.csv",
        "level": "other",
        "unit": "id",
        "one_row_per": "any",
        "time": {"constant": "t0"},
        "variables": {
            "who": {"type": "id"},
            "what": {"column": "who", "type": "category", "values": {"choir": "group"}},
        },
    }
    told["networks"] = {"ties": "ties", "alter": "who", "kind": "what", "asked": ["t0"]}
    named = {site: site.title() for site in sites}
    lines = ["authority,period,series,value"]
    for at, authority in enumerate((*named.values(), "Eastham", "Westham")):
        lines += [f"{authority},{2019 + t},lonely,{5 + at * t * t / 4}" for t in range(5)]
    folder.joinpath("outside.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    told["external"] = {
        "outside": {
            "path": "outside.csv",
            "source": "National survey",
            "authorities": named,
            "series": {"lonely": {"label": "Often lonely", "unit": "%"}},
            "before": 2021,
            "after": 2023,
        }
    }
    told["few_sites"] = told.get("few_sites", {}) | {
        "divergences": {"score": {"series": "outside.lonely", "scale": 0.1}}
    }


def _subsets(told: dict[str, Any]) -> None:
    """The intervention arm by what they got, of whom it is known."""
    got = {"type": "category", "values": ["all", "part"]}
    people = told["files"]["people"]
    people["variables"] = people["variables"] | {"got": got}
    told["subsets"] = {
        "got": {
            "label": "What they got",
            "variable": "got",
            "values": {"part": "Some", "all": "All"},
        }
    }


def _delivery(told: dict[str, Any], rows: list[tuple[str, ...]]) -> dict[str, str]:
    """Ratings of fidelity, contacts with link workers, meetings of panels: their files."""
    study = delivered(Path())
    names = ("ratings", "contacts", "meetings")
    told["files"] |= {name: study.config["files"][name] for name in names}
    told["files"]["meetings"]["site"] = {"column": "place"}
    told |= {name: study.config[name] for name in ("fidelity", "dose", "activity")}
    told["files"]["people"]["link_worker"] = {"column": "near"}
    told["fidelity"]["periods"] = None
    told["dose"]["response"] = {"outcomes": ["score"]}
    told["subsets"]["fidelity"] = {
        "label": "How well", "delivered": "fidelity", "cuts": [0.5], "labels": ["Low", "High"],
    }  # fmt: skip
    who = [row[0] for row in rows if row[-1] == "intervention"]
    head, *_ = RATINGS.splitlines()
    lines = [
        f"{person},{source},{name},2024-02-1{i % 9},{(i + j) % 3 / 2:g},{i % 2}"
        for i, person in enumerate(who)
        for j, (source, name) in enumerate((("worker", "W1"), ("observer", "A"), ("observer", "B")))
    ]
    kept = [
        f"{person},{('yes', 'no')[i % 4 == 3]},{20 + k},2024-0{2 + k}-01"
        for i, person in enumerate(who)
        for k in range(i % 4)
    ]
    met = [line.replace("North", told_site) for line in MEETINGS.splitlines()[1:]
           for told_site in list(told["sites"])[:1]]  # fmt: skip
    return {
        "ratings.csv": "\n".join([head, *lines]) + "\n",
        "contacts.csv": "\n".join([CONTACTS.splitlines()[0], *kept]) + "\n",
        "meetings.csv": "\n".join([MEETINGS.splitlines()[0], *met]) + "\n",
    }


def _costed(told: dict[str, Any]) -> None:
    """Services, contacts and utilities of people, and all that may be asked of them."""
    for time in told["times"]:
        told["files"][time]["derived"] = {
            "utility": {"expression": "score / 40"},
            "otherwise": {"expression": "score / 50"},
            "visits": {"expression": "score"},
        }
    told["covariates"]["sex"] = {"label": "Sex", "variable": "sex", "reference": "f"}
    set_up = {"source": "A paper", "placeholder": True}
    told["economics"] = {
        "price_year": "2023/24",
        "services": {
            "gp": {"label": "Doctor", "unit_cost": "gp_consultation", "sector": "nhs",
                   "variable": "visits"},
        },
        "intervention": {
            "file": "contacts", "minutes": "minutes",
            "hourly": {"salary": 30000, "hours": 1600, "price_year": "2022/23"} | set_up,
            "shared": {"rooms": {"label": "Rooms", "cost": 900, "price_year": "2023/24"} | set_up},
        },
        "perspectives": {
            "all": {"label": "Everybody", "sectors": ["nhs", "intervention"]},
            "care": {"label": "Care alone", "sectors": ["nhs"]},
        },
        "utility": {"label": "Valued so", "variable": "utility"},
        "value_sets": {"other": {"label": "Valued otherwise", "variable": "otherwise"}},
        "departures": {"worse": {"label": "Lost did worse", "utility": {"intervention": 0.9}}},
        "tornado": {"doctor": {"label": "A doctor", "of": "services.gp", "low": 0.5, "high": 2}},
        "subgroups": ["sex"],
        "missing": {"replicates": 200, "sets": 5},
        "information": {"incidence": 900, "years": 4, "trial_fixed": 1000, "trial_per_person": 9,
                        "source": "A paper"},
        "wellby": 13000, "wellby_price_year": "2019/20", "wellby_source": "A paper",
        "life_satisfaction": "score",
    }  # fmt: skip


def _pushed(told: dict[str, Any]) -> None:
    """Imputed models and what they are pushed by; of the second a row is no person."""
    imputed = {"missing_data": "imputed", "outcomes": ["score"]}
    told["models"] |= {
        "imputed": {"kind": "did", "design": "change"} | imputed,
        "effects": {
            "kind": "did", "design": "unit_effects", "covariance": "CR2", "cluster": "person",
        } | imputed,
        "mixed": {"kind": "mixed", "random": ["person"], "outcomes": ["score"]},
    }  # fmt: skip
    lower = {"label": "Lower", "shifts": [{"event": "no_event", "worse": 1}]}
    told["missing_data"] = {
        "imputation": {"sets": 5, "most": 5, "iterations": 8},
        "sensitivity": {"points": 5, "patterns": {"lower": lower}},
    }


def _plan(told: dict[str, Any]) -> None:
    """An estimand, a confirmatory family, a curve."""
    told["estimands"] = {
        "aim": {
            "label": "Score at the second visit",
            "population": "everybody",
            "treatment": "new against usual",
            "variable": {"outcome": "score", "time": "t1"},
            "summary_measure": "difference in mean change",
        }
    }
    told["models"]["did"] |= {"estimand": "aim"}
    told["analysis_plan"] = {
        "families": {"main": {"label": "Main", "estimates": ["did/score/t1"]}},
        "specification_curve": {
            "outcomes": ["score"],
            "times": ["t1"],
            "models": ["did", "ancova"],
        },
    }


def _next(told: dict[str, Any]) -> None:
    """The trial that could follow: designs of each kind, one of them simulated."""
    own = {"locations": [8, 24], "people": [10, 40]}
    told["planning"] = {
        "outcome": "score", "draws": 200, "power": 0.5, "assurance": 0.4,
        "known": {
            "icc_link_worker": {"value": 0.03, "source": "x"},
            "size_cv": {"value": 0.4, "source": "x"},
        },
        "designs": {
            "arms": own | {"label": "Arms", "kind": "parallel_baseline", "simulate": True},
            "after": own | {"label": "After", "kind": "parallel_post"},
            "changes": own | {"label": "Changes", "kind": "before_after"},
            "wedge": own | {
                "label": "Wedge", "kind": "stepped_wedge", "sampling": "cross_section",
                "simulate": True,  # not by means of locations, which the report says
            },
            "within": own | {"label": "Within", "kind": "individual"},
        },
        "costs": {"location": 1000, "assessment": 10, "source": "x"},
        "trials": {"monte_carlo_error": 0.05, "most": 1000, "parts": 1,
                   "analyses": ["mixed_kenward_roger", "location_means_t"]},
    }  # fmt: skip


def _of_planning(told: Declared, panel: str) -> Iterator[list[str]]:
    """The commands of rules/planning.smk."""
    if told.planning is None:
        return
    tables, draws = "results/tables", "data/processed/planning_draws.parquet"
    known, part = f"{tables}/planning_known.csv", "data/processed/planning_part.parquet"
    prior = ["--prior", told.few_sites.prior] if told.few_sites.prior else []
    yield ["learn", "--spec", planning_specs.learn(told), "--panel", panel, *prior, "--out", draws,
           "--known", known]  # fmt: skip
    yield ["size", "--spec", planning_specs.size(told), "--draws", draws,
           "--out", f"{tables}/planning.csv"]  # fmt: skip
    if planning_specs.valued(told):
        yield ["worth", "--spec", planning_specs.worth(told), "--draws", draws,
               "--planned", f"{tables}/planning.csv",
               "--net-benefit", "data/processed/net_benefit_known.parquet",
               "--out", f"{tables}/planning_worth.csv"]  # fmt: skip
    if told.planning.simulated:
        trials = planning_specs.trials(told)
        yield ["simulate_trials", "--spec", trials, "--draws", draws, "--part", "1-of-1",
               "--out", part]  # fmt: skip
        yield ["gather_trials", "--spec", trials, "--draws", draws, "--parts", part,
               "--out", f"{tables}/planning_trials.csv"]  # fmt: skip


def _feasible(told: dict[str, Any]) -> None:
    """Rates of every kind and criteria in every zone; neighbourhoods stand for link workers."""
    told["files"]["people"]["link_worker"] = {"column": "near"}
    told["flow"] = {"all": {"label": "All", "file": "people"}}
    everybody = {"step": "all"}
    told["feasibility"] = {
        "period": {"opened": "2024-02-01", "closed": "2024-02-29"},
        "rates": {
            "seen": {
                "label": "Seen", "times": ["t0", "t1"], "numerator": {"time": "each"},
                "denominator": everybody,
            },
            "women": {
                "label": "Women", "numerator": {"file": "people", "where": 'sex == "f"'},
                "denominator": everybody,
            },
            "sex": {
                "label": "Sex", "values_of": "sex", "numerator": everybody,
                "denominator": everybody,
            },
            "visits": {"label": "Visits", "per": "month", "numerator": {"file": "t1"}},
        },
        "recruitment": {"rate": "visits", "target": 900, "by": "2024-06-30"},
        "progression": {
            "women": {
                "label": "Women", "rate": "women", "red": 0.45, "green": 0.9, "rationale": "R",
                "linked": {"file": "people", "by": "sex"},
            },
            "visits": {
                "label": "Visits", "rate": "visits", "red": 900, "green": 990, "rationale": "R",
            },
            "age": {
                "label": "Age", "mean": {"file": "people", "variable": "age"}, "red": 1,
                "green": 2, "rationale": "R",
            },
            "liked": {"label": "Liked", "qualitative": "Is it liked?", "rationale": "R"},
        },
    }  # fmt: skip


def _of_feasibility(told: Declared, panel: str, records: str) -> Iterator[list[str]]:
    """The commands of rules/feasibility.smk."""
    tables, given = "results/tables", ["--records", records, "--panel", panel]
    if told.feasibility:
        yield ["rates", "--spec", feasibility_specs.rates(told), *given,
               "--visits", "data/processed/visits.parquet",
               "--events", "data/processed/events.parquet", "--out", f"{tables}/rates.csv",
               "--recruitment", f"{tables}/recruitment.csv",
               "--projection", f"{tables}/projection.csv",
               *(["--places", "data/processed/flow_places.parquet"]
                 if feasibility_specs.counts_steps(told) else [])]  # fmt: skip
        yield ["progression", "--spec", feasibility_specs.progression(told), *given,
               "--rates", f"{tables}/rates.csv", "--out", f"{tables}/progression.csv",
               "--sample-size", f"{tables}/sample_size.csv"]  # fmt: skip


def _arms(case: Case) -> dict[str, str]:
    """Site (or group of people) → arm."""
    if case.one_group:
        return {"aston": "intervention"}
    one, other = case.sites or (1, 1)
    return {f"aston{i}": "intervention" for i in range(one)} | {
        f"barton{i}": "control" for i in range(other)
    }


def _placed(case: Case) -> dict[str, Any]:
    return {"site": {"column": "site"}, "neighbourhood": {"column": "near"}}


def _people(case: Case, arms: dict[str, str]) -> Iterator[tuple[str, ...]]:
    rng, many = np.random.default_rng(7), 40 if len(arms) <= 2 else 8
    for site, arm in arms.items():
        for i in range(many):
            level = 16 + 4 * rng.standard_normal() + (arm == "intervention")
            yield (f"{site}x{i:02}", site, f"{site}n{i % 5}", str(20 + (i * 7) % 50),
                   "fm"[i % 2], f"{level}", arm)  # fmt: skip


def _answers(rows: list[tuple[str, ...]], t: int, case: Case) -> Iterator[str]:
    """One line a person: date, score (whole, 0 to 40), three items of UCLA-3."""
    rng = np.random.default_rng([11, t])
    last = case.every_kind and t == case.times - 1  # some give no answer at the end
    yield "id,date,score,u_1,u_2,u_3" + (",site,near" if case.survey else "") + "\n"
    for number, (id_, site, near, _, _, level, arm) in enumerate(rows):
        if case.pushed and t and (number + 2 * t) % 5 == 0:
            continue  # who is lost
        start = 16 + 4 * rng.standard_normal() if case.survey else float(level)
        value = start + t * (arm == "intervention") + 2 * rng.standard_normal()
        items = ",".join(str(n) for n in rng.integers(1, 4, 3))
        place = f",{site},{near}" if case.survey else ""
        who = f"{id_}w{t}" if case.survey else id_
        score = "" if last and id_.endswith(("3", "7")) else min(40, max(1, round(value)))
        yield f"{who},2024-0{t + 1}-10,{score},{items}{place}\n"


def _models(case: Case) -> dict[str, Any]:
    """A model of every kind that such a study can have, and one that is refused."""
    both = {"outcomes": ["score", "lonely"]}
    since = {"reference": f"t{case.reference}"} if case.reference else {}
    clustered = {"covariance": "CR2", "cluster": "site"}
    if case.survey:
        who = {"level": "respondent", "kind": "did", "design": "cross_sections"}
        counts = {"kind": "glm", "family": "poisson", "design": "cross_sections"}
        return {
            "did": who | both,
            "did_site": who | both | clustered,
            "counts": {"level": "respondent", "outcomes": ["score"]} | counts,
            "design": {"kind": "survey"} | both,
            "mixed": {"kind": "mixed", "level": "respondent", "random": ["neighbourhood"]} | both,
            "both": {"kind": "survey", "respondents": "combined", "outcomes": ["score"]},
        }
    change, one = {"design": "change"}, {"outcomes": ["score"]}
    found = {
        "did": {"kind": "did"} | change | both,
        "ancova": {"kind": "ancova"} | one,
        "weighted": {"kind": "weighted_did", "method": "entropy", "covariates": ["age"]}
        | change
        | one,
    }
    if case.every_kind:
        found |= _further(change, both, one)
    if case.times > 2:
        found["average"] = {
            "kind": "did", "design": "unit_effects", "average": True, "covariance": "CR2",
            "cluster": "person",
        } | one  # fmt: skip
    if case.staggered:
        found |= _rolled_out(both, one)
    if case.sites:
        found["did_site"] = {"kind": "did"} | change | clustered | both
    return {name: entry | since for name, entry in found.items()}


def _rolled_out(both: Any, one: Any) -> dict[str, Any]:
    kind = {"kind": "group_time", "design": "panel", "draws": 199}
    few = {"effects": ["overall", "group_time"], "cluster": "person"}
    not_yet = {"comparison": "not_yet_treated", "base": "universal", "covariates": ["age"]}
    return {"roll_out": kind | not_yet | both, "by_people": kind | few | one}


def _further(change: Any, both: Any, one: Any) -> dict[str, Any]:
    return {
        "mixed": {"kind": "mixed", "random": ["person"]} | both,
        "mmrm": {"kind": "mmrm"} | one,
        "counts": {"kind": "glm", "family": "poisson", "design": "panel"} | one,
        "ordered": {"kind": "ordinal", "design": "panel", "at_least": [16]} | one,
        "robust": {"kind": "dr_did", "covariates": ["age"]} | change | one,
        "imputed": {"kind": "did", "missing_data": "imputed"} | change | one,
    }


def results_of(study: Study, patch: pytest.MonkeyPatch) -> Results:
    """Run every step up to the report's words; figures are drawn but written nowhere."""
    for module in ("draw", "draw_residuals"):
        patch.setattr(f"cesp_analysis.figures.{module}.save", _close)
    patch.setattr("cesp_analysis.figures.draw_residuals.residuals", lambda *_: None)
    patch.setattr("cesp_analysis.figures.draw_residuals.write_behind", _nothing_behind)
    patch.setattr("cesp_analysis.figures.draw_residuals._copy", lambda *_: None)
    if "analysis_plan" in study.config:  # locked, then not as it was
        study.write()
        with inside(study.folder):
            assert main(["lock-plan", "--date", "2026-01-15"]) == 0
        study.config["models"]["ancova"]["covariance"] = "classical"
    ran = study.run(until="published")
    assert (ran.status, ran.shown) == (0, ""), ran.shown
    patch.chdir(study.folder)  # the report reads its tables from here too
    told = opened(".")
    ran_steps = list(_commands(told))
    for command in ran_steps:
        assert main(command) == 0, command[0]
    write_told([*commands_of(told), *ran_steps], there=True)
    assert main(TRACE) == 0
    about = {"caption": "A figure.", "alt": "A figure.", "csv": "a.csv"}
    about |= {"svg": "a.svg", "png": "a.png"}
    _nothing_behind(None, None, Path("results/figures/a.csv"))
    for kind in SLOW:
        for level in specs.levels(told):
            write_json(about, Path(f"results/figures/{kind}_{level}.json"))
    words = Wording.model_validate_json(wording_spec(told))
    return Results(words, Path("results"), Path("data/raw/SOURCES.yaml"))


def _nothing_behind(_: Any, __: Any, path: Path) -> None:
    path.write_text("panel,x,y\n")


def _close(drawing: Any, *_: Any) -> None:
    import matplotlib.pyplot as plt

    if drawing is not None:
        plt.close(drawing)


def _of_surveys(told: Declared, panel: str, raw: str, records: str) -> Iterator[list[str]]:
    """The commands of rules/survey.smk after the panel."""
    tables = "results/tables"
    if survey_specs.survey_files(told):
        yield ["completeness", "--spec", survey_specs.questions(told), "--raw", raw,
               "--records", records, "--out", f"{tables}/completeness.csv",
               "--crosswalk", f"{tables}/crosswalk.csv",
               "--waves", f"{tables}/survey_waves.csv"]  # fmt: skip
    if "respondent" in specs.levels(told):
        yield ["survey_means", "--spec", survey_specs.means(told), "--panel", panel,
               "--out", f"{tables}/survey_means.csv",
               "--composition", f"{tables}/composition.csv",
               "--neighbourhoods", f"{tables}/neighbourhoods.csv",
               *(["--weights", f"{tables}/weights.csv", "--margins", f"{tables}/margins.csv"]
                 if told.surveys.weights else [])]  # fmt: skip
    if told.surveys.weights:
        yield ["replicate", "--spec", survey_specs.replicate(told),
               "--panel", "data/processed/before_weighting.parquet", "--margins", "margins.csv",
               "--out", f"{tables}/replicates.csv"]  # fmt: skip
    if told.external:
        yield ["external", "--spec", survey_specs.external(told),
               "--paths", *(one.path for one in told.external.values()),
               "--out", f"{tables}/external.csv",
               "--divergences", f"{tables}/divergences.csv"]  # fmt: skip
    if told.surveys.response:
        yield ["survey_response", "--spec", survey_specs.response(told), "--records", records,
               "--ledger", "data/processed/ledger.parquet",
               "--dispositions", f"{tables}/dispositions.csv",
               "--out", f"{tables}/response.csv"]  # fmt: skip


def _commands(told: Declared) -> Iterator[list[str]]:
    """The rules' commands, after the models."""
    done, tables, models = "data/processed", "results/tables", "results/models"
    raw, records, panel = f"{done}/intake", f"{done}/records", f"{done}/panel.parquet"
    estimates, wording = f"{tables}/estimates.csv", wording_spec(told)

    def out(name: str) -> list[str]:
        return ["--out", f"{tables}/{name}.csv"]

    made = [f"{models}/{name}/estimates.csv" for name in told.models]
    yield ["collect", *(["--estimates", *made] if made else []), *out("estimates")]
    yield ["standardise", "--spec", model_specs.standardise(told), "--panel", panel, "--estimates",
           estimates, *out("standardised"), "--grades", f"{tables}/grades.csv"]  # fmt: skip
    yield ["ladder", "--spec", specs.ladder(told), "--panel", panel, "--estimates", estimates,
           *out("ladder"), "--curves", f"{tables}/shock_curve.csv",
           *(["--prior", told.few_sites.prior] if told.few_sites.prior else []),
           "--bracket", f"{tables}/bracket.csv",
           "--identities", f"{tables}/identities.csv"]  # fmt: skip
    yield ["plan", "--spec", plan_specs.plan(told), "--estimates", estimates,
           "--estimands", f"{tables}/estimands.csv", "--planned", f"{tables}/planned.csv",
           "--locks", f"{tables}/plan_locks.csv",
           "--changed", f"{tables}/plan_changes.csv",
           *(["--lock", *locked] if (locked := plan_specs.lock_file()) else [])]  # fmt: skip
    if pairs := survey_specs.agreement(told):
        yield ["agreement", "--spec", pairs, "--panel", panel, "--estimates", estimates,
               *out("agreement")]  # fmt: skip
    if told.imputed():
        yield ["fmi", "--diagnostics", *(f"{models}/{n}/diagnostics.json" for n in told.imputed()),
               *out("fmi")]  # fmt: skip
        yield ["imputed_values", "--panel", panel, "--imputed", missing_specs.SETS[0],
               "--handled", missing_specs.SETS[2], *out("imputed_values")]  # fmt: skip
    if told.analysis_plan.specification_curve:
        yield ["specification_curve", "--spec", plan_specs.curve(told), "--panel", panel,
               *out("specification_curve")]  # fmt: skip
    if weighing := told.weighing():
        known = [f"{models}/{name}/diagnostics.json" for name in weighing]
        yield ["balance", "--diagnostics", *known, *out("balance"),
               "--weights", f"{tables}/balance_weights.csv"]  # fmt: skip
    yield ["account", "--paths", specs.paths(told), "--ledger", f"{done}/ledger.parquet",
           *out("account")]  # fmt: skip
    yield [
        "dictionary",
        "--spec",
        dictionary_spec(told),
        "--raw",
        raw,
        *out("dictionary"),
    ]
    yield ["linking", "--spec", describe_specs.linking(told), "--records", records,
           "--ledger", f"{done}/ledger.parquet", *out("linking")]  # fmt: skip
    yield ["follow_up", "--spec", describe_specs.follow_up(told),
           "--visits", f"{done}/visits.parquet", "--events", f"{done}/events.parquet",
           "--panel", panel, *out("visits"), "--event-counts", f"{tables}/events.csv"]  # fmt: skip
    yield ["answered", "--scores", f"{done}/scores.parquet", *out("answered")]
    yield ["baseline", "--panel", panel, *out("baseline")]
    yield missing_command(told)
    yield from commands(Path()).values()  # of delivery
    got = [word for pair in describe_specs.delivered_files(told).items() for word in pair]
    for name in ("means", "changes"):
        yield [name, "--panel", panel, "--ci-level", "0.95", *out(name)] + (
            ["--spec", describe_specs.subsets(told), "--records", records,
             "--subsets", f"{tables}/subsets.csv", *got]
            if name == "changes" and told.subsets else []
        )  # fmt: skip
    yield from _of_surveys(told, panel, raw, records)
    if told.economics:
        yield ["cost", "--spec", economics_specs.cost(told), "--records", records, "--panel", panel,
               "--visits", f"{done}/visits.parquet", "--scores", f"{done}/scores.parquet",
               "--ledger", f"{done}/ledger.parquet",
               "--out", f"{done}/costs.parquet", "--table", f"{tables}/costs.csv",
               "--events", f"{done}/events.parquet",
               "--problems", f"{tables}/data_problems.csv",
               "--exceptions", f"{tables}/cost_exceptions.csv",
               "--use", f"{done}/resource_use.csv",
               "--prices", f"{tables}/unit_costs.csv"]  # fmt: skip
        people = [
            "--panel", panel, "--events", f"{done}/events.parquet", "--records", records,
            "--visits", f"{done}/visits.parquet", "--scores", f"{done}/scores.parquet",
            "--costs", f"{done}/costs.parquet",
        ]  # fmt: skip
        part = f"{done}/economics_samples.parquet"
        yield ["resample", "--spec", economics_specs.resample(told), *people, "--part", "1-of-1",
               "--out", part]  # fmt: skip
        yield ["evaluate", "--spec", economics_specs.evaluate(told), *people, "--samples", part,
               "--ledger", f"{done}/ledger.parquet",
               *out("economics"),
               "--curve", f"{tables}/ceac.csv", "--plane", f"{tables}/ce_plane.csv",
               "--quadrants", f"{tables}/ce_quadrants.csv",
               "--information", f"{tables}/value_of_information.csv",
               "--known", f"{done}/net_benefit_known.parquet",
               "--means", f"{tables}/economics_means.csv",
               "--imputation", f"{tables}/economics_imputation.csv"]  # fmt: skip
    yield from _of_planning(told, panel)
    if told.interviews:
        yield from interview_commands().values()
    yield ["contamination", "--spec", describe_specs.contamination(told), "--records", records,
           "--events", f"{done}/events.parquet", "--panel", panel, *out("contamination"),
           "--crossed", f"{done}/crossed.parquet"]  # fmt: skip
    yield ["flow", "--spec", describe_specs.flow(told), "--records", records,
           "--events", f"{done}/events.parquet", "--visits", f"{done}/visits.parquet",
           "--problems", f"{tables}/data_problems.csv", "--panel", panel,
           "--crossed", f"{done}/crossed.parquet", "--account", f"{tables}/account.csv",
           *out("flow"),
           "--places", f"{done}/flow_places.parquet", "--checks", f"{tables}/flow_checks.csv",
           *(["--dispositions", f"{tables}/dispositions.csv"] if told.surveys.response else []),
           ]  # fmt: skip
    if measurement_specs.candidates(told):
        yield ["measure", "--spec", measurement_specs.measure(told), "--records", records,
               "--panel", panel, "--estimates", estimates, *out("measurability"),
               "--items", f"{tables}/items.csv", "--cells", f"{tables}/measurability_cells.csv",
               "--distributions", f"{tables}/distributions.csv"]  # fmt: skip
    yield from _of_feasibility(told, panel, records)
    if missing_sensitivity.models_of(told):
        yield sensitivity_command(told)
    if told.published:
        yield ["published", "--expected", "expected.csv", "--diagnostics",
               *(f"{models}/{name}/diagnostics.json" for name in told.models),
               "--tables", f"{tables}/means.csv", estimates, *out("published")]  # fmt: skip
    if applying(told):
        yield ["tick", "--spec", wording, "--filled", filled(told), "--results", "results",
               "--sources", "data/raw/SOURCES.yaml", *out("checklists")]  # fmt: skip
    weighed = [told.models[name].level for name in weighing]
    predicting = [level for level in specs.levels(told) if told.predicting(level)]
    figures = figures_of(
        specs.levels(told),
        bool(told.models),
        bool(told.sites),
        weighed,
        told.curve_level(),
        predicting,
        [
            *describe_specs.nothing_to_draw(told),
            *survey_specs.nothing_to_draw(told),
            *delivery_specs.nothing_to_draw(told),
            *measurement_specs.nothing_to_draw(told),
            *feasibility_specs.nothing_to_draw(told),
            *missing_sensitivity.nothing_to_draw(told),
            *economics_specs.nothing_to_draw(told),
            *planning_specs.nothing_to_draw(told),
            *model_specs.nothing_to_draw(told),
            *integration_specs.nothing_to_draw(told),
        ],
    )
    for figure in figures:
        if kind_of(figure)[0] in SLOW:
            continue
        place = f"results/figures/{figure}"
        yield ["draw", "--figure", figure, "--spec", wording,
               "--table", KINDS[kind_of(figure)[0]].table, "--beside",
               *beside(figure, told.predicting(kind_of(figure)[1]), planning_specs.not_made(told)),
               "--svg", f"{place}.svg",
               "--png", f"{place}.png", "--about", f"{place}.json",
               "--data", f"{place}.csv"]  # fmt: skip
    if told.models:
        yield ["draw_residuals", "--models", *told.models, "--spec", wording,
               "--made", f"{done}/models", "--out", "results/figures/models"]  # fmt: skip
