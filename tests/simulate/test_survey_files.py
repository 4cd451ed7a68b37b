"""What comes with the synthetic surveys: invitations, population, ties, figures from outside."""

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from math import exp, factorial, sqrt
from pathlib import Path

import numpy as np
import pytest
from scipy.special import gammaln

from cesp_analysis.errors import CespError
from cesp_analysis.simulate.authorities import levels
from cesp_analysis.simulate.population import whole
from cesp_analysis.simulate.spec import Simulation, read_simulation
from cesp_analysis.simulate.study import clean_files
from cesp_analysis.simulate.survey import sample, survey_codes, survey_rows
from cesp_analysis.simulate.tables import Table
from cesp_analysis.simulate.ties import named

DATA = Path(__file__).parents[2] / "data"
# Largest |z| of some dozen comparisons: 2 * 60 * (1 - Phi(4)) = .004 that any exceeds it.
LARGEST_Z = 4.0


@pytest.fixture(scope="module")
def spec() -> Simulation:
    return read_simulation(DATA / "simulation.yaml")


@pytest.fixture(scope="module")
def files(spec: Simulation) -> dict[str, Table]:
    return clean_files(spec)


def counted(rows: Iterable[dict[str, object]], *columns: str) -> Counter[tuple[object, ...]]:
    return Counter(tuple(row[column] for column in columns) for row in rows)


# ------------------------------------------------------------------ who was invited


def test_complete_invitations_are_the_respondents(
    spec: Simulation, files: dict[str, Table]
) -> None:
    frame = files[spec.survey.invitations.file]
    complete = [row for row in frame if row["disposition"] == "complete"]
    for wave in spec.survey.waves:
        here = [row for row in complete if row["wave"] == wave.name]
        answered = counted(files[wave.file], "site", "neighbourhood")
        assert counted(here, "site", "neighbourhood") == answered
        assert Counter(str(row["site"]) for row in here) == wave.respondents


def test_every_invitation_is_counted_once(spec: Simulation, files: dict[str, Table]) -> None:
    rule, frame = spec.survey.invitations, files[spec.survey.invitations.file]
    assert len({row["address_id"] for row in frame}) == len(frame)
    invited = {(s, w): n for s, waves in rule.invited.items() for w, n in waves.items()}
    assert counted(frame, "site", "wave") == invited
    places = {name: site.name for site in spec.sites for name in site.neighbourhoods}
    assert all(places[str(row["neighbourhood"])] == row["site"] for row in frame)


def test_what_became_of_the_others_has_its_true_shares(
    spec: Simulation, files: dict[str, Table]
) -> None:
    frame = files[spec.survey.invitations.file]
    for site, waves in spec.survey.invitations.rest.items():
        for wave, shares in waves.items():
            seen = Counter(
                str(row["disposition"])
                for row in frame
                if (row["site"], row["wave"]) == (site, wave) and row["disposition"] != "complete"
            )
            n = seen.total()
            assert set(seen) == set(shares)
            for kind, share in shares.items():
                error = sqrt(share * (1 - share) / n)
                assert abs(seen[kind] / n - share) < LARGEST_Z * error, (site, wave, kind)


def test_response_drifts_in_one_site_alone(spec: Simulation, files: dict[str, Table]) -> None:
    frame = files[spec.survey.invitations.file]
    asked = counted(frame, "site", "wave")
    met = counted((r for r in frame if r["disposition"] == "complete"), "site", "wave")
    rates = {
        site.name: [met[site.name, w.name] / asked[site.name, w.name] for w in spec.survey.waves]
        for site in spec.sites
    }
    steady, drifting = rates.values()
    assert max(steady) - min(steady) < 0.01
    assert all(later < before - 0.03 for before, later in pairwise(drifting))


# ------------------------------------------------------------------ whom they stand for


def test_counts_are_whole_and_add_up() -> None:
    assert whole({"a": 0.5, "b": 0.3, "c": 0.2}, 7) == {"a": 4, "b": 2, "c": 1}  # 3.5, 2.1, 1.4
    assert sum(whole({"a": 1, "b": 1, "c": 1}, 100).values()) == 100


def test_margins_agree_on_the_number_of_adults(spec: Simulation, files: dict[str, Table]) -> None:
    rule = spec.survey.population
    by_age, by_tenure = files[rule.age_sex_file], files[rule.tenure_file]
    for site, adults in rule.adults.items():
        word = rule.words[site]
        assert sum(int(str(r["population"])) for r in by_age if r["site"] == word) == adults
        for wave in spec.survey.waves:
            here = [r for r in by_tenure if (r["site"], r["wave"]) == (word, rule.words[wave.name])]
            assert sum(int(str(r["population"])) for r in here) == adults
            shares = rule.tenure[site][wave.name]
            for row in here:  # rounded to a whole adult
                assert abs(int(str(row["population"])) - shares[str(row["tenure"])] * adults) < 1


