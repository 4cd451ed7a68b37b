"""The synthetic study: same bytes, dirt where it is said to be, truth recovered from large n."""

import csv
import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import product
from math import sqrt
from pathlib import Path

import numpy as np
import openpyxl
import pyreadstat
import pytest
import yaml

from cesp_analysis.arrays import Floats, Ints
from cesp_analysis.errors import CespError
from cesp_analysis.simulate.contacts import service_use
from cesp_analysis.simulate.dirt import HANDLING
from cesp_analysis.simulate.latent import NORMAL, Rows, cuts, expected_answer, latent, means, shocks
from cesp_analysis.simulate.outcomes import codes, follow_up, traits
from cesp_analysis.simulate.people import Cohort, cohort, measurements, screening_log
from cesp_analysis.simulate.spec import Simulation, read_simulation
from cesp_analysis.simulate.spec_parts import Instrument, Item, Trait
from cesp_analysis.simulate.study import clean_files, simulate_study
from cesp_analysis.simulate.survey import sample, survey_codes, survey_rows
from cesp_analysis.simulate.writers import text_of

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"
# Largest |z| of a few hundred comparisons: 2 * 400 * (1 - Phi(4.5)) = .003 that any exceeds it.
LARGEST_Z = 4.5


@pytest.fixture(scope="module")
def spec() -> Simulation:
    return read_simulation(DATA / "simulation.yaml")


