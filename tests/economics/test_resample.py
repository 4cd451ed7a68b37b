"""Bootstrap samples that jobs share: the same whoever completes them, and what is handed over."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cesp_analysis import contracts
from cesp_analysis.declared.economics import BootImpute
from cesp_analysis.economics import specs
from cesp_analysis.economics.amounts import ADJUSTED, GAIN
from cesp_analysis.economics.boot import boot_of
from cesp_analysis.economics.completed_samples import (
    SampleAnalysis,
    Samples,
    analyses_of,
    completed_samples,
)
from cesp_analysis.economics.frame import UTILITY
from cesp_analysis.economics.resample import samples_of
from cesp_analysis.economics.sample_rows import read_samples, write_samples
from cesp_analysis.economics.sample_tables import EconomicsSamples
from cesp_analysis.pipeline import opened
from costed_study import costed
from evaluated_study import answers, framed, people, spec
from small_study import inside

DRAWN = BootImpute(replicates=200)
WORSE = {"worse": {"label": "Worse", "utility": {"intervention": 0.9}}}


def small(**own):
    """A study of which some samples cannot bear everybody's equations, and its frame."""
    how = spec(adjusted=("age",), missing=DRAWN, departures=WORSE, **own)
    return how, framed(how, people(answers(24, 2, 0.3)))


@pytest.fixture(scope="module")
def whole() -> Samples:
    """The samples of the small study, completed by one job."""
    return samples_of(*small())


def through_files(how, frame, parts: int, folder: Path) -> Samples:
    """Samples of as many jobs, as `evaluate` reads them."""
    paths = [folder / f"{part + 1}-of-{parts}.parquet" for part in range(parts)]
    for part, path in enumerate(paths):
        write_samples(samples_of(how, frame, part, parts), analyses_of(how), path)
    return read_samples(paths, analyses_of(how), how.economics.missing)


def alike(one: Samples, other: Samples) -> bool:
    return (
        np.array_equal(one.numbers, other.numbers)
        and np.array_equal(one.estimates, other.estimates, equal_nan=True)
        and (one.status == other.status).all()
        and (one.reason == other.reason).all()
    )


def test_more_parts_give_the_same_samples_to_the_last_digit(whole: Samples, tmp_path: Path) -> None:
    how, frame = small()
    assert whole.estimates.shape == (200, 2, 4, 2) and np.isfinite(whole.estimates).all()
    assert {"estimated", "by_itself"} == {*whole.status.ravel().tolist()}
    assert alike(through_files(how, frame, 3, tmp_path), whole)
    shares = [
        contracts.read(path, EconomicsSamples)["sample"].nunique() for path in tmp_path.iterdir()
    ]
    assert sum(shares) == 200 and len(shares) == 3 and min(shares) > 20  # batches are large


def test_a_study_of_which_nothing_can_be_drawn_has_no_samples(tmp_path: Path) -> None:
    how = spec(missing=DRAWN, cluster="link_worker")
    frame = framed(how, people(answers(30), 1))
    found = through_files(how, frame, 2, tmp_path)
    assert found.estimates.shape == (0, 2, 2, 2)
    assert "single cluster" in boot_of(frame, [*analyses_of(how).values()], found).refused


def test_an_arm_of_one_person_is_refused_before_anything_is_drawn() -> None:
    who = people(answers(10))
    who.once["arm"] = ["intervention"] + ["control"] * 19
    how = spec(missing=DRAWN)
    found = samples_of(how, framed(how, who))
    assert not len(found.numbers)
    said = boot_of(framed(how, who), [*analyses_of(how).values()], found).refused
    assert said.startswith("costs and QALYs are known of 1 person of the intervention arm")


