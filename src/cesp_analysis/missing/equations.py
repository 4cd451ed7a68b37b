"""From people to the table that chained equations complete: columns, methods, interactions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product as combinations

import numpy as np

from cesp_analysis.arrays import Bools, Floats
from cesp_analysis.declared.outcomes import Outcome
from cesp_analysis.missing.after_events import After
from cesp_analysis.missing.asked import ImputeSpec, Share
from cesp_analysis.missing.grouped import Groups
from cesp_analysis.missing.imputed import Note
from cesp_analysis.missing.in_parts import Parts
from cesp_analysis.missing.item_answers import Scored
from cesp_analysis.missing.people import People
from cesp_analysis.missing.recipe import Column, Method, Passive, Recipe, indicators, product
from cesp_analysis.models.analysis_sets import FLAG

TOO_MANY = 3
"""A category has so few people at least, or it is taken as an id: one predictor for three people
(Hardt, Herke & Leonhart 2012)."""
SITE = "site["


@dataclass(frozen=True)
class About:
    """What a column of the table is: variable, its kind, its time and item, '' for none."""

    variable: str
    kind: str
    time: str = ""
    item: str = ""


@dataclass
class Equations:
    """A table (n, p) in the making, with what each column is.

    columns, values: in order; passive: columns made of others; about: column → what it is; keep:
    columns that no rule leaves out; wanted: outcome@time → the people (n,) whose imputed value is
    kept; categories: covariate → its categories 0, 1, …; notes: on what was left out beforehand;
    in_parts: columns that are totals of parts; not_models: as in Recipe.
    """

    people: People
    share: Share
    asked: ImputeSpec
    columns: list[Column] = field(default_factory=list)
    values: list[Floats] = field(default_factory=list)
    passive: list[Passive] = field(default_factory=list)
    about: dict[str, About] = field(default_factory=dict)
    keep: list[str] = field(default_factory=list)
    wanted: dict[str, Bools] = field(default_factory=dict)
    after: dict[str, After] = field(default_factory=dict)
    categories: dict[str, tuple[str, ...]] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    in_parts: dict[str, Parts] = field(default_factory=dict)
    not_models: dict[str, Bools] = field(default_factory=dict)

    @property
    def table(self) -> Floats:
        """The table (n, p)."""
        return np.column_stack(self.values) if self.values else np.empty((self.people.n, 0))

    @property
    def recipe(self) -> Recipe:
        """What the engine is told of it."""
        return Recipe(
            columns=tuple(self.columns),
            passive=tuple(self.passive),
            keep=tuple(self.keep),
            iterations=self.asked.imputation.iterations,
            exclusive=tuple(name for name, one in self.about.items() if one.kind == "site"),
            in_parts=self.in_parts,
            not_models=self.not_models,
        )

    def add(
        self, name: str, values: Floats, method: Method | None, about: About, keep: bool
    ) -> None:
        """One more column."""
        donors = self.asked.imputation.donors
        self.columns.append(Column(name, method, donors))
        self.values.append(values)
        self.about[name] = about
        if keep:
            self.keep.append(name)


def equations_of(
    people: People,
    share: Share,
    asked: ImputeSpec,
    after: Mapping[str, After],
    items: Mapping[str, Scored],
) -> Equations:
    """The table of one handling. after: outcome → what events make of its answers; items: outcome →
    its items, if it is imputed item by item."""
    made = Equations(people, share, asked)
    for name in asked.outcomes:
        _outcome(made, name, after[name], items.get(name))
    for name in asked.covariates:
        _covariate(made, name)
    _sites(made)
    if share.flag and FLAG in people.once:
        flag = people.words(FLAG)
        known = np.where(flag == "", np.nan, (flag == "yes").astype(float))
        made.add(FLAG, known, None, About(FLAG, "covariate"), keep=True)
    for names in asked.imputation.interactions:
        made.passive += _products(made, names)
    return made


def groups_of(people: People, asked: ImputeSpec) -> Groups:
    """Arms or sites, in each of which equations are apart; who has no site counts to the arm."""
    arm, site = people.words("arm"), people.words("site")
    own = np.where(site == "", arm, site) if asked.imputation.within == "site" else arm
    declared = [place.name for place in asked.sites]
    order = [*declared, "intervention", "control"]
    labels = tuple(name for name in order if (own == name).any())
    return Groups(np.array([labels.index(name) for name in own], dtype=int), labels)


def sites_of(people: People, asked: ImputeSpec) -> Groups | None:
    """The sites, of which each must have answers of its own; None without any."""
    site = people.words("site")
    labels = tuple(place.name for place in asked.sites if (site == place.name).any())
    if not labels or (site == "").any():
        return None
    return Groups(np.array([labels.index(name) for name in site], dtype=int), labels, apart=False)


def _outcome(made: Equations, name: str, after: After, items: Scored | None) -> None:
    """A column a time, or the items of each time and the score made of them."""
    outcome, people = made.asked.outcomes[name], made.people
    analysed = name in made.share.outcomes
    kind = "outcome" if analysed else "auxiliary"
    answers = people.answers[name]
    given = items.matrix(people.units, people.times) if items else None
    method = _method(made, name, outcome, answers)
    made.after[name] = after
    for at, time in enumerate(people.times):
        if outcome.times is not None and time not in outcome.times:
            continue
        column, aside = f"{name}@{time}", after.any[:, at]
        if items is None or given is None:
            gaps: Bools = np.isnan(answers[:, at])
            values = np.where(aside, np.nan, answers[:, at])
            made.add(column, values, method, About(name, kind, time), analysed)
        else:
            gaps = np.asarray(np.isnan(given[:, at]).any(axis=1))
            # a score that came without its items stays as it is
            gaps = gaps & (np.isnan(answers[:, at]) | np.isfinite(given[:, at]).any(axis=1))
            inputs = []
            for number, item in enumerate(items.items):
                one = np.where(aside, np.nan, given[:, at, number])
                place = f"{column}.{item.code}"
                about = About(name, kind, time, item.code)
                made.add(place, one, items.method(item), about, analysed)
                inputs.append(place)
            made.passive.append(Passive(column, tuple(inputs), items.scorer(), stands_in=True))
            made.about[column] = About(name, kind, time)
            made.keep += [column] * analysed  # its other times are in the equations of its items
        made.wanted[column] = np.where(aside, after.again[:, at], gaps)


def _method(made: Equations, name: str, outcome: Outcome, answers: Floats) -> Method:
    """How an outcome is imputed: by its type, or as scales are."""
    known = answers[np.isfinite(answers)]
    if outcome.type == "binary" or (outcome.type is None and np.isin(known, (0, 1)).all()):
        return "logistic"
    if outcome.type == "ordinal":
        return "ordered"
    if outcome.type in ("count", "amount"):
        return "pmm"
    clustered = made.share.cluster and name in made.share.outcomes
    scale = made.asked.imputation.method
    return "two_level" if scale == "norm" and clustered else scale


def _covariate(made: Equations, name: str) -> None:
    """A number as it is, two categories as 0 and 1, more of them as one column each; with gaps the
    categories are imputed and these columns made of them. A single category keeps its gaps: one
    value tells nothing, and who has none of it is not known to differ."""
    values, analysed = made.people.once[name], name in made.share.covariates
    about = About(name, "covariate" if analysed else "auxiliary")
    if values.dtype == "float64":
        made.add(name, values.to_numpy(dtype=float), made.asked.imputation.method, about, analysed)
        return
    words = made.people.words(name)
    levels = [str(level) for level in values.cat.categories if (words == level).any()]
    if len(levels) > 2 and len(levels) > made.people.n / TOO_MANY:
        text = f"it has {len(levels)} categories, as an id has: it predicts nothing"
        made.notes.append(Note(name, "", text))
        made.about[name] = about
    elif len(levels) > 2 and (words == "").any():
        codes = np.array([levels.index(word) if word else np.nan for word in words], dtype=float)
        made.categories[name] = tuple(levels)
        made.add(name, codes, "nominal", about, analysed)
        for one in indicators(name, levels):
            made.passive.append(one)
            made.about[one.name] = about
            made.keep += [one.name] * analysed
    elif len(levels) == 2:
        numbers = np.where(words == "", np.nan, (words == levels[1]).astype(float))
        made.categories[name] = levels[0], levels[1]
        made.add(name, numbers, "logistic", about, analysed)
    else:
        for level in levels[1:] or levels:
            own = np.where(words == "", np.nan, (words == level).astype(float))
            made.add(f"{name}[{level}]", own, None, about, analysed)


def _sites(made: Equations) -> None:
    """Within arms of several sites, what is common to each of them."""
    if made.asked.imputation.within == "site":
        return
    site = made.people.words("site")
    for arm in ("intervention", "control"):
        here = [place.name for place in made.asked.sites if place.arm == arm]
        for name in here[1:]:
            about = About("site", "site")
            made.add(f"{SITE}{name}]", (site == name).astype(float), None, about, True)


def _products(made: Equations, names: Sequence[str]) -> Iterator[Passive]:
    """The products of variables: of outcomes at the same time, of categories each with each."""
    times = made.people.times if any(n in made.asked.outcomes for n in names) else ("",)
    for time in times:
        for parts in combinations(*(_columns(made, name, time) for name in names)):
            one = product(*parts)
            made.about[one.name] = About(":".join(names), "interaction", time)
            yield one


def _columns(made: Equations, name: str, time: str) -> list[str]:
    """A variable's columns: of an outcome the one of a time; none where it is not in the table."""
    return [
        column
        for column, about in made.about.items()
        if about.variable == name
        and not about.item
        and about.kind != "interaction"
        and about.time in ("", time)
        and len(made.categories.get(column, ())) < 3  # its indicators instead
        and column in {*(one.name for one in made.columns), *(one.name for one in made.passive)}
    ]
