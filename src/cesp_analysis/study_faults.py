"""What is wrong with a study's files before a run begins: all of it, at once."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from cesp_analysis.analysis_plan.lock_file import LOCK, fault_of_lock, read_locks
from cesp_analysis.declared.paths import leaving, misplaced_raw
from cesp_analysis.declared.source_list import (
    SOURCES,
    changed_sources,
    checksums_of,
    read_sources,
    undecided_sources,
)
from cesp_analysis.economics.price_index import changes_of, read_index
from cesp_analysis.economics.priced import lacking, priced_of, sound
from cesp_analysis.economics.prices import (
    SHIPPED,
    Price,
    merged,
    prices_without_fault,
    read_prices,
)
from cesp_analysis.economics.section_words import wellby_factor
from cesp_analysis.economics.specs import asked, costed, own_prices, priced
from cesp_analysis.errors import CespError
from cesp_analysis.feasibility.judgements import read_judgements
from cesp_analysis.feasibility.specs import judgements, people_judge
from cesp_analysis.instruments.types import read_instrument
from cesp_analysis.instruments.value_tables import read_value_table
from cesp_analysis.intake.corrections import read_corrections
from cesp_analysis.intake.same_files import same_files
from cesp_analysis.intake.tracked import tracked_without_licence
from cesp_analysis.integration.context import read_context
from cesp_analysis.integration.inferences import read_inferences
from cesp_analysis.models.prior import read_prior
from cesp_analysis.named_files import CORRECTIONS, absent_files, corrections, told_in
from cesp_analysis.planning.sizes_file import read_sizes
from cesp_analysis.planning.specs import own_sizes
from cesp_analysis.provenance.published import read_published
from cesp_analysis.readable import fault_of, leads_out
from cesp_analysis.study.left_economics import UNSAID
from cesp_analysis.study.read import still_to_decide
from cesp_analysis.study.study import Study
from cesp_analysis.survey.external_lines import read_external
from cesp_analysis.survey.margins import read_margins
from cesp_analysis.survey.specs import declared_of, margins

PRICES: dict[str, Callable[[Path], object]] = {"unit_costs": read_prices, "index": read_index}
"""What reads a study's own files of prices, by the setting that names them."""


def faults_of_files(study: Study, year_known: bool = True) -> list[str]:
    """One line for each file that is absent, cannot be read as what it is, or has changed.

    year_known: whether the year of prices and their index are known; else no price hangs on them.
    Checksums are compared here, not by the time a file was written: a copy may keep an old one.
    """
    problems = list(absent_files(study))
    for path in {own.path for own in study.instruments.values() if not _closed(own.path)}:
        problems += told_in(_own_instrument, path)
    problems += fault_of_lock()
    if not fault_of(Path(LOCK)):
        problems += told_in(read_locks, Path(LOCK))
    for path, read in _beside(study):
        if not _closed(path):
            problems += told_in(read, Path(path))
    weights = margins(study)
    if weights and not any(map(_closed, weights)):
        known = declared_of(study)
        problems += told_in(lambda paths: read_margins(paths, known), [*map(Path, weights)])
    for path in judgements(study):
        if not _closed(path):
            judged = people_judge(study)
            problems += told_in(partial(read_judgements, criteria=judged), Path(path))
    problems += _faults_of_prices(study, year_known)
    problems += _faults_of_wellby(study) if year_known else []
    problems += _faults_of_value_sets(study)
    for path in corrections():
        if fault := fault_of(Path(path)):
            remedy = "put the file itself there, or remove it if nothing is to be corrected"
            problems.append(f"{path}: {fault}; {remedy}")
        else:
            problems += told_in(read_corrections, Path(path))
    if not fault_of(SOURCES):
        found = told_in(read_sources, SOURCES)
        if not found:
            there = [path for path in study.received_paths() if _in_place(path)]
            listed = checksums_of(there, read_sources(SOURCES), SOURCES)
            found += changed_sources(there, listed, SOURCES)
            sums = {path: sum.lower() for path, sum in listed.items()}
            found += [] if found else same_files(study, sums)
            found += _changed_beside(study)
            found += tracked_without_licence(study, SOURCES)
        problems += found
    return problems


def _beside(study: Study) -> Iterator[tuple[str, Callable[[Path], object]]]:
    """Each file beside the raw ones that stands for itself, with what reads it."""
    if study.few_sites.prior:
        yield study.few_sites.prior, read_prior
    if study.published:
        yield study.published.path, read_published
    for setting, path in own_prices(study).items():
        yield path, PRICES[setting]
    most = study.planning.locations_at_most if study.planning else None
    yield from ((path, partial(read_sizes, most=most)) for path in own_sizes(study))
    if (joined := study.integration) is not None:
        if joined.inferences:
            yield joined.inferences, partial(read_inferences, constructs=joined.constructs)
        if joined.context:
            yield joined.context, partial(read_context, sites=study.sites)
    for own in study.external.values():
        yield own.path, partial(read_external, own=own)


