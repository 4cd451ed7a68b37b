"""What must fit together in the section economics."""

from collections.abc import Iterator
from difflib import get_close_matches

from cesp_analysis.declared.economics import Economics, Quantity
from cesp_analysis.declared.expressions import fault_in
from cesp_analysis.declared.files import RawFile
from cesp_analysis.declared.follow_up import days_in, years_between
from cesp_analysis.declared.outcomes import Outcome
from cesp_analysis.declared.paths import leaving
from cesp_analysis.declared.resources import INTERVENTION, Delivered, Use
from cesp_analysis.errors import no_such
from cesp_analysis.study.economics_lists import broken_lists
from cesp_analysis.study.left_economics import UNSAID
from cesp_analysis.study.questions import held_in
from cesp_analysis.study.sources import categories_of, faults_of_source
from cesp_analysis.study.study import Study

VARIED = ("discount", "intervention.hourly", "intervention.indirect", "intervention.shared")


def broken_economics(study: Study) -> Iterator[str]:
    """One line for each thing that does not fit together."""
    own = study.economics
    if own is None:
        return
    for name in ("unit_costs", "index"):
        if path := getattr(own, name):
            yield from leaving(f"economics.{name}", path)
    if len(study.times) < 2:
        yield "economics: needs a first and a later time of people; costs and QALYs are of a while"
    if days_in(study.time_unit) is None:
        yield f"economics: time_unit is {study.time_unit}, which has no length; write months"
    yield from _services(own, study)
    if own.intervention is not None:
        yield from _delivered(own.intervention, study)
    yield from _perspectives(own)
    yield from _quantities(own, study)
    yield from _named(own, study)
    yield from broken_lists(own)


def _services(own: Economics, study: Study) -> Iterator[str]:
    if own.costs is None and not own.services:
        yield "economics: say what people used (services), or where their costs are (costs)"
    if own.costs is not None and (own.services or own.intervention):
        yield "economics: has both costs and services; leave one of them out"
    rows = [name for name, one in own.services.items() if one.variable is None]
    known = [name for name in rows if own.services[name].label != UNSAID]
    if known and own.use is None:
        yield f"economics.use: say the file with rows of {', '.join(known)}, or their variable"
    if own.use is not None:
        yield from _use(own.use, rows, study)
    for name, one in own.services.items():
        if one.variable is not None:
            entry = Outcome(label="", variable=one.variable, unit="", direction="neither")
            yield from faults_of_source(f"economics.services.{name}", entry, study)
        asked = own.use.minutes if own.use and one.variable is None else None
        if one.per == "minutes" and asked is None and one.minutes_each is None:
            yield f"economics.services.{name}.minutes_each: say how long a contact takes"


def _use(use: Use, rows: list[str], study: Study) -> Iterator[str]:
    yield from _file_of_people("economics.use.file", use.file, study)
    if use.file not in study.files:
        return
    file = study.files[use.file].with_form(study.forms)
    known = held_in(file)
    if file.time is None:
        yield f"economics.use.file: files.{use.file} says no time of its rows (time: {{column: …}})"
    yield from _variable("economics.use.service", use.service, file)
    if use.setting is not None:
        yield from _variable("economics.use.setting", use.setting, file)
    for name in ("amount", "minutes", "recall"):
        word = getattr(use, name)
        if word is not None:
            yield from _number(f"economics.use.{name}", word, file)
    codes = sorted(known[use.service].codes or ()) if use.service in known else []
    for word in [] if not codes else [*rows, *use.not_priced]:
        if word not in (*codes, UNSAID):
            yield f"economics: {no_such('service', word, codes, f'in {use.file}')}"
    for code in [] if UNSAID in use.not_priced else codes:
        if code not in rows and code not in use.not_priced:
            yield (
                f"economics.services: {code} of {use.file} has no price; give it one, or say why"
                " it has none (use.not_priced)"
            )


def _delivered(own: Delivered, study: Study) -> Iterator[str]:
    place = "economics.intervention"
    yield from _file_of_people(f"{place}.file", own.file, study)
    if own.file not in study.files:
        return
    file = study.files[own.file].with_form(study.forms)
    if file.date is None:
        yield f"{place}.file: files.{own.file} says no date of its rows (date: {{column: …}})"
    yield from _number(f"{place}.minutes", own.minutes, file)
    if own.setting is not None:
        yield from _variable(f"{place}.setting", own.setting, file)
    if own.counted is not None and (fault := fault_in(own.counted, held_in(file), condition=True)):
        yield f"{place}.counted: {fault}"


def _file_of_people(place: str, name: str, study: Study) -> Iterator[str]:
    if name not in study.files:
        yield f"{place}: {no_such('file', name, list(study.files))}"
    elif study.files[name].level != "person":
        yield f"{place}: '{name}' is of level {study.files[name].level}; it needs level person"


def _variable(place: str, word: str, file: RawFile) -> Iterator[str]:
    known = held_in(file)
    if word not in known:
        yield f"{place}: {no_such('variable', word, sorted(known))}"


def _number(place: str, word: str, file: RawFile) -> Iterator[str]:
    yield from _variable(place, word, file)
    known = held_in(file)
    if word in known and known[word].kind != "number":
        yield f"{place}: '{word}' holds no numbers"


