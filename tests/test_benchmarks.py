"""Benchmarks: what they time is what the rules run."""

import importlib.util
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.models.least_squares import least_squares
from cesp_analysis.models.sandwich import infer

ROOT = Path(__file__).resolve().parents[1]


def script(name: str) -> ModuleType:
    """A benchmark as a module."""
    folder = str(ROOT / "benchmarks")  # as of a script that is run, where it looks for others
    if folder not in sys.path:
        sys.path.append(folder)
    spec = importlib.util.spec_from_file_location(name, ROOT / "benchmarks" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", sorted((ROOT / "benchmarks").glob("*.py")), ids=lambda p: p.stem)
def test_every_benchmark_loads(path: Path) -> None:
    """What it imports is there: a benchmark that nobody runs would else rot unseen."""
    assert script(path.stem).__doc__


def test_few_link_workers_are_drawn_as_the_step_draws_them() -> None:
    """Of five link workers four are drawn; with as many as there are the error is smaller."""
    made = script("link_worker_bootstrap")
    _, arm, worker = made.study((12,) * 5, 0.2, np.random.default_rng(1))
    units = made.units_of(arm.astype(int), worker)
    fewer = made._one_fewer(units, 3)
    assert set(fewer[:, :60].sum(axis=1).tolist()) == {4 * 12}
    found = made.analysed((12,) * 5, 0.2, np.random.default_rng(1))
    assert len(list(made.lines((12,) * 5, 0.2, np.array([found, found])))) == len(made.WAYS)
    assert 0.8 < found[1] / found[5] < 1


def test_the_steps_of_the_intake_benchmark_run(tmp_path: Path) -> None:
    """Each step takes what the benchmark gives it, and the panel has every outcome."""
    intake = script("intake")
    intake.make_study(tmp_path, 400)
    made = {}
    for what in ("steps", "files"):
        done = subprocess.run(
            [sys.executable, str(ROOT / "benchmarks" / "intake.py"), what],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert done.returncode == 0, done.stderr
        made[what] = json.loads(done.stdout)["seconds"]
    assert made["steps"].keys() == made["files"].keys()
    panel = pd.read_parquet(tmp_path / "data/processed/panel.parquet")
    assert len(panel) == 400 * 5
    assert panel.loc[panel["outcome"].isin(["wellbeing", "pain"]), "value"].notna().all()


def test_the_models_of_ten_million_rows_run(capsys: pytest.CaptureFixture[str]) -> None:
    """On 2,000 people: estimates near the truth, rows without a value left out."""
    benchmark = script("ten_million")
    for name in benchmark.MODELS:
        benchmark.once(name, 2_000)
        rows, seconds, _ = capsys.readouterr().out.split()
        assert 9_000 < int(rows) < 10_000 and float(seconds) > 0


def test_the_tables_of_small_samples_are_made_where_the_page_says(tmp_path: Path) -> None:
    small = script("small_samples")
    rng = np.random.default_rng(1)
    made = small.line(small.three_times(6, rng), 6, 0.05, 40, rng)
    assert [line.split("|")[3].strip() for line in made.splitlines()] == list(small.WORDS.values())
    page = tmp_path / "page.md"
    page.write_text((ROOT / "docs/validation.md").read_text(encoding="utf-8"), encoding="utf-8")
    for name in ("once", "three times"):
        small.written(page, name, f"made {name}")
    text = page.read_text(encoding="utf-8")
    assert "made once\n<!-- end of once" in text and "made three times\n" in text
    assert small.HEAD not in text  # the tables that were there are gone


def test_a_simulation_writes_its_own_section_and_no_other() -> None:
    placed = script("validation_page").placed
    page = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")
    names = (
        "averages", "boot_impute", "bracket", "economics", "few_sites", "glm", "imputation",
        "imputation_methods", "measurement", "mmrm", "survey", "two_sites", "weighting",
    )  # fmt: skip
    for title in (script(f"{name}_simulation").TITLE for name in names):
        rest = placed(page, title, f"{title}\n\nnew\n")
        others = [line for line in page.splitlines() if line.startswith("#")]
        assert [line for line in rest.splitlines() if line.startswith("#")] == others
        assert placed(rest, title, f"{title}\n\nnew\n") == rest
        assert rest.split(f"{title}\n")[1].startswith(("\nnew\n\n#", "\nnew\n\n`make test` and"))
    first = placed(page, "## New", "## New\n\nnew\n")
    assert placed(first, "## New", "## New\n\nnew\n") == first
    assert first.index("## New") < first.index("`make test` and `make test-long` run all of it")


def test_batches_are_the_same_whatever_process_runs_them() -> None:
    page = script("validation_page")
    made = page.in_batches(_drawn, [5, 4], 2)
    sizes = ((2, 2, 1), (2, 2))
    assert made == [
        [_drawn(at, n, seed) for seed, n in enumerate(own)] for at, own in enumerate(sizes)
    ]


def _drawn(at: int, n: int, seed: int) -> list[float]:
    return np.random.default_rng([at, seed]).random(n).tolist()


def test_the_simulation_of_measurement_knows_its_truths() -> None:
    """Answers in categories: the integrals beside 400,000 people; every design has an interval."""
    made = script("measurement_simulation")
    rng = np.random.default_rng(1)
    people = made.answers(400_000, True, rng, made.LOADINGS)
    found = made.alpha(people).value, made.omega_total(people, draws=0).value
    truth = made.true_alpha(True, made.LOADINGS), made.true_omega(True, made.LOADINGS)
    assert found == pytest.approx(truth, abs=0.002)  # four standard errors
    equal = np.full(6, 0.7)
    # Spearman and Brown's of items that correlate by .49
    assert made.true_alpha(False, equal) == pytest.approx(6 * 0.49 / (1 + 5 * 0.49), rel=1e-12)
    for at, design in enumerate(made.designs()):
        values = made.batch(at, 2, 1)
        assert np.isfinite(values).all(), design.quantity
        line = made.row(design, values)
        assert line.count("|") == made.section([line], 2, 2).splitlines()[9].count("|")


def test_psychometrics_of_the_benchmark_are_what_the_functions_give() -> None:
    made = script("feasibility_psychometrics")
    items = made.scales(1, 300)[0]
    one, whole, loading, dimensions = made.everything(items, draws=50)
    assert 0.7 < one <= whole + 0.02 < 1 and 0.3 < loading < 1 and dimensions == 1
    assert made.ours(items)[1] == pytest.approx((one, whole, loading), rel=1e-9)


def test_the_bootstrap_of_the_benchmark_is_the_engines() -> None:
    made = script("economics")
    seconds, found = made.ours(made.generated(60), 40)
    assert found.shape == (40, 2) and np.isfinite(found).all() and np.all(seconds > 0)


def test_the_simulation_of_net_benefit_has_every_interval() -> None:
    made = script("economics_simulation")
    done = [[made.batch(at, 5, 0)] for at in range(len(made.DESIGNS))]
    lines = list(made.rows_of(done))
    assert len(lines) == 2 * len(made.DESIGNS)
    assert {line.count("|") for line in lines} == {7}
    assert made.section(5, lines).count("| joint, percentile |") == len(made.DESIGNS)


def test_the_steps_of_the_benchmark_are_the_rules_commands() -> None:
    made = script("feasibility_root")
    printed = """rule flow:
    cesp flow --spec '{"label":"Partners'"'"' & co"}' --out flow.csv  &> results/logs/flow.log
    cesp activity --out a.csv &> results/logs/activity.log
1 of 1 jobs"""
    assert made.commands(printed) == {
        "flow": [
            "flow",
            "--spec",
            '{"label":"Partners\' & co"}',
            "--out",
            "flow.csv",
        ],
        "activity": ["activity", "--out", "a.csv"],
    }


def test_the_report_is_timed_from_finished_results_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = script("report")
    with pytest.raises(SystemExit, match="no report there; run make study first"):
        made.main(tmp_path)
    for part in ("results/report/report.json", "results/logs/x.log", "data/raw/a.csv"):
        (tmp_path / part).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / part).write_text("{}", encoding="utf-8")
    made.copied(tmp_path, tmp_path / "copy")
    assert (tmp_path / "copy/results/report/report.json").is_file()
    assert not (tmp_path / "copy/results/logs").exists()
    ran: list[list[str]] = []
    monkeypatch.setattr(made.subprocess, "run", lambda words, **_: ran.append(words))
    for form in made.FORMS:
        (tmp_path / "results/report" / form).write_text(form, encoding="utf-8")
    seconds, sums = made.once(tmp_path, {step: [step, "--out", "x"] for step in made.STEPS})
    assert [words[:2] for words in ran] == [["cesp", step] for step in seconds]
    assert len(set(sums.values())) == 3


def test_every_case_of_the_simulation_of_risks_runs() -> None:
    glm = script("glm_simulation")
    for at, case in enumerate(glm.CASES):
        estimates, errors, without = glm.batch(at, 2, 1)
        assert len(estimates) == len(errors) == 2 - without
        assert (errors[:, :, 0] > 0).all(), case.name
        lines = glm.rows_of(case, [glm.batch(at, 2, seed) for seed in (1, 2)])
        assert len(lines) == len(glm.WAYS)


def test_one_of_the_two_may_be_wrong_but_not_both() -> None:
    """200 studies: double robustness within 4 Monte Carlo errors, and a bias that is seen."""
    made = script("weighting_simulation")
    bias = {}
    for at, design in enumerate(made.DESIGNS[:4]):
        found = made.batch(at, 200, 1)["dr_did"]
        bias[design.name] = (found[0].mean() - made.EFFECT) / (found[0].std() / 200**0.5)
    assert abs(bias["propensity wrong, 200 people"]) < 4
    assert abs(bias["change wrong, 200 people"]) < 4
    assert bias["both wrong, 200 people"] < -4


@pytest.mark.slow
def test_two_way_fixed_effects_are_biased_where_group_times_are_not() -> None:
    """100 studies of 40 sites that begin one after the other: 4 Monte Carlo errors."""
    made = script("group_time_simulation")
    design = made.DESIGNS.index((40, "not_yet_treated", 2000))
    found, truth = made.batch(design, 100, 1), made.truths()
    for at, name in enumerate(made.ROWS):
        estimate, error, _, held = found.rows[:, at].T
        assert abs(estimate.mean() - truth[name]) < 4 * estimate.std() / 10, name
        assert abs(held.mean() - 0.95) < 4 * (0.95 * 0.05 / 100) ** 0.5, name
        assert error.mean() == pytest.approx(estimate.std(), rel=0.3)  # 4 of its SD's 7%
    assert found.together.mean() > 0.95 - 4 * (0.95 * 0.05 / 100) ** 0.5
    assert found.two_way.mean() - truth[""] < -1  # of an effect of 2.5
    assert len(list(made.rows_of([[found]] * len(made.DESIGNS)))) == 7 * 6 + 3


def test_complete_cases_are_biased_where_imputing_is_not() -> None:
    """40 studies, missing at random, 45% of 200 people: 4 Monte Carlo errors."""
    made = script("imputation_simulation")
    design = next(d for d in made.DESIGNS if (d.lost_by, d.people, d.lost) == ("MAR", 200, 0.45))
    found = made.batch(made.DESIGNS.index(design), 40, made.COSTLY)
    good = [made.line(design, "MAR", way, found[way]) for way in made.HOLDS["MAR"]]
    good.append(made.line(design, "MNAR", made.SHIFTED, found[made.SHIFTED]))
    bad = made.line(design, "MAR", made.CASES, found[made.CASES])
    assert all(one.holds != "no" and abs(one.off[0]) < 4 for one in good)
    assert made.verdict(bad, 4) == "biased, covers less"
    worse = replace(good[0], bias=1.0)
    assert made.failing([bad, worse, *good], 4) == [worse]


def test_jumps_are_analysed_in_both_ways() -> None:
    """Two studies, 45% of 60 people: Rubin's variance is the larger one."""
    made = script("imputation_simulation")
    design = next(d for d in made.DESIGNS if (d.lost_by, d.people, d.lost) == ("jump", 60, 0.45))
    found = made.batch(made.DESIGNS.index(design), 2, 0)
    assert set(found) == {*made.WAYS["jump"], made.JOINT}
    assert (found[made.RUBIN][:, 1] > found[made.JACKKNIFE][:, 1]).all()


def test_every_way_of_imputing_that_is_simulated_runs() -> None:
    made = script("imputation_methods_simulation")
    for at, case in enumerate(made.CASES):
        found = made.batch(at, 2, 1)
        assert len(found) == 2 and len(made.lines(case, found)) == 2
        assert all(error > 0 and df > 2 for one in found for _, error, df in one.values())


def test_the_bootstrap_before_imputing_has_the_variance_that_imputing_first_lacks() -> None:
    """120 studies of 60 samples, arms of unequal variance imputed as one: four errors of 95%, and
    Rubin's error a fifth too small."""
    made = script("boot_impute_simulation")
    case, rng = made.CASES[1], np.random.default_rng(1)
    found = [made.analysed(case, rng, samples=60) for _ in range(120)]
    error = {way: np.sqrt(np.mean([one[way][1] ** 2 for one in found])) for way in found[0]}
    for way in made.HOLDS:
        inside = np.mean([one[way][2] <= made.EFFECT <= one[way][3] for one in found])
        assert inside > 0.95 - 4 * np.sqrt(0.05 * 0.95 / 120)
    spread = np.std([one[made.BOOT][0] for one in found], ddof=1)
    assert error[made.BOOT] == pytest.approx(spread, rel=4 / np.sqrt(2 * 120))
    assert error[made.RUBIN] < 0.85 * error[made.BOOT]


def test_the_benchmark_of_the_bootstrap_before_imputing_runs() -> None:
    made = script("boot_impute")
    for nested, arms in ((False, 1), (True, 2)):
        clock, processor = made.seconds(made.table_of(60, 4, nested), "pmm", samples=5, arms=arms)
        assert clock > 0 and processor > 0


def test_the_simulation_of_few_sites_judges_what_the_ladder_does() -> None:
    """A small run: the rates that ignore shocks come out, every rung has a line."""
    simulation = script("few_sites_simulation")
    rng = np.random.default_rng(1)
    # 4,000 studies: Monte Carlo error .0073
    assert simulation.rejections(100, 0.0, 4_000, rng) == pytest.approx(0.306, abs=0.025)
    lines = list(simulation.rung_rows(20))
    assert len(lines) == 14 and all(line.count("|") == 9 for line in lines)
    assert sum(line.startswith("| ancova: ") for line in lines) == 6


def test_the_simulation_of_two_sites_knows_what_each_interval_leaves_out() -> None:
    """One batch of 500 studies: right about people within 4 Monte Carlo errors of .01, far too
    narrow with shocks to sites, and about right again where they are allowed for."""
    simulation = script("two_sites_simulation")
    studies = simulation.drawn(60, 0.0, np.random.default_rng(1))
    before, after = simulation.site_effects(simulation.BATCH, 60)
    risks = np.searchsorted(script("two_sites_estimators").CUTS, studies.later) >= 2
    assert risks.std() == pytest.approx(simulation.SD_WITHIN["glm, a risk"], rel=0.02)
    few = replace(
        studies, **{name: getattr(studies, name)[:4] for name in ("first", "later", "age")}
    )
    for name, way in simulation.ESTIMATORS.items():
        assert all(np.isfinite(one).all() and len(one) == 4 for one in way(few)), name
    for name in ("did, change", "ancova", "mixed, person"):
        own = simulation.ESTIMATORS[name](studies)
        sd = simulation.SD_WITHIN[name]
        shift = sd * (after - own[3] * before)
        shares = [
            float(held.split()[0])
            for held in (
                simulation.held(own),
                simulation.held(own, shift),
                simulation.held(own, shift, simulation.widened(own, sd)),
            )
        ]
        assert shares[0] == pytest.approx(0.95, abs=0.04), name
        assert shares[1] < 0.88 and shares[2] > 0.91, name


def test_the_simulation_of_averages_judges_what_the_engines_do() -> None:
    """Three studies against the engine one by one; a line for every kind and size."""
    made = script("averages_estimators")
    contrast = np.array([0.0, 0.0, 0.5, 0.5])
    y, arm, person, at = made.panel(60, 0.22, np.random.default_rng(1))
    many = made.unit_effects((y, arm, person, at))
    seen = np.bincount(person)[person] > 1
    x = made._cells(arm, at)
    for study in range(3):
        fit = least_squares(y[study, seen], x[seen], None, person[seen])
        one = infer(fit, contrast, "CR2", person[seen])
        own = [part[study] for part in many[:3]]
        assert own == pytest.approx([one.estimate, one.std_error, one.df], rel=1e-9)  # rounding
    y, arm, person, at = made.cross_sections(60, 0.22, np.random.default_rng(1))
    many = made.by_cross_sections((y, arm, person, at))
    x = np.column_stack([np.ones(len(at)), arm, made._cells(arm, at)])
    for study in range(3):
        one = infer(least_squares(y[study], x), np.array([0, 0, *contrast]), "HC2")
        own = [part[study] for part in many[:3]]
        assert own == pytest.approx([one.estimate, one.std_error, one.df], rel=1e-9)  # rounding
    simulation = script("averages_simulation")
    before, after = simulation.site_effects(4_000, 60)
    assert np.isfinite(before).all() and np.isfinite(after).all()
    done = [[simulation.batch(design, 4, 0)] for design in range(len(simulation.DESIGNS))]
    lines = list(simulation.rows_of(done))
    assert len(lines) == 2 * len(made.WAYS) and all(line.count("|") == 9 for line in lines)
    assert "nan" not in "".join(lines)


def test_the_wild_benchmark_has_its_data() -> None:
    wild = script("wild")
    data = wild.generated()
    assert (len(data), data["cluster"].nunique()) == (wild.ROWS, wild.CLUSTERS)
    assert wild.ours(data, 1)[1].draws == wild.DRAWS
    assert wild.permuted(data) > 0


def test_the_response_simulation_runs_and_its_ways_differ() -> None:
    simulation = script("response_simulation")
    for at, design in enumerate(simulation.DESIGNS):
        found = simulation.batch(at, 4, 0)
        assert set(found) == set(simulation.WAYS)
        for way, rows in found.items():
            assert rows.shape == (3, 4) and (rows[2] == 14).all()  # 16 neighbourhoods, 2 sites
            assert simulation.line(design, way, rows).count("|") == 7
        assert not np.allclose(found["raked"][0], found["unweighted"][0])


def test_the_simulation_of_unequal_surveys_says_where_the_interval_is_too_narrow() -> None:
    simulation = script("survey_unequal_simulation")
    said = {}
    for design, (name, alike) in enumerate(simulation.DESIGNS):
        line = simulation.line(design, simulation.batch(design, 4, 0))
        assert line.count("|") == 9 and f"| {alike:g} |" in line
        said[name] = line.endswith("| yes |")
    assert [name for name, told in said.items() if not told] == ["8 of 12; 8 of 12"]


def test_the_simulation_of_turned_scales_runs() -> None:
    simulation = script("turned_scale_simulation")
    found = simulation.batch(2, 3, 0)
    assert found.shape == (2, len(simulation.LOADINGS))
    assert (found[0] == 0).all() and found[1, -1] == 3  # loading 0.6: all three are found
    assert simulation.line(simulation.DESIGNS[2], found, 3).count("|") == 9


def test_the_raking_benchmark_rakes(tmp_path: Path) -> None:
    raking = script("survey_raking")
    d, counts = raking.respondents(2_000)
    _, weights = raking.ours(d, counts)
    for name, people in counts.items():
        assert np.bincount(d[name], weights) == pytest.approx(people, rel=1e-8)
    raking.MANY = 2_000
    for seconds, memory in raking.million(tmp_path).values():
        assert seconds > 0 and 0 < memory < 2
    assert len(pd.read_csv(tmp_path / "replicates.csv")) == 2
    assert len(pd.read_csv(tmp_path / "weights.csv")) == 2_000


def test_the_page_has_every_line_of_imputing_simulated_and_none_that_holds_is_outside() -> None:
    """The table is by hand (ten minutes); what it must show is asked of the page."""
    made = script("imputation_simulation")
    page = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")
    section = page.split(f"{made.TITLE}\n")[1].split("\n## ")[0]
    rows = [line.strip("|\n ").split(" | ") for line in section.splitlines() if "%" in line]
    lines = [[cell.strip(" |") for cell in row] for row in rows if len(row) >= 10]
    lines = [row for row in lines if row[0] in made.WAYS]
    shown = {(row[0], row[1], row[2], row[3]) for row in lines}
    lost = {"MNAR": "MAR"}
    assert shown == {
        (lost_by, str(design.people), f"{design.lost:.0%}", way)
        for lost_by, own in made.WAYS.items()
        for design in made.DESIGNS
        if design.lost_by == lost.get(lost_by, lost_by)
        for way in own
    }
    assert f"{made.STUDIES:,} studies a design" in section
    for row in lines:
        outside = row[10] if len(row) > 10 else ""
        if row[4] == "yes":
            assert "biased" not in outside and "covers less" not in outside, row
        if row[3] == made.JOINT and row[4] == "yes":  # Monte Carlo error of 2,000 studies: 0.005
            assert abs(float(row[9].split()[0]) - 0.95) < 0.018, row


def test_both_ways_to_the_value_of_a_trial_agree() -> None:
    """On 1,000 draws and two sizes; the benchmark takes 10,000 and twenty."""
    evsi = script("evsi")
    worth, error = evsi.regressed(1000, evsi.SIZES[[0, -1]])
    assert np.abs(worth - evsi.closed()[[0, -1]]).max() < 4 * error.max()


def test_a_missed_goal_of_the_whole_study_says_what_the_floor_took_beside_it() -> None:
    """Of a slower machine all is slower: `why is not known` stood where its floor was known. A new
    measurement asks for a new sentence, since it tells this one's seconds."""
    goals, measured = script("goals"), script("measured")
    found = {one.measure: one.value for one in measured.read() if one.benchmark == "floor"}
    for name in ("study_seconds", "nothing_to_do_seconds"):
        measure = goals.declared()["floor"].measures[name]
        assert measure.met(float(found[name])) or f"{found['floor_seconds']} s" in measure.limit