def test_every_cell_of_a_margin_has_respondents(spec: Simulation, files: dict[str, Table]) -> None:
    rule = spec.survey.population
    cells = {(r["age_band"], r["sex_group"]) for r in files[rule.age_sex_file]}
    tenures = {r["tenure"] for r in files[rule.tenure_file]}
    for wave in spec.survey.waves:
        for site in spec.sites:
            here = [row for row in files[wave.file] if row["site"] == site.name]
            met = Counter((r["age_band"], rule.sex_groups[str(r["sex"])]) for r in here)
            assert set(met) == cells and min(met.values()) >= 10
            assert {r["tenure"] for r in here} == tenures


def test_who_answers_drifts_by_tenure_in_one_site(
    spec: Simulation, files: dict[str, Table]
) -> None:
    """Response of a group relative to all = respondents' share / population's share."""
    rule = spec.survey.population
    relative = {}
    for site in spec.sites:
        for wave in spec.survey.waves:
            here = [row for row in files[wave.file] if row["site"] == site.name]
            share = sum(row["tenure"] == "private rent" for row in here) / len(here)
            relative[site.name, wave.name] = (
                share / rule.tenure[site.name][wave.name]["private rent"]
            )
    first, last = spec.survey.waves[0].name, spec.survey.waves[-1].name
    steady, drifting = (site.name for site in spec.sites)
    assert abs(relative[steady, last] - relative[steady, first]) < 0.15  # its sampling SE: 0.11
    assert relative[drifting, last] < relative[drifting, first] - 0.15


def test_tenure_shifts_satisfaction_as_the_yaml_says(spec: Simulation) -> None:
    """Respondents of a tenure answer as without the shift, at a trait that is shifted."""
    drawn = sample(spec)
    rows = survey_rows(spec, drawn)
    tenure = np.array(drawn.tenure)[drawn.respondent]
    shifts = spec.survey.traits["place"].tenure
    trait = spec.survey.traits["place"].model_copy(update={"tenure": {}})
    survey = spec.survey.model_copy(update={"traits": {**spec.survey.traits, "place": trait}})
    plain = survey_codes(spec.model_copy(update={"survey": survey}), drawn, rows)
    given = survey_codes(spec, drawn, rows)
    assert {name for name in given if (given[name] != plain[name]).any()} == {"living_here"}
    for kind, shift in shifts.items():
        moved = (given["living_here"] - plain["living_here"])[tenure == kind]
        assert moved.any() and ((moved <= 0).all() if shift > 0 else (moved >= 0).all())
    assert not (given["living_here"] - plain["living_here"])[tenure == "other"].any()


def test_a_wave_may_ask_a_question_the_other_way_round(
    spec: Simulation, files: dict[str, Table]
) -> None:
    (wave,) = (wave for wave in spec.survey.waves if wave.reversed)
    ((item, column),) = wave.reversed.items()
    straight = wave.model_copy(update={"reversed": {}})
    waves = tuple(straight if one is wave else one for one in spec.survey.waves)
    survey = spec.survey.model_copy(update={"waves": waves})
    plain = clean_files(spec.model_copy(update={"survey": survey}))
    for name, table in plain.items():
        if name != wave.file:
            assert table == files[name]
    for before, after in zip(plain[wave.file], files[wave.file], strict=True):
        told = [before[item], after[column]]
        assert told == [None, None] or sum(int(str(code)) for code in told) == 6  # 1 to 5
        assert {k: v for k, v in before.items() if k != item} == {
            k: v for k, v in after.items() if k != column
        }


# ------------------------------------------------------------------ ties


def expected_named(mean: float, shape: float, most: int) -> tuple[float, float]:
    """Mean and variance of min(N, most), N gamma-Poisson (negative binomial)."""
    p = shape / (shape + mean)
    chances = [
        exp(gammaln(k + shape) - gammaln(shape)) / factorial(k) * p**shape * (1 - p) ** k
        for k in range(most)
    ]
    chances.append(1 - sum(chances))
    first = sum(k * c for k, c in enumerate(chances))
    return first, sum(k * k * c for k, c in enumerate(chances)) - first**2


