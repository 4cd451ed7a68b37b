"""The populations that the surveys speak of: adults by age band and sex, and by tenure."""

from collections.abc import Mapping
from math import floor

from cesp_analysis.simulate.spec import Simulation
from cesp_analysis.simulate.tables import Cell, Row, Table


def whole(shares: Mapping[str, float], total: int) -> dict[str, int]:
    """Counts with these shares and exactly this total: the largest remainders are rounded up."""
    wanted = {name: share * total / sum(shares.values()) for name, share in shares.items()}
    counts = {name: floor(value) for name, value in wanted.items()}
    short = total - sum(counts.values())
    for name in sorted(wanted, key=lambda name: counts[name] - wanted[name])[:short]:
        counts[name] += 1
    return counts


def by_age_and_sex(spec: Simulation) -> Table:
    """One row a site, age band and group of sexes: how many adults; the same at every wave."""
    rule, bands = spec.survey.population, spec.survey.age_bands
    women, others = dict.fromkeys(rule.sex_groups.values())
    rows: Table = []
    for site, adults in rule.adults.items():
        ages = whole({name: band.population for name, band in bands.items()}, adults)
        for band, count in ages.items():
            cells = whole({women: rule.women[band], others: 1 - rule.women[band]}, count)
            rows += [
                _row(spec, site, age_band=band, sex_group=group, population=number)
                for group, number in cells.items()
            ]
    return rows


def by_tenure(spec: Simulation) -> Table:
    """One row a site, wave and tenure: how many adults."""
    rule = spec.survey.population
    return [
        _row(spec, site, wave=rule.words[wave], tenure=tenure, population=number)
        for site, waves in rule.tenure.items()
        for wave, shares in waves.items()
        for tenure, number in whole(shares, rule.adults[site]).items()
    ]


def _row(spec: Simulation, site: str, **cells: Cell) -> Row:
    return {"site": spec.survey.population.words[site], **cells}


def population_tables(spec: Simulation) -> dict[str, Table]:
    """File → its rows."""
    rule = spec.survey.population
    return {rule.age_sex_file: by_age_and_sex(spec), rule.tenure_file: by_tenure(spec)}
