"""Bootstrap first, then impute: against closed forms, itself, and imputing once."""

from dataclasses import replace

import numpy as np
import pytest

from cesp_analysis.declared.missing_data import Imputation
from cesp_analysis.economics.amounts import ADJUSTED, GAIN
from cesp_analysis.economics.boot import boot_of, pooled
from cesp_analysis.economics.boot_failures import pooled_reasons, why_failed
from cesp_analysis.economics.boot_samples import people_of
from cesp_analysis.economics.completed_samples import SampleAnalysis, completed_samples
from cesp_analysis.economics.data import data_of
from cesp_analysis.economics.estimated import by_regression, quantities
from cesp_analysis.economics.few_drawn import few_to_draw
from cesp_analysis.economics.frame import COST, UTILITY
from cesp_analysis.economics.imputing import (
    Departing,
    departed,
    imputations_of,
    known_of,
    said_of,
    sets_of,
)
from cesp_analysis.economics.law import of_everybody
from cesp_analysis.economics.rows import with_words
from cesp_analysis.economics.sampled import joint_rows
from cesp_analysis.economics.words import column_in_words, columns_in_words
from cesp_analysis.numbers import listed
from evaluated_study import answers, framed, people, spec

ASKED = quantities((20_000,))
NO_LIMIT = [np.inf] * len(ASKED)


def frame_with(lost=0.0, workers=0, n=30, seed=1, **own):
    how = spec(**({"cluster": "link_worker"} if workers else {}), **own)
    return framed(how, people(answers(n, seed, lost), workers))


def booted(frame, analyses, samples, m, seed):
    return boot_of(frame, analyses, completed_samples(frame, analyses, samples, m, seed))


def told(boot, analysis, most=NO_LIMIT, cluster="", n=60):
    return pooled(boot, analysis, ASKED, most, (n, n), cluster, 0.95)


def test_complete_people_have_the_variance_of_a_difference_in_means():
    """Nothing to impute, no covariate: gain over baseline is a difference of two means."""
    frame = frame_with(n=60)
    analysis = SampleAnalysis(GAIN)
    boot = booted(frame, [analysis], 4000, 2, 7)
    assert (boot.estimates[:, 0] == boot.estimates[:, 1]).all()
    rows, law = told(boot, analysis)
    plain = by_regression(data_of(frame, frame.table), GAIN, ASKED, "HC2", 0.95)
    for one, other in zip(rows, plain, strict=True):
        assert one.std_error == pytest.approx(other.std_error, rel=4 / np.sqrt(2 * 4000))
        assert one.estimate == pytest.approx(
            other.estimate, abs=4 * other.std_error / np.sqrt(4000)
        )
    assert law is not None and law.draws is not None and law.draws.shape == (4000, 2)
    assert np.sqrt(np.diag(law.cov)) == pytest.approx([rows[0].std_error, rows[1].std_error])


@pytest.mark.parametrize("approach", [GAIN, ADJUSTED])
def test_draws_have_the_mean_and_covariance_that_is_reported(approach):
    """Of imputed samples too, whose own spread holds that of imputing."""
    analysis = SampleAnalysis(approach)
    boot = booted(frame_with(0.4, n=40), [analysis], 300, 2, 7)
    rows, law = told(boot, analysis)
    assert law.draws.mean(axis=0) == pytest.approx(law.point)
    assert np.cov(law.draws.T) == pytest.approx(law.cov, rel=1e-6)
    assert np.sqrt(np.diag(law.cov)) == pytest.approx([rows[0].std_error, rows[1].std_error])
    good = np.isfinite(boot.of(analysis)).all(axis=(1, 2))
    own = boot.of(analysis)[good].mean(axis=1)
    for at in (0, 1):  # nearly the samples' own order
        assert np.corrcoef(own[:, at], law.draws[:, at])[0, 1] > 0.95