def test_the_formula_for_counts_is_the_geometric_where_shape_is_one() -> None:
    mean, _ = expected_named(0.8, 1.0, 4)
    q = 0.8 / 1.8
    assert mean == pytest.approx(sum(q**k for k in range(1, 5)), rel=1e-12)


def test_numbers_named_have_their_true_rates(spec: Simulation) -> None:
    drawn = sample(spec)
    treated = drawn.site[drawn.respondent] == 0
    for kind in ("people", "groups"):
        rule = getattr(spec.survey.ties, kind).model_copy(update={"general": 0.0})
        counts = named(spec, drawn, kind, rule)
        assert counts.max() == rule.most and counts.min() == 0
        for w, wave in enumerate(spec.survey.waves):
            for arm in (True, False):
                here = counts[(drawn.wave == w) & (treated == arm)]
                rate = rule.mean * (rule.ratio.get(wave.name, 1.0) if arm else 1.0)
                mean, variance = expected_named(rate, rule.shape, rule.most)
                error = sqrt(variance / len(here))
                assert abs(here.mean() - mean) < LARGEST_Z * error, (kind, wave.name, arm)


def test_ties_are_of_respondents_of_their_wave_and_never_twice(
    spec: Simulation, files: dict[str, Table]
) -> None:
    rule = spec.survey.ties
    rows = files[rule.file]
    assert {row["wave"] for row in rows} == set(rule.waves)
    assert max(counted(rows, "respondent_id", "wave", "name").values()) == 1
    for wave in (wave for wave in spec.survey.waves if wave.name in rule.waves):
        asked = {row["respondent_id"] for row in files[wave.file]}
        told = {row["respondent_id"] for row in rows if row["wave"] == wave.name}
        assert told < asked  # some name nobody: isolates
    people = [row for row in rows if row["tie"] == "person"]
    near = sum(row["in_neighbourhood"] == "yes" for row in people) / len(people)
    assert abs(near - rule.near) < LARGEST_Z * sqrt(rule.near * (1 - rule.near) / len(people))
    organisations = {row["name"] for row in rows if row["tie"] == "organisation"}
    assert organisations == {
        name for name, group in rule.named_groups.items() if group.organisation
    }


def test_a_group_of_one_site_is_named_there_alone(
    spec: Simulation, files: dict[str, Table]
) -> None:
    met = counted(files[spec.survey.ties.file], "name", "site")
    for name, group in spec.survey.ties.named_groups.items():
        sites = {site for told, site in met if told == name}
        assert sites == ({group.site} if group.site else {site.name for site in spec.sites})


# ------------------------------------------------------------------ figures from outside


def test_figures_are_of_every_authority_and_year_and_say_that_they_are_synthetic(
    spec: Simulation, files: dict[str, Table]
) -> None:
    rule, rows = spec.authorities, files[spec.authorities.file]
    years = rule.years[1] - rule.years[0] + 1
    assert len(rows) == len(rule.names) * years * len(rule.measures)
    assert max(counted(rows, "authority", "year", "measure").values()) == 1
    assert {row["status"] for row in rows} == {"synthetic"}
    assert {site.name for site in spec.sites} <= set(rule.names)


def test_authorities_drift_apart_as_the_yaml_says(spec: Simulation) -> None:
    """Changes over k years have variance step² k; over all authorities and single years, m values,
    the variance's relative SE is sqrt(2 / m)."""
    for name, rule in spec.authorities.measures.items():
        true = levels(spec, name) - rule.trend * np.arange(13)
        steps = np.diff(true, axis=1)
        relative = (steps**2).mean() / rule.step**2
        assert abs(relative - 1) < LARGEST_Z * sqrt(2 / steps.size)
        own = true[:, 0] - rule.mean
        assert abs((own**2).mean() / rule.between**2 - 1) < LARGEST_Z * sqrt(2 / len(own))


# ------------------------------------------------------------------ mistakes in the YAML


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("refusal: 0.31,", "refusal: 0.41,"), "shares of the others must have sum 1"),
        (("{partial: 0.02, refusal: 0.27", "{complete: 0.02, refusal: 0.27"), "must have sum 1"),
        (("refusal: 0.31,", "refused: 0.31,"), "refused"),
    ],
)
def test_a_mistake_is_told(change: tuple[str, str], message: str, tmp_path: Path) -> None:
    text = (DATA / "simulation.yaml").read_text(encoding="utf-8")
    assert change[0] in text
    path = tmp_path / "simulation.yaml"
    path.write_text(text.replace(*change), encoding="utf-8")
    with pytest.raises(CespError) as error:
        read_simulation(path)
    assert message in str(error.value)
