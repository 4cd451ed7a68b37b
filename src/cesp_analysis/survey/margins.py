"""The files of margins: how many of the population are in each category, by site and wave.

Two forms. With a column a covariate, a file is one margin, whose cells cross its covariates:
site, wave, age_band, sex, population. With variable and category, it is one margin a variable:
site, wave, variable, category, population.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cesp_analysis.errors import CespError
from cesp_analysis.numbers import listed
from cesp_analysis.survey.margin_lines import Cell, Declared, Line, lines_of

ROUNDED = 0.01
"""By how much the totals of two margins of one population may differ: census tables are rounded and
perturbed. Margins are then scaled to the first one's total; beyond it, they stop the run."""
Place = tuple[str, str]


@dataclass(frozen=True)
class Count:
    """How many people a line says, and where it stands ('margins.csv: line 4')."""

    people: float
    at: str


@dataclass
class Margin:
    """One margin: the covariates it crosses, its files, and (site, wave) → cell → count."""

    covariates: tuple[str, ...]
    files: list[str] = field(default_factory=list)
    counts: dict[Place, dict[Cell, Count]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """'age_band × sex'."""
        return crossed(self.covariates)

    def total(self, place: Place) -> float:
        """The population of a site and wave."""
        return sum(count.people for count in self.counts.get(place, {}).values())


def crossed(words: Iterable[str]) -> str:
    """The words of a cell, or the covariates of a margin, as one."""
    return " × ".join(words)


def read_margins(paths: Sequence[Path], declared: Declared) -> tuple[Margin, ...]:
    """The margins in the order in which they stand; CespError for every fault in the files."""
    faults: list[str] = []
    lines: list[tuple[str, Line]] = []
    for path in paths:
        try:
            lines += [(path.as_posix(), line) for line in lines_of(path, declared)]
        except CespError as error:
            faults += error.problems
    margins, twice = _gathered(lines, declared)
    faults += twice
    if not faults and declared.one and len(margins) > 1:
        faults.append(
            f"config.yaml: surveys.weights.method: post_stratify takes one margin, and the files"
            f" hold {len(margins)} ({', '.join(margin.name for margin in margins)}); cross their"
            " covariates in one file, a column each, or write rake"
        )
    if not faults:
        faults += _totals(margins)
    if faults:
        raise CespError(faults)
    return margins


def _gathered(
    lines: list[tuple[str, Line]], declared: Declared
) -> tuple[tuple[Margin, ...], list[str]]:
    """The margins that the lines make, and a sentence for each count that stands twice."""
    margins: dict[tuple[str, ...], Margin] = {}
    twice: dict[str, str] = {}
    for path, line in lines:
        order = tuple(sorted(range(len(line.covariates)), key=lambda i: line.covariates[i]))
        key = tuple(line.covariates[i] for i in order)
        margin = margins.setdefault(key, Margin(line.covariates))
        if path not in margin.files:
            margin.files.append(path)
        word = dict(zip(line.covariates, line.cell, strict=True))
        cell = tuple(word[name] for name in margin.covariates)
        for site in declared.sites if line.site is None else (line.site,):
            for wave in declared.waves if line.wave is None else (line.wave,):
                counts = margin.counts.setdefault((site, wave), {})
                if cell in counts:
                    fault = f"{margin.name} {crossed(cell)} stands in {counts[cell].at} too"
                    twice.setdefault(line.at, f"{fault}, for {site} in {wave}; keep one")
                counts.setdefault(cell, Count(line.people, line.at))
    return tuple(margins.values()), [f"{at}: {fault}" for at, fault in twice.items()]


def _totals(margins: tuple[Margin, ...]) -> Iterator[str]:
    """A line for each site and wave that has nobody, or whose margins are of two populations.

    Where a line is missing or 0 that other sites or waves have, it is told instead of the totals.
    """
    gaps: dict[str, list[str]] = {}
    for margin in margins:
        for place, counts in margin.counts.items():
            own, first = margin.total(place), margins[0].total(place)
            at = next(iter(counts.values())).at
            where = f"{margin.name} of {place[0]} in {place[1]}"
            if own == 0:
                yield f"{at}: {where} sums to 0; write how many people each category has"
            elif first and abs(own / first - 1) > ROUNDED:
                apart = (
                    f"{where} sums to {own:,.6g}, but {margins[0].name} to {first:,.6g}"
                    f" ({', '.join(margins[0].files)}): more than 1% apart"
                )
                lacking = [gap for one in (margins[0], margin) for gap in _gaps(one, place)]
                for gap in lacking:
                    gaps.setdefault(gap, []).append(apart)
                if not lacking:
                    yield (
                        f"{at}: {apart}, so that a line is missing or 0, or they count different"
                        " people; add the line, or take both from one population"
                    )
    for gap, found in gaps.items():
        more = f" (so in {len(found)} sites, waves or margins)" if len(found) > 1 else ""
        yield f"{gap}. Without it {found[0]}{more}"


def _gaps(margin: Margin, place: Place) -> Iterator[str]:
    """Cells of a margin that a site and wave has no line for, or 0, and another one has people."""
    here = margin.counts[place]
    elsewhere: dict[Cell, Place] = {}
    for other, counts in margin.counts.items():
        for cell, count in counts.items():
            if other != place and count.people > 0:
                elsewhere.setdefault(cell, other)
    for cell, (site, wave) in elsewhere.items():
        whose = f"{margin.name} {crossed(cell)}"
        known = f"which {site} in {wave} has"
        if cell not in here:
            wave_too = "" if _alike(margin, place[0], cell) else f" in {place[1]}"
            yield (
                f"{listed(margin.files)}: no line for {whose} of {place[0]}{wave_too}, {known};"
                " add it"
            )
        elif here[cell].people == 0:
            yield (
                f"{here[cell].at}: population 0 for {whose}, {known} people of; write how many it"
                " has"
            )


def _alike(margin: Margin, site: str, cell: Cell) -> bool:
    """Whether no wave of a site has a cell."""
    return not any(cell in counts for (own, _), counts in margin.counts.items() if own == site)