def _perspectives(own: Economics) -> Iterator[str]:
    if own.costs is not None:
        if own.perspectives:
            yield "economics.perspectives: costs come as they are (costs): leave perspectives out"
        return
    if not own.perspectives:
        yield "economics.perspectives: say whose costs count: {nhs_pss: {label: …, sectors: […]}}"
    payers = {f"services.{name}": one.sector for name, one in own.services.items()}
    payers |= {INTERVENTION: INTERVENTION} if own.intervention else {}
    sectors, counted = sorted({*payers.values()}), set[str]()
    for name, one in own.perspectives.items():
        for sector in one.sectors:
            counted |= {sector, *get_close_matches(sector, sectors, n=1, cutoff=0.5)}
            if sector not in sectors:
                yield f"economics.perspectives.{name}: {no_such('sector', sector, sectors)}"
    for place, sector in payers.items() if own.perspectives else ():
        if sector not in counted:  # nor meant by a word that is called nearly so
            yield (
                f"economics.{place}: no perspective counts the sector {sector}, so that it is in"
                " nobody's costs; name it in economics.perspectives (what society alone bears: in"
                " one beside the main one), or leave this out"
            )


def _quantities(own: Economics, study: Study) -> Iterator[str]:
    quantities = {"utility": own.utility, "costs": own.costs, "qalys": own.qalys}
    quantities |= {f"value_sets.{name}": one for name, one in own.value_sets.items()}
    for name, one in quantities.items():
        if one is not None:
            yield from faults_of_source(f"economics.{name}", as_outcome(one), study)
    if own.qalys is not None and own.value_sets:
        yield "economics.value_sets: QALYs come as they are (qalys): nothing is valued again"


def as_outcome(one: Quantity) -> Outcome:
    """A quantity as an outcome, which knows where it is read from."""
    return Outcome(
        label=one.label, score=one.score, variable=one.variable, unit="", direction="neither"
    )


def _named(own: Economics, study: Study) -> Iterator[str]:
    people = {n: c for n, c in study.covariates.items() if c.level == "person"}
    outcomes = [n for n, o in study.outcomes.items() if o.level == "person"]
    for name in own.covariates:
        if name not in people:
            yield f"economics.covariates: {no_such('covariate of people', name, sorted(people))}"
    for name in own.auxiliaries:
        if name not in people and name not in outcomes:
            told = no_such("outcome or covariate of people", name, sorted([*people, *outcomes]))
            yield f"economics.auxiliaries: {told}"
    files = [file.with_form(study.forms) for file in study.files.values()]
    for name in own.subgroups:
        if name not in people:
            yield f"economics.subgroups: {no_such('covariate of people', name, sorted(people))}"
        elif not categories_of(people[name], files):
            yield f"economics.subgroups: {name} has no categories; recode it (derived, cuts)"
    for name, one in own.tornado.items():
        known = [*VARIED, *(f"services.{service}" for service in own.services)]
        if one.of not in known:
            yield f"economics.tornado.{name}.of: {no_such('parameter', one.of, known)}"
        elif why := _unmoved(one.of, own, study):
            yield f"economics.tornado.{name}.of: {one.of} changes nothing: {why}; remove the bar"
        if one.low >= one.high:
            yield f"economics.tornado.{name}: low must be below high"
        if one.holds is not None and one.of == "discount":
            yield f"economics.tornado.{name}.holds: a rate is chosen, not known with an error"
        elif one.holds is not None and not one.low < (used := in_use(one.of, own)) < one.high:
            yield (
                f"economics.tornado.{name}.holds: the value in use ({used:g}) does not lie between"
                f" {one.low:g} and {one.high:g}, as the mean of what is known must; write low and"
                " high around it, or leave holds out"
            )
    if own.cluster is not None and all(
        getattr(one, own.cluster) is None for one in files if one.level == "person"
    ):
        yield (
            f"economics.cluster: no file of people says a {own.cluster} of its rows"
            f" ({own.cluster}: {{column: …}}); leave this out, and people are drawn one by one"
        )
    yield from _wellby(own, outcomes)


def in_use(of: str, own: Economics) -> float:
    """The value of a parameter in the base case, as low and high have it: of prices a multiple."""
    if of == "discount":
        return own.discount
    if of == "intervention.indirect" and own.intervention is not None:
        return own.intervention.indirect
    return 1.0


def _unmoved(of: str, own: Economics, study: Study) -> str:
    """Why a parameter changes no cost and no QALY of the base case; '' where it may."""
    if of == "discount":
        places = [one.position for one in study.times.values()]
        years = years_between(places[0], places[-1], study.time_unit)
        return "nothing lies beyond the first year" if years is not None and years <= 1 else ""
    if own.costs is not None:
        return "costs come as they are"
    if of.startswith(f"{INTERVENTION}."):
        if own.intervention is None:
            return "there is no economics.intervention"
        if of == "intervention.shared" and not own.intervention.shared:
            return "the intervention has no shared costs"
        sector = INTERVENTION
    else:
        sector = own.services[of.removeprefix("services.")].sector
    for name, main in list(own.perspectives.items())[:1]:
        if sector not in main.sectors:
            return f"{name}, the main perspective, does not count {sector}"
    return ""


def _wellby(own: Economics, outcomes: list[str]) -> Iterator[str]:
    if own.life_satisfaction is not None and own.life_satisfaction not in outcomes:
        told = no_such("outcome of people", own.life_satisfaction, sorted(outcomes))
        yield f"economics.life_satisfaction: {told}"
    said = (own.wellby, own.wellby_price_year, own.wellby_source or None, own.life_satisfaction)
    if None in said and any(one is not None for one in said):
        yield (
            "economics.wellby: say its £, wellby_price_year, wellby_source and life_satisfaction,"
            " all or none"
        )