@pytest.fixture(scope="module")
def made(spec: Simulation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    simulate_study(spec, folder)
    return folder


def read_raw(path: Path) -> list[list[str]]:
    """A raw file as text, header first, by readers that are not ours."""
    if path.suffix == ".sav":
        frame, _ = pyreadstat.read_sav(str(path), user_missing=True)
        return [list(frame), *([_text(cell) for cell in row] for row in frame.to_numpy().tolist())]
    if path.suffix == ".xlsx":
        sheet = openpyxl.load_workbook(path).active
        assert sheet is not None
        return [[_text(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def _text(cell: object) -> str:
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else f"{cell:.3f}"
    return str(cell)


# ------------------------------------------------------------------ the committed files


def test_regenerated_files_are_the_committed_bytes(made: Path) -> None:
    ours = {path.name for path in (made / "raw").iterdir()}
    assert ours <= {path.name for path in (DATA / "raw").iterdir()}
    for name in sorted(ours):
        assert (made / "raw" / name).read_bytes() == (DATA / "raw" / name).read_bytes(), name
    planted = "planted_dirt.csv"
    assert (made / planted).read_bytes() == (DATA / planted).read_bytes()


def test_every_file_has_a_source_with_its_true_checksum(made: Path, spec: Simulation) -> None:
    files = yaml.safe_load((made / "raw" / "SOURCES.yaml").read_text(encoding="utf-8"))["files"]
    raw = {path.name for path in (made / "raw").iterdir()} - {"SOURCES.yaml"}
    assert set(files) == raw == set(spec.sources)
    for name, source in files.items():
        content = (made / "raw" / name).read_bytes()
        assert source["sha256"] == hashlib.sha256(content).hexdigest()
        assert source["received"] == spec.received
        assert source["row"] and source["licence"] and source["supplier"]


def test_sav_keeps_value_labels_and_user_missing_codes(made: Path, spec: Simulation) -> None:
    time = next(time for time in spec.times if time.file.endswith(".sav"))
    _, meta = pyreadstat.read_sav(str(made / "raw" / time.file), user_missing=True)
    for name in spec.outcomes:
        instrument = spec.instruments[name]
        for item in instrument.items:
            labels = meta.variable_value_labels[item]
            assert {**instrument.labels, time.missing_code: "not answered"} == labels
            assert meta.missing_ranges[item] == [{"lo": time.missing_code, "hi": time.missing_code}]
    assert meta.creation_time.date() == spec.received


# ------------------------------------------------------------------ the dirt


@dataclass(frozen=True)
class Piece:
    """One line of planted_dirt.csv with the file it is in."""

    file: str
    line: int
    column: str
    id: str
    kind: str
    raw_value: str
    rows: list[list[str]]

    @property
    def row(self) -> list[str]:
        return self.rows[self.line - 1]

    @property
    def above(self) -> list[list[str]]:
        return self.rows[1 : self.line - 1]

    def cell(self) -> str:
        return self.row[self.rows[0].index(self.column)]


@pytest.fixture(scope="module")
def pieces(made: Path, spec: Simulation) -> list[Piece]:
    raw = {file: read_raw(made / "raw" / file) for file in spec.sources}
    with (made / "planted_dirt.csv").open(encoding="utf-8", newline="") as file:
        return [
            Piece(row["file"], int(row["line"]), row["column"], row["id"], row["kind"],
                  row["raw_value"], raw[row["file"]])
            for row in csv.DictReader(file)
        ]  # fmt: skip


def test_everything_asked_for_is_planted_and_every_kind_is_used(
    pieces: list[Piece], spec: Simulation
) -> None:
    asked = Counter[tuple[str, str]]()
    for dirt in spec.dirt:
        asked[dirt.file, dirt.kind] += len(dirt.values) or dirt.rows
    assert Counter((piece.file, piece.kind) for piece in pieces) == asked
    assert {piece.kind for piece in pieces} == set(HANDLING)


def test_every_piece_of_dirt_is_where_the_list_says(pieces: list[Piece]) -> None:
    for piece in pieces:
        if piece.kind != "misnamed_column":
            assert piece.row[0] == ("" if piece.kind == "blank_id" else piece.id), piece
        if piece.kind != "duplicate_row":
            assert piece.cell() == piece.raw_value, piece


def _is_iso(text: str) -> bool:
    try:
        return date.fromisoformat(text).year < 2100
    except ValueError:
        return False


def _is_number(text: str) -> bool:
    try:
        return float(text) is not None
    except ValueError:
        return False


def _before_baseline(piece: Piece, baseline: dict[str, str]) -> bool:
    first = baseline[piece.row[piece.rows[0].index("person_id")]]
    return _is_iso(first) and date.fromisoformat(piece.raw_value) < date.fromisoformat(first)


def _instrument(spec: Simulation, column: str) -> Instrument | None:
    found = [each for each in spec.instruments.values() if column in each.items]
    return found[0] if found else None


def _out_of_range(piece: Piece, spec: Simulation) -> bool:
    instrument = _instrument(spec, piece.column)
    value = int(piece.raw_value)
    return instrument is None or not instrument.lowest <= value <= instrument.highest


def test_dirt_is_what_its_kind_says(pieces: list[Piece], spec: Simulation) -> None:
    sites = {site.name for site in spec.sites}
    tidy = {site.casefold() for site in sites}
    starts = next(p for p in pieces if p.file == spec.times[0].file).rows
    people = {row[0] for row in next(p for p in pieces if p.file == spec.files["people"]).rows}
    baseline = {row[0]: row[1] for row in reversed(starts)}
    checks: dict[str, Callable[[Piece], bool]] = {
        "duplicate_row": lambda p: p.row in p.above,
        "conflicting_duplicate": lambda p: (
            p.row not in p.above and p.row[0] in {row[0] for row in p.above}
        ),
        "impossible_date": lambda p: not _is_iso(p.raw_value),
        "date_before_baseline": lambda p: _before_baseline(p, baseline),
        "date_before_start": lambda p: _before_baseline(p, baseline),
        "second_date_format": lambda p: bool(datetime.strptime(p.raw_value, "%d/%m/%Y")),
        "out_of_range_code": lambda p: _out_of_range(p, spec),
        "undeclared_missing_code": lambda p: (
            p.raw_value in ("999", "-9") and _out_of_range(p, spec)
        ),
        "declared_missing_code": lambda p: (
            p.raw_value in {str(t.missing_code) for t in spec.times if t.file == p.file}
        ),
        "untidy_site": lambda p: (
            p.raw_value not in sites and p.raw_value.strip().casefold() in tidy
        ),
        "undeclared_site": lambda p: p.raw_value.strip().casefold() not in tidy,
        "misnamed_column": lambda p: p.line == 1 and _instrument(spec, p.column) is None,
        "unknown_id": lambda p: p.id not in people,
        "blank_id": lambda p: p.raw_value == "" and p.id != "",
        "text_in_number": lambda p: not _is_number(p.raw_value),
    }
    assert set(checks) == set(HANDLING)
    for piece in pieces:
        assert checks[piece.kind](piece), piece


def test_nothing_but_the_listed_dirt_differs_from_the_truth(
    made: Path, spec: Simulation, pieces: list[Piece]
) -> None:
    added = ("duplicate_row", "conflicting_duplicate", "unknown_id")
    for file, table in clean_files(spec).items():
        here = [piece for piece in pieces if piece.file == file]
        extra = {piece.line for piece in here if piece.kind in added}
        spoilt = {(p.line, p.column) for p in here if p.kind not in (*added, "misnamed_column")}
        rows = read_raw(made / "raw" / file)
        kept = [(n, row) for n, row in enumerate(rows[1:], start=2) if n not in extra]
        differ = {
            (n, column)
            for (n, row), true in zip(kept, table, strict=True)
            for column, cell, value in zip(rows[0], row, true.values(), strict=True)
            if cell != _text(value) and cell != text_of(value)
        }
        assert differ == spoilt, file


# ------------------------------------------------------------------ the truth, from large n


def enlarged(spec: Simulation) -> Simulation:
    """The same truths with 8,000 people a site, 400 neighbourhoods and 400 link workers."""
    many = tuple(
        site.model_copy(
            update={
                "recruited": 8000,
                "neighbourhoods": tuple(f"N{i}" for i in range(400)),
                "link_workers": {f"W{i}": 1.0 for i in range(400)} if site.link_workers else {},
            }
        )
        for site in spec.sites
    )
    bands = {
        name: band.model_copy(update={"general": 0.0})
        for name, band in spec.survey.age_bands.items()
    }
    waves = tuple(
        wave.model_copy(update={"respondents": dict.fromkeys(wave.respondents, 8000)})
        for wave in spec.survey.waves
    )
    traits = {
        name: trait.model_copy(update={"tenure": {}}) for name, trait in spec.survey.traits.items()
    }
    survey = spec.survey.model_copy(update={"age_bands": bands, "waves": waves, "traits": traits})
    return spec.model_copy(update={"sites": many, "survey": survey})


@dataclass(frozen=True)
class Large:
    """The enlarged study before loss: individual data."""

    spec: Simulation
    people: Cohort
    rows: Rows
    theta: dict[str, Floats]


@pytest.fixture(scope="module")
def large(spec: Simulation) -> Large:
    big = enlarged(spec)
    people = cohort(big, screening_log(big))
    rows = measurements(big, people)
    return Large(big, people, rows, traits(big, rows))


def mixed_expectation(
    instrument: Instrument, item: Item, at: list[tuple[float, float]], variance: float
) -> float:
    """Expected code over people whose trait means are at[.][0], in shares at[.][1]."""
    return sum(share * expected_answer(instrument, item, mean, variance) for mean, share in at)


def largest_z(
    rows: Rows, given: dict[str, Ints], of: dict[str, Trait], spec: Simulation
) -> tuple[float, int]:
    """Largest |mean answer - expected answer| in its standard errors, over items, sites, times.

    The standard error has the answers' variance over n, and the variance of 400 neighbourhoods'
    and link workers' means times the squared slope of the expectation.
    """
    scores = []
    for (name, codes_), s, t in product(given.items(), range(2), range(len(rows.times))):
        instrument, trait = spec.instruments[name], of[spec.instruments[name].trait]
        here = (rows.site == s) & (rows.time == t)
        worker = trait.link_worker if t and rows.worker[here].max() >= 0 else 0.0
        doses, counts = np.unique(rows.dose[here], return_counts=True)
        centres = [means(rows, instrument.trait, trait, dose)[s, t] for dose in doses]
        shares = counts / counts.sum()
        for j, item in enumerate(instrument.items.values()):
            low, mid, high = (
                mixed_expectation(
                    instrument,
                    item,
                    [(c + shift, share) for c, share in zip(centres, shares, strict=True)],
                    1 + worker,
                )
                for shift in (-0.05, 0.0, 0.05)
            )
            answers, slope = codes_[here, j], (high - low) / 0.1
            random = (trait.neighbourhood + worker) / 400
            error = sqrt(answers.var() / len(answers) + slope**2 * random)
            scores.append(abs(answers.mean() - mid) / error)
    return max(scores), len(scores)


def test_answers_of_people_have_their_closed_form_expectation(large: Large) -> None:
    given = codes(large.spec, large.rows, large.theta)
    worst, cells = largest_z(large.rows, given, large.spec.traits, large.spec)
    assert cells == 6 * sum(len(large.spec.instruments[n].items) for n in large.spec.outcomes)
    assert worst < LARGEST_Z


def test_answers_of_respondents_have_their_closed_form_expectation(large: Large) -> None:
    drawn = sample(large.spec)
    rows = survey_rows(large.spec, drawn)
    given = survey_codes(large.spec, drawn, rows)
    worst, _ = largest_z(rows, given, large.spec.survey.traits, large.spec)
    assert worst < LARGEST_Z


def test_true_effect_is_the_difference_in_differences_less_the_shocks(large: Large) -> None:
    treated = large.people.site == 0
    received = large.rows.dose.reshape(large.people.n, -1)[:, 0]
    contrast = received[treated].mean() - received[~treated].mean()
    for name, trait in large.spec.traits.items():
        theta = large.theta[name].reshape(large.people.n, -1)
        shock = shocks(large.rows, name, trait)
        for t, time in enumerate(large.rows.times[1:], start=1):
            change = theta[:, t] - theta[:, 0]
            realised = change[treated].mean() - change[~treated].mean()
            confounded = (shock[0, t] - shock[0, 0]) - (shock[1, t] - shock[1, 0])
            true = trait.effect[time] * contrast
            error = sqrt(2 * change.var() / 8000 + trait.link_worker / 400)
            assert abs(realised - confounded - true) < LARGEST_Z * error, (name, time)


def test_items_load_on_their_traits_as_the_yaml_says(large: Large) -> None:
    """Slope of a code on its trait at baseline: a * sum of phi(c - a * mean) (Stein's lemma)."""
    given, ratios = codes(large.spec, large.rows, large.theta), []
    here = (large.rows.time == 0) & (large.rows.site == 1)
    for name in large.spec.outcomes:
        instrument = large.spec.instruments[name]
        trait, theta = large.spec.traits[instrument.trait], large.theta[instrument.trait][here]
        centre = means(large.rows, instrument.trait, trait)[1, 0]
        for j, item in enumerate(instrument.items.values()):
            thresholds = cuts(item, instrument.lowest, instrument.highest)
            density = sum(NORMAL.pdf(float(c) - item.loading * centre) for c in thresholds)
            slope = np.cov(given[name][here, j], theta)[0, 1] / theta.var(ddof=1)
            ratios.append(slope / (item.loading * density))
            assert ratios[-1] == pytest.approx(1, abs=0.08), (name, j)
    assert np.mean(ratios) == pytest.approx(1, abs=0.012)


def test_intraclass_and_trait_correlations_are_those_of_the_yaml(large: Large) -> None:
    people, place = large.people, large.people.neighbourhood
    size, n, k = np.bincount(place), large.people.n, 800
    start = {}
    for name, theta in large.theta.items():
        by_time = theta.reshape(n, -1)[:, :2]
        centre = np.array([by_time[people.site == s].mean(axis=0) for s in (0, 1)])
        start[name] = by_time - centre[people.site]
    for name, trait in large.spec.traits.items():
        y = start[name][:, 0]
        group = np.bincount(place, weights=y) / size
        between = (size * group**2).sum() / (k - 2)
        within = ((y - group[place]) ** 2).sum() / (n - k)
        m = (n - (size**2).sum() / n) / (k - 1)
        icc = (between - within) / (between + (m - 1) * within)
        rho = trait.neighbourhood
        error = sqrt(2) * (1 - rho) * (1 + (m - 1) * rho) / sqrt(m * (m - 1) * k)  # Fisher
        assert abs(icc - rho) < 3.3 * error, name
        lasting = np.corrcoef(y[people.site == 1], start[name][people.site == 1, 1])[0, 1]
        assert lasting == pytest.approx(trait.neighbourhood + trait.unit, abs=0.03), name
        for other in (other for other in large.spec.traits if other > name):
            r = np.corrcoef(y, start[other][:, 0])[0, 1]
            alike = _shared(trait, large.spec.traits[other])
            assert r == pytest.approx(alike, abs=0.03), (name, other)


def _shared(one: Trait, other: Trait) -> float:
    """Correlation of two traits: general x general, part by part."""
    rest = [1 - each.neighbourhood - each.unit for each in (one, other)]
    parts = (
        sqrt(one.neighbourhood * other.neighbourhood)
        + sqrt(one.unit * other.unit)
        + sqrt(rest[0] * rest[1])
    )
    return one.general * other.general * parts


def test_service_use_has_its_true_rate_ratios(large: Large) -> None:
    everyone = np.ones((large.people.n, len(large.rows.times)), dtype=bool)
    course = follow_up(large.spec, large.people, large.theta[large.spec.retention.trait])
    complete = type(course)(everyone, course.visits, course.fate)
    sums = Counter[tuple[str, int, str]]()
    counts = Counter[tuple[str, int, str]]()
    treated = dict(zip(large.people.id, (large.people.site == 0).tolist(), strict=True))
    for row in service_use(large.spec, large.people, complete):
        if row["amount"] is not None:
            key = (str(row["service"]), int(treated[str(row["person_id"])]), str(row["time"]))
            sums[key] += int(str(row["amount"]))
            counts[key] += 1
    for name, service in large.spec.services.services.items():
        if service.social_care:
            continue
        for time, ratio in service.ratio.items():
            used = [sums[name, arm, at] for arm in (1, 0) for at in (time, "baseline")]
            rate = [sums[name, arm, at] / counts[name, arm, at]
                    for arm in (1, 0) for at in (time, "baseline")]  # fmt: skip
            realised = np.log(rate[0] / rate[1]) - np.log(rate[2] / rate[3])
            # frailty lasts, so it cancels but for the 2% unanswered, hence the factor 2
            error = 2 * sqrt(sum(1 / n for n in used))
            assert abs(realised - np.log(ratio)) < LARGEST_Z * error, (name, time)


# ------------------------------------------------------------------ the study that was drawn


def test_loss_engagement_and_contamination_are_realistic(spec: Simulation, made: Path) -> None:
    people = cohort(spec, screening_log(spec))
    rows = measurements(spec, people)
    course = follow_up(spec, people, latent(rows, spec.retention.trait,
                                            spec.traits[spec.retention.trait]))  # fmt: skip
    kept = [course.seen[people.site == s, -1].mean() for s in (0, 1)]
    assert all(0.72 < share < 0.87 for share in kept)
    assert 0.75 < course.seen[:, -1].mean() < 0.84
    control = people.engaged[people.site == 1].mean()
    assert 0.02 < control < 0.09
    assert people.engaged[people.site == 0].mean() > 0.85


def test_the_unwell_are_lost_more_often(large: Large) -> None:
    trait = large.spec.retention.trait
    course = follow_up(large.spec, large.people, large.theta[trait])
    baseline = large.theta[trait].reshape(large.people.n, -1)[:, 0]
    assert baseline[course.seen[:, -1]].mean() > baseline[~course.seen[:, -1]].mean() + 0.2


def test_streams_are_independent(spec: Simulation, made: Path, tmp_path: Path) -> None:
    waves = tuple(
        wave.model_copy(update={"respondents": {k: n + 40 for k, n in wave.respondents.items()}})
        for wave in spec.survey.waves
    )
    larger = spec.model_copy(update={"survey": spec.survey.model_copy(update={"waves": waves})})
    simulate_study(larger, tmp_path)
    survey = {wave.file for wave in waves}
    survey |= {spec.survey.invitations.file, spec.survey.ties.file}
    for file in spec.sources:
        same = (tmp_path / "raw" / file).read_bytes() == (made / "raw" / file).read_bytes()
        assert same == (file not in survey), file


def test_leaving_out_an_instrument_leaves_the_others_as_they_were(spec: Simulation) -> None:
    left_out = spec.outcomes[1]
    fewer = spec.model_copy(update={"outcomes": tuple(o for o in spec.outcomes if o != left_out)})
    before, after = clean_files(spec), clean_files(fewer)
    gone = set(spec.instruments[left_out].items)
    for time in spec.times:
        assert after[time.file] == [
            {k: v for k, v in row.items() if k not in gone} for row in before[time.file]
        ]


def test_source_files_know_no_name_of_the_study(spec: Simulation) -> None:
    names = {site.name for site in spec.sites} | set(spec.sources)
    names |= {item for each in spec.instruments.values() for item in each.items if "_" in item}
    names |= {place for site in spec.sites for place in site.neighbourhoods}
    for path in (ROOT / "src" / "cesp_analysis" / "simulate").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert [name for name in sorted(names) if name in text] == [], path.name


# ------------------------------------------------------------------ mistakes in the YAML


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("outcomes: [swemwbs,", "outcomes: [swemwsb,"), "did you mean 'swemwbs'?"),
        (("shares: [0.13, 0.26,", "shares: [0.23, 0.26,"), "instruments.swemwbs: Value error, "
         "swemwbs_1: shares must be 5 numbers with sum 1"),
        (("seed: 20241216", "seed: -1"), "seed: Input should be greater than or equal to 0"),
        (("seed: 20241216", "sede: 20241216"), "sede: Extra inputs are not permitted"),
        (("file: people.csv, kind: dup", "file: peopel.csv, kind: dup"), "'people.csv'?"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(
    change: tuple[str, str], message: str, tmp_path: Path
) -> None:
    text = (DATA / "simulation.yaml").read_text(encoding="utf-8")
    assert change[0] in text
    path = tmp_path / "simulation.yaml"
    path.write_text(text.replace(*change), encoding="utf-8")
    with pytest.raises(CespError) as error:
        read_simulation(path)
    assert message in str(error.value)