def test_link_workers_of_unequal_size_have_the_error_of_their_means():
    """Five link workers of one site drawn whole, people of the other alone: CR2 within a tenth."""
    frame = frame_with(workers=5, n=60)
    object.__setattr__(frame, "clusters", np.where(frame.treated, uneven(60), -1))
    analysis = SampleAnalysis(GAIN)
    boot = booted(frame, [analysis], 3000, 2, 7)
    sizes = {len(one) for one in sample_rows(frame, boot)}
    assert len(sizes) > 1  # samples differ in their number of people
    rows, _ = told(boot, analysis, cluster="link_worker")
    plain = by_regression(data_of(frame, frame.table), GAIN, ASKED, "HC2", 0.95)
    for one, other in zip(rows, plain, strict=True):
        assert one.std_error == pytest.approx(other.std_error, rel=0.1)
    assert rows[0].n_clusters == 5 + 60
    assert rows[0].warnings[0] == (
        "5 link workers in an arm of a site are few to draw from: of"
        " simulated intervals of 95% with four or five link workers 93 to 96% held the truth"
    )


def uneven(n):
    codes = np.repeat(np.arange(5), [4, 8, 12, 16, 20])
    return np.concatenate([codes, np.full(n, -1)])


def sample_rows(frame, boot):
    return list(people_of(boot.units, 50, 3))


def test_df_are_no_more_than_regressions_have():
    frame = frame_with(workers=5)
    analysis = SampleAnalysis(GAIN)
    boot = booted(frame, [analysis], 300, 2, 7)
    free, _ = told(boot, analysis, cluster="link_worker")
    bound, less = told(boot, analysis, [4.0, 5.0, 1e6], "link_worker")
    assert [one.df for one in bound[:2]] == [4.0, 5.0]
    assert bound[2].df == free[2].df > 100
    assert "df of what was observed (Barnard, Rubin)" in bound[0].method
    assert "df theirs" in bound[2].method
    assert bound[0].std_error == free[0].std_error and less.df == 4.0
    width = [one.interval[1] - one.interval[0] for one in (bound[0], free[0])]
    assert width[0] > 1.2 * width[1]


def test_samples_of_hardly_a_degree_of_freedom_bear_no_interval():
    analysis = SampleAnalysis(GAIN)
    boot = booted(frame_with(), [analysis], 30, 2, 7)
    rows, law = told(boot, analysis, [0.6, 9.0, 9.0])
    assert law is None and rows[0].reason.startswith("0.60 degrees of freedom are left")
    assert rows[1].interval is not None and rows[1].df == 9.0


def alike(one, other):
    return np.array_equal(one, other, equal_nan=True)


def test_the_same_seed_the_same_numbers_and_more_samples_keep_the_first():
    frame, analysis = frame_with(0.3), SampleAnalysis(ADJUSTED)
    first = booted(frame, [analysis], 60, 2, 7).estimates
    assert alike(booted(frame, [analysis], 60, 2, 7).estimates, first)
    more = booted(frame, [analysis], 90, 2, 7).estimates[:60]
    assert more == pytest.approx(first, rel=1e-9, nan_ok=True)  # batches round otherwise
    assert not (booted(frame, [analysis], 60, 2, 8).estimates == first).any()


def test_an_analysis_by_itself_is_that_one_among_others():
    frame = frame_with(0.3)
    analyses = [
        SampleAnalysis(GAIN),
        SampleAnalysis(ADJUSTED),
        SampleAnalysis(GAIN, Departing(utility=(1.0, 0.9))),
    ]
    together = booted(frame, analyses, 40, 2, 7)
    for analysis in analyses:
        assert alike(booted(frame, [analysis], 40, 2, 7).of(analysis), together.of(analysis))