def _faults_of_prices(study: Study, year_known: bool) -> Iterator[str]:
    """Why services and the intervention have no price in the study's year. Of a file of prices in
    which something is wrong nothing is said of items that stand there with a fault; of one that is
    no such table, or beside a faulty index, nothing that hangs on it."""
    own = {setting: Path(path) for setting, path in own_prices(study).items()}
    if not priced(study) or any(_closed(path) for path in own.values()):
        return
    how, mine, faulty = costed(asked(study)), list[Price](), frozenset[str]()
    if "unit_costs" in own:
        try:
            mine, faulty = prices_without_fault(own["unit_costs"])
        except CespError:  # told where files are read
            return
    unsaid = {UNSAID, *faulty}
    said = {name: one for name, one in how.services.items() if one.unit_cost not in unsaid}
    hour = how.intervention
    if hour is not None and hour.hourly.unit_cost in faulty:
        hour = None
    how = how.model_copy(update={"services": said, "intervention": hour})
    prices = merged(mine, read_prices(SHIPPED))
    if "index" in own and told_in(read_index, own["index"]):
        yield from lacking(how, prices)
    else:
        found = priced_of(how, prices, changes_of(own.get("index")))
        yield from (line for line in found.faults if year_known or line not in found.of_index)


def _faults_of_wellby(study: Study) -> list[str]:
    """Why £ of a point of life satisfaction cannot be brought to the study's price year."""
    own = study.economics
    index = Path(own.index) if own and own.index else None
    if index and (_closed(index) or told_in(read_index, index)):
        return []
    return told_in(wellby_factor, study) if own else []


def _faults_of_value_sets(study: Study) -> Iterator[str]:
    """What is wrong with tables of values whose instrument can be read."""
    own = {name: entry.path for name, entry in study.instruments.items()}
    for name, entry in study.value_sets.items():
        place = own.get(entry.instrument, entry.instrument)
        if _closed(entry.path) or told_in(read_instrument, place):
            continue
        known = read_instrument(place)
        if name in [score.code for score in known.scores]:
            yield f"config.yaml: value_sets.{name}: is a score of {known.name}; choose another name"
        levels = [(item.low, item.high) for item in known.digits()]
        yield from told_in(partial(read_value_table, own=entry, levels=levels), Path(entry.path))


def _changed_beside(study: Study) -> list[str]:
    """A line for each file beside the raw ones that SOURCES.yaml lists and that has changed."""
    beside = [*margins(study), *(own.path for own in study.external.values())]
    beside += [*(own.path for own in study.value_sets.values()), *own_prices(study).values()]
    beside += [*own_sizes(study), *(study.integration.paths() if study.integration else [])]
    there = [path for path in (*beside, *study.prior_files()) if not _closed(path)]
    listed = checksums_of(there, read_sources(SOURCES), SOURCES)
    return list(changed_sources([path for path in there if path in listed], listed, SOURCES))


def still_open(study: Study, valid: bool) -> Iterator[str]:
    """What is still to decide, a line each; of a `valid` draft the first line says that it is one.

    An entry of SOURCES.yaml that is undecided is named in every study.
    """
    gaps = still_to_decide(study)
    if SOURCES.is_file() and not told_in(read_sources, SOURCES):
        gaps += undecided_sources(study.received_paths(), read_sources(SOURCES), SOURCES)
    if study.study.draft and not gaps:
        yield "config.yaml: study.draft: nothing is left to decide; remove this setting"
    elif study.study.draft and valid:
        things = "1 thing is" if len(gaps) == 1 else f"{len(gaps)} things are"
        yield f"config.yaml: a valid draft; {things} still to decide before it can run"
    yield from gaps


def _own_instrument(path: str) -> None:
    """Raises CespError for each mistake, a worked example that does not come out among them."""
    from cesp_analysis.instruments.score import broken_example

    instrument = read_instrument(path)
    if wrong := list(broken_example(instrument)):
        raise CespError(f"{path}: {line}" for line in wrong)


def corrections_ahead(study: Study) -> list[str]:
    """Faults of CORRECTIONS.yaml stop the run before `intake`: what it would say is told too."""
    from cesp_analysis.intake.intake import misfits
    from cesp_analysis.study import specs

    try:
        return misfits(specs.intake(study.resolved()), Path(CORRECTIONS))
    except CespError:  # no file, or no list of entries: nothing that could fit
        return []


def cleaning_ahead(study: Study, found: list[str]) -> list[str]:
    """An absent file stops the run before any is read: what the others lack is told too."""
    paths = study.raw_paths()
    if not any(fault_of(Path(path)) for path in paths):
        return []
    from cesp_analysis.clean.ahead import stops_ahead
    from cesp_analysis.study import specs

    faulty = tuple(line.partition(": ")[0] for line in found)
    return stops_ahead(specs.clean(study.resolved()), [p for p in paths if p not in faulty])


def economics_ahead(study: Study, found: list[str]) -> list[str]:
    """Prices that there are not stop the run before any raw file is read: what is wrong with use,
    contacts, utilities and dates is told too."""
    places = ["config.yaml: economics.", *(f"{path}: " for path in own_prices(study).values())]
    places += [f"{entry.path}: " for entry in study.value_sets.values()]
    if not found or not priced(study) or not all(line.startswith(tuple(places)) for line in found):
        return []
    from cesp_analysis.economics.told_ahead import faults_of_data

    own = {setting: Path(path) for setting, path in own_prices(study).items()}
    closed = any(map(_closed, own.values()))
    lists = ([], {}) if closed else sound(own.get("unit_costs"), own.get("index"))
    return faults_of_data(study, priced_of(costed(asked(study)), *lists), corrections())


def _in_place(path: str) -> bool:
    return not any(misplaced_raw("", path)) and not fault_of(Path(path))


def _closed(path: str | Path) -> bool:
    """Whether a file is not read: it lies outside the study's folder, or cannot be. What else is
    wrong with it would show a line of it."""
    own = Path(path)
    return any(leaving("", str(path))) or bool(fault_of(own)) or leads_out(own, Path())