def test_a_table_that_nobody_can_complete_is_refused_in_every_part(tmp_path: Path) -> None:
    known = answers(20, lost=0.2)
    known[UTILITY][:20, 2] = np.nan
    how = spec(missing=DRAWN)
    frame = framed(how, people(known))
    found = through_files(how, frame, 3, tmp_path)
    assert (found.status == "refused").all() and found.numbers.tolist() == [*range(200)]
    said = boot_of(frame, [*analyses_of(how).values()], found).refused
    assert said.startswith("utility at 12m (intervention):")


def test_an_approach_without_a_number_takes_none_from_the_other() -> None:
    """Utility at baseline says what age says: no sample has two slopes."""
    known = answers(20)
    ages = np.random.default_rng(3).integers(40, 90, size=40).astype(float)
    known[UTILITY][:, 0] = 0.2 + ages / 200
    frame = framed(spec(adjusted=("age",)), people(known, ages=ages))
    gain, adjusted = SampleAnalysis(GAIN), SampleAnalysis(ADJUSTED)
    both = completed_samples(frame, [gain, adjusted], 40, 2, 7)
    alone = completed_samples(frame, [gain], 40, 2, 7)
    assert np.isfinite(both.estimates[:, :, 0]).all() and np.isnan(both.estimates[:, :, 1]).all()
    assert np.array_equal(both.estimates[:, :, :1], alone.estimates)
    assert boot_of(frame, [gain, adjusted], both).reasons == (
        (),
        (("the analysis has no number in it", 40),),
    )


def test_parts_that_do_not_belong_together_are_a_mistake(whole: Samples, tmp_path: Path) -> None:
    keys = analyses_of(small()[0])
    for part, own in enumerate((slice(90), slice(90, None))):
        fields = (whole.numbers, whole.estimates, whole.status, whole.reason)
        write_samples(Samples(*(one[own] for one in fields)), keys, tmp_path / f"{part}.parquet")
    first, second = tmp_path / "0.parquet", tmp_path / "1.parquet"
    with pytest.raises(ValueError, match="samples of 200: a part is lacking"):
        read_samples([first], keys, DRAWN)
    table = contracts.read(second, EconomicsSamples)
    contracts.write(table[table["scenario"] == "base"], second, EconomicsSamples)
    with pytest.raises(ValueError, match="departure worse, gain: the parts of the samples are not"):
        read_samples([first, second], keys, DRAWN)


def test_samples_of_another_run_are_a_mistake() -> None:
    how, frame = small()
    none = Samples(np.zeros(0, int), np.zeros((0, 2, 4, 2)), *np.full((2, 0, 4), "", dtype=object))
    with pytest.raises(ValueError, match="no sample of them"):
        boot_of(frame, [*analyses_of(how).values()], none)


def told(folder: Path, **own) -> tuple[str, str]:
    """What the steps are told of the small study with more in its section."""
    study = costed(folder, **own)
    study.write()
    with inside(study.folder):
        found = opened(".")
        return specs.resample(found), specs.evaluate(found)


def test_only_what_samples_rest_on_draws_them_again(tmp_path: Path) -> None:
    drawn, estimated = told(tmp_path / "a", missing={})
    again, others = told(tmp_path / "b", thresholds=[15000], missing={"sets": 20, "parts": 5})
    assert again == drawn and others != estimated
    assert told(tmp_path / "c", missing={"parts": 3}) == (drawn, estimated)
    assert json.loads(drawn)["economics"]["missing"] == {
        "replicates": 1000, "imputations": 2, "method": "norm",
    }  # fmt: skip
    assert told(tmp_path / "d", missing={"replicates": 400})[0] != drawn


def test_the_table_has_every_digit(whole: Samples, tmp_path: Path) -> None:
    write_samples(whole, analyses_of(small()[0]), tmp_path / "all.parquet")
    table = pd.read_parquet(tmp_path / "all.parquet")
    own = table[(table["scenario"] == "departure worse") & (table["approach"] == ADJUSTED)]
    assert own["qaly"].tolist() == whole.estimates[:, :, 3, 1].ravel().tolist()