def test_departures_change_what_was_imputed_and_nothing_else():
    """Halved imputed utilities of the intervention lower QALYs, in proportion to what is lost;
    with nothing lost, or multiplied by one, nothing changes."""
    analyses = [
        SampleAnalysis(GAIN),
        SampleAnalysis(GAIN, Departing()),
        SampleAnalysis(GAIN, Departing(utility=(1.0, 0.5))),
    ]
    boot = booted(frame_with(0.4), analyses, 200, 2, 7)
    plain, one, half = (boot.of(analysis) for analysis in analyses)
    good = np.isfinite(plain).all(axis=(1, 2))
    assert alike(one, plain) and good.mean() > 0.9
    assert (half[good][..., 1] < plain[good][..., 1]).all()
    assert half[good][..., 0] == pytest.approx(plain[good][..., 0])
    whole = booted(frame_with(), analyses, 20, 2, 7)
    assert whole.of(analyses[2]) == pytest.approx(whole.of(analyses[0]))


def test_only_gaps_are_multiplied():
    frame = frame_with(0.3)
    made = imputations_of(frame, 2, 3, "x")
    table = made.completed(0)
    gaps = np.isnan(frame.table)
    found = departed(table, frame, np.arange(len(gaps)), Departing((0.9, 0.8), (1.1, 1.2)))
    known = ~gaps
    p = frame.table.shape[1]
    assert (found[:, :p][known] == frame.table[known]).all()
    for at, column in enumerate(frame.equations.columns):
        about = frame.equations.about[column.name]
        by = {UTILITY: (0.9, 0.8), COST: (1.1, 1.2)}.get(about.variable, (1.0, 1.0))
        by = (1.0, 1.0) if about.time == "before" else by
        factor = np.where(frame.treated, by[1], by[0])
        own = gaps[:, at]
        assert found[own, at] == pytest.approx((table[:, at] * factor)[own])
    plain, pushed = (sets_of(frame, made, one)[0] for one in (None, Departing((0.9, 0.9))))
    complete = ~gaps.any(axis=1)
    assert (pushed.qaly[complete] == plain.qaly[complete]).all()
    assert known_of(frame) == int(complete.sum())


def test_what_is_weighty_in_the_imputation_is_said_of_what_needs_it():
    """Costs at 12m are those at 6m, and the same people lack both."""
    found = answers(40)
    found[COST][:, 2] = 3 * found[COST][:, 1]
    found[COST][::4, 1:] = np.nan
    frame = framed(spec(), people(found))
    made = imputations_of(frame, 3, 3, "x")
    said = said_of(made, frame)
    weighty = [one for one in said if "determine" in one and "(intervention)" in one]
    assert weighty and all("costs at " in one and "@" not in one for one in weighty)
    away = replace(frame, cost=np.zeros_like(frame.cost))
    assert not [
        one for one in said_of(made, away) if one.startswith(("costs at 6m", "costs at 12"))
    ]
    own = {"status": "estimated", "warnings": None}, {"status": "not_estimable", "warnings": None}
    rows = [with_words(row, said) for row in own]
    assert weighty[0] in rows[0]["warnings"] and rows[1]["warnings"] is None


@pytest.mark.parametrize("approach", [GAIN, ADJUSTED])
def test_departures_are_of_who_was_lost_not_of_who_came_without_a_baseline(approach):
    """Half of the intervention lack their first utility and cost, nobody a later one."""
    found = answers(40)
    for values in found.values():
        values[:20, 0] = np.nan
    frame = framed(spec(), people(found))
    worse = Departing(utility=(1.0, 0.8), cost=(1.0, 1.2))
    boot = booted(frame, [SampleAnalysis(approach), SampleAnalysis(approach, worse)], 40, 2, 7)
    assert np.isfinite(boot.estimates).mean() > 0.9
    assert alike(boot.of(SampleAnalysis(approach)), boot.of(SampleAnalysis(approach, worse)))
    made = imputations_of(frame, 3, 3, "x")
    for one, other in zip(sets_of(frame, made), sets_of(frame, made, worse), strict=True):
        assert (one.utility == other.utility).all() and (one.qaly == other.qaly).all()
        assert (one.base_cost == other.base_cost).all()


def test_a_single_unit_in_a_site_has_a_reason():
    frame = frame_with(workers=1)
    analysis = SampleAnalysis(GAIN)
    boot = booted(frame, [analysis], 20, 2, 7)
    rows, law = told(boot, analysis, cluster="link_worker")
    assert law is None and all("single cluster" in one.reason for one in rows)


def of_sites(lone, sites=30, n=10):
    """So many sites, every other of the intervention arm, n people in each; of the first `lone` one
    alone, the others of these in the last of their arm."""
    who = people(answers(sites * n // 2))
    code, first = np.repeat(np.arange(sites), n), np.arange(sites * n) % n == 0
    code = np.where((code >= lone) | first, code, sites - 2 + code % 2)
    who.once["site"] = [f"s{one:02}" for one in code]
    who.once["arm"] = np.where(code % 2, "control", "intervention")
    return framed(spec(), who)


@pytest.mark.parametrize("lone", [1, 3, 8])
def test_sites_of_a_single_person_are_named(lone):
    frame = of_sites(lone)
    arms = ("intervention", "control")
    own = [f"the {arms[at % 2]} arm of site s{at:02}" for at in range(lone)]
    told = listed(own) if lone < 6 else f"{', '.join(own[:5])} and 3 more"
    for one in (
        booted(frame, [SampleAnalysis(GAIN)], 20, 2, 7).refused,
        joint_rows(data_of(frame, frame.table), GAIN, ASKED, 200, 1, "", 0.95)[0].reason,
    ):
        assert one.startswith(f"{told} {'has' if lone == 1 else 'have'} a single person: drawn")


def test_many_sites_with_few_people_are_one_sentence():
    frame = of_sites(0)
    row = joint_rows(data_of(frame, frame.table), GAIN, ASKED, 200, 1, "", 0.95)[0]
    (said,) = row.warnings
    assert said.startswith("the intervention arm of site s00, the control arm of site s01, the")
    assert "arm of site s04 and 25 more have 10 people: intervals by percentiles" in said


def test_a_column_that_cannot_be_imputed_is_named():
    found = answers(20, lost=0.2)
    found[UTILITY][:20, 2] = np.nan  # nobody of the intervention
    frame = framed(spec(), people(found))
    boot = booted(frame, [SampleAnalysis(GAIN)], 20, 2, 7)
    rows, _ = told(boot, SampleAnalysis(GAIN))
    assert all(one.reason.startswith("utility at 12m (intervention):") for one in rows)


def test_samples_that_all_fail_say_why():
    frame = frame_with(0.15, n=9)
    rows, law = told(booted(frame, [SampleAnalysis(GAIN)], 20, 2, 7), SampleAnalysis(GAIN))
    assert law is None
    for one in rows:
        assert "samples were completed and analysed: at least two are needed; why" in one.reason
        assert "answered it, too few to impute it from (5 are needed)" in one.reason


def test_sites_imputed_apart_with_clusters_of_unequal_size():
    """Two sites an arm, workers drawn whole, equations apart in each site."""
    from cesp_analysis.declared.design import Place

    places = tuple(
        Place(name=name, label=name, arm="intervention" if name[0] == "a" else "control")
        for name in ("a1", "a2", "b1", "b2")
    )
    how = spec(cluster="link_worker", sites=places, imputation=Imputation(within="site"))
    who = people(answers(240, lost=0.2))
    site = np.repeat(["a1", "a2", "b1", "b2"], 120)
    worker = [
        f"{place}{k}" if place[0] == "a" else None
        for place, k in zip(site, np.repeat([0, 1, 2], [20, 40, 60]).tolist() * 4, strict=True)
    ]
    who.once["site"] = site
    who.once["link_worker"] = worker
    boot = booted(framed(how, who), [SampleAnalysis(GAIN)], 60, 2, 7)
    assert not boot.refused and np.isfinite(boot.estimates).mean() > 0.9


@pytest.mark.parametrize(
    ("workers", "n", "said"),
    [
        (3, 30, "3 link workers in an arm of a site are few to draw from:"
                " fewer than four were not simulated"),
        (8, 32, "8 link workers in an arm of a site are few to draw from:"
                " of simulated intervals of 95% with eight or twelve link workers 94 to 95% held"
                " the truth"),
        (15, 30, ""),
        (0, 15, "15 people in an arm of a site are few to draw from: of simulated intervals of 95%"
                " with five, ten or fifteen people 95% held the truth"),
        (0, 4, "4 people in an arm of a site are few to draw from: fewer than five were not"
               " simulated"),
        (0, 30, ""),
    ],
)  # fmt: skip
def test_few_to_draw_from_are_told_with_what_was_simulated_of_them(workers, n, said):
    boot = booted(frame_with(workers=workers, n=n), [SampleAnalysis(GAIN)], 20, 2, 7)
    assert few_to_draw(boot.units, "link_worker" if workers else "", boot.place) == said


@pytest.mark.parametrize("sites", [True, False])
def test_a_study_without_sites_is_drawn_within_arms(sites):
    who = people(answers(15))
    if not sites:
        who.once["site"] = ""
    frame = framed(spec(sites=() if not sites else spec().sites), who)
    boot = booted(frame, [SampleAnalysis(GAIN)], 20, 2, 7)
    first = told(boot, SampleAnalysis(GAIN))[0][0]
    data = data_of(frame, frame.table)
    second = joint_rows(data, GAIN, ASKED, 200, 1, "", 0.95)[0]
    for one in (first, second):
        assert f"of people within {'sites' if sites else 'arms'}" in one.method
        assert any("site" in word for word in one.warnings) == sites
        assert "Cameron" not in str(one.warnings)  # of clusters
    assert "an arm of a site" in first.warnings[0] or not sites


def test_columns_are_told_in_words():
    columns = ["cost nhs@6m", "cost nhs+social_care@6m", "utility@6m", "lives_alone[yes]"]
    told_as = {
        "the model of cost nhs+social_care@6m has": "the model of costs of nhs and social care at"
        " 6m has",
        "cost nhs@6m (north): no answers": "costs of nhs at 6m (north): no answers",
        "fewer than 3 answered utility@6m": "fewer than 3 answered utility at 6m",
        "lives_alone[yes]: none": "lives alone (yes): none",
        "the analysis has no number in it": "the analysis has no number in it",
    }
    for text, words in told_as.items():
        assert columns_in_words(text, columns) == words
    assert column_in_words("cost@12m") == "costs at 12m"


def test_no_sample_that_failed_is_told_by_a_column_s_name():
    """Three of an arm have a cost at 6 months: most samples have too few of them."""
    found = answers(12, lost=0.3)
    found[COST][3:12, 1] = np.nan
    boot = booted(framed(spec(), people(found)), [SampleAnalysis(GAIN)], 40, 2, 7)
    said = " ".join(reason for reason, _ in boot.reasons[0]) + boot.refused
    assert "costs at 6m" in said and "@" not in said


def test_why_samples_failed_is_told():
    boot = booted(frame_with(n=30), [SampleAnalysis(GAIN)], 20, 2, 7)
    failed = replace(boot, reasons=((("nobody answered", 1), ("no number", 3)),))
    assert told(failed, SampleAnalysis(GAIN))[0][0].warnings[-1] == (
        "why samples failed: no number (3); nobody answered (1)"
    )
    assert not any("why" in word for word in told(boot, SampleAnalysis(GAIN))[0][0].warnings)


def test_reasons_of_samples_that_failed_stay_a_few():
    """Numbers within a reason are pooled, a column's name keeps its own, and the rarest kinds are
    counted alone."""
    found = pooled_reasons(
        {
            "cost@6 (here): 4 answered it, too few to impute it from (5 are needed)": 3,
            "cost@6 (here): 2 answered it, too few to impute it from (5 are needed)": 1,
            "cost@12 (here): 2 answered it, too few to impute it from (5 are needed)": 2,
            **{f"nobody answered column_{at}": 1 for at in range(9)},
        },
        ["cost@6", "cost@12", *(f"column_{at}" for at in range(9))],
    )
    few = "answered it, too few to impute it from (5 are needed)"
    assert found[0] == (f"costs at 6 (here): 2 to 4 {few}", 4)
    assert found[1] == (f"costs at 12 (here): 2 {few}", 2)
    assert len(found) == 11
    (said,) = why_failed(found)
    assert said.startswith("why samples failed: costs at 6 (here): 2 to 4 answered it")
    assert said.count(";") == 5 and said.endswith("; and 6 more kinds (6)")
    assert not [*why_failed(())]


def test_nothing_missing_has_the_estimate_of_everybody():
    """Samples are of the interval alone, and move no estimate; draws lie around it."""
    frame, analysis = frame_with(n=40), SampleAnalysis(ADJUSTED)
    plain = by_regression(data_of(frame, frame.table), ADJUSTED, ASKED, "HC2", 0.95)
    exact = of_everybody(frame, [GAIN, ADJUSTED], "HC2")
    first, second = (
        pooled(booted(frame, [analysis], 200, 2, seed), analysis, ASKED, NO_LIMIT, (80, 80), "",
               0.95, exact[ADJUSTED])
        for seed in (7, 8)
    )  # fmt: skip
    for one, other, known in zip(first[0], second[0], plain, strict=True):
        assert one.estimate == other.estimate == known.estimate
        assert one.std_error != other.std_error and one.monte_carlo == 0.0
        assert one.of_ends > 0 and one.method.endswith("samples are of its interval")
    law = first[1]
    assert law.point.tolist() == [one.estimate for one in plain[:2]] and law.exact
    assert law.draws.mean(axis=0) == pytest.approx(law.point)
    assert of_everybody(frame_with(0.1), [GAIN], "HC2") == {}


def test_a_sample_that_cannot_bear_everybodys_equations_has_its_own():
    """Of 24 an arm a third lack each later answer: in some samples too few different people
    answered for as many predictors, which neither loses them nor moves the others."""
    frame, analysis = (
        framed(spec(adjusted=("age",)), people(answers(24, 2, 0.3))),
        SampleAnalysis(GAIN),
    )
    boot = booted(frame, [analysis], 200, 2, 7)
    (said,) = boot.said
    number = int(said.split(" of ")[0])
    assert 20 < number < 100 and np.isfinite(boot.estimates).all() and boot.reasons == ((),)
    assert said.startswith(f"{number} of 200 bootstrap samples could not bear")
    rows, law = told(boot, analysis, n=48)
    assert law is not None and all(said in one.warnings for one in rows)
    again = booted(frame, [analysis], 60, 2, 7).estimates
    assert again == pytest.approx(boot.estimates[:60], rel=1e-9)  # of these samples the same


@pytest.mark.parametrize(("failed", "too_many"), [(4, False), (5, True)])
def test_so_many_samples_may_fail_as_of_people_who_are_complete(failed, too_many):
    """Fewer than half of 5% of 200, or the others bear no interval."""
    analysis = SampleAnalysis(GAIN)
    boot = booted(frame_with(), [analysis], 200, 2, 7)
    boot.estimates[:failed] = np.nan
    boot = replace(boot, reasons=((("nobody answered costs at 6m", failed),),))
    rows, law = told(boot, analysis)
    assert (law is None) == too_many
    for one in rows:
        assert (one.estimate is None) == too_many
        assert one.reason.startswith("5 of 200 bootstrap samples failed: too many") == too_many
        assert too_many == ("why samples failed: nobody answered costs at 6m (5)" in one.reason)


def test_samples_of_costs_that_qalys_are_not_adjusted_for_are_a_mistake():
    """Two equations are solved together: they have the same columns in the base case alone."""
    frame = frame_with()
    assert frame.costs_before
    with pytest.raises(ValueError, match="the same columns"):
        booted(
            replace(frame, costs_before=frame.costs_before * 2), [SampleAnalysis(ADJUSTED)], 4, 2, 7
        )
