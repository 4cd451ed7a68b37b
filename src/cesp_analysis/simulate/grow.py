"""A study of many places, grown from a study of few: each site stands for one of that study.

The YAML names the study that it is grown from, says in `sites` how many there are and what each
is like, and repeats nothing else: what it does say replaces what that study says, name by name.
Whatever that study says of a site holds for every site that is like it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from cesp_analysis.declared.strict_yaml import read_yaml
from cesp_analysis.simulate.spec_parts import Share, Spec


class Like(Spec):
    """A share of the sites: like which site of the study, and when they begin."""

    like: str
    share: Share
    started: str = ""
    started_wave: str = ""


class Grown(Spec):
    """How many sites and people, and what a site consists of.

    `{number}` stands in a site's name and id (`{number:03}`: of three digits).
    Sites of different kinds take turns, so that a name tells nothing. people: of all sites, as
    even as whole numbers are; respondents, invited: of a site and wave.
    """

    name: str
    id: str
    count: Annotated[int, Field(gt=0)]
    people: Annotated[int, Field(gt=0)]
    neighbourhoods: Annotated[int, Field(gt=0)]
    link_workers: Annotated[int, Field(gt=0)]
    respondents: Annotated[int, Field(gt=0)]
    invited: Annotated[int, Field(gt=0)]
    of: tuple[Like, ...]


def turns(shares: list[float], count: int) -> list[int]:
    """Which kind each of `count` sites is of: always the kind that lags most behind its share."""
    had, dealt = [0.0] * len(shares), []
    for number in range(1, count + 1):
        lags = [share / sum(shares) * number - n for share, n in zip(shares, had, strict=True)]
        dealt.append(max(range(len(shares)), key=lags.__getitem__))
        had[dealt[-1]] += 1
    return dealt


def grown_sites(rule: Grown, arms: dict[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(the site that it is like, its own entry) of every site, in order."""
    workers = 0
    for place, kind in enumerate(turns([part.share for part in rule.of], rule.count)):
        part, name = rule.of[kind], rule.name.format(number=place + 1)
        share = (place + 1) * rule.people // rule.count - place * rule.people // rule.count
        here = rule.link_workers if arms[part.like] == "intervention" else 0
        yield (
            part.like,
            {
                "name": name,
                "arm": arms[part.like],
                "recruited": share,
                "neighbourhoods": [f"{name}-{n + 1}" for n in range(rule.neighbourhoods)],
                "link_workers": {f"LW{workers + n + 1}": 1 / here for n in range(here)},
                "started": part.started,
                "started_wave": part.started_wave,
            },
        )
        workers += here


def merged(old: Any, new: Any) -> Any:
    """`old` with what `new` says instead, mapping by mapping; null takes a name away."""
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return new
    both = {name: merged(old.get(name), value) for name, value in new.items()}
    return {name: value for name, value in {**old, **both}.items() if value is not None}


def of_every_site(value: Any, like: dict[str, list[str]]) -> Any:
    """What a study says by site, said of the sites that are like those; a lone site: of the first.

    `like`: site of the study → sites that are like it.
    """
    if isinstance(value, dict):
        each = {name: of_every_site(part, like) for name, part in value.items()}
        if not set(each) <= set(like):
            return each
        return {site: part for name, part in each.items() for site in like[name]}
    if isinstance(value, list | tuple):
        return [of_every_site(part, like) for part in value]
    return like[value][0] if isinstance(value, str) and like.get(value) else value


def read_grown(path: Path, people: int = 0, sites: int = 0) -> dict[str, Any]:
    """The whole specification of a study that may be grown from another, as plain YAML.

    people, sites: instead of those of the file, where they are not 0.
    """
    said = read_yaml(path)
    if "grown_from" not in said:
        return said
    old = read_yaml(path.parent / said.pop("grown_from"))
    wanted = {"people": people, "count": sites}
    given = {**said.pop("sites"), **{name: n for name, n in wanted.items() if n}}
    rule = TypeAdapter(Grown).validate_python(given)
    arms = {site["name"]: site["arm"] for site in old.pop("sites")}
    made = list(grown_sites(rule, arms))
    like = {name: [site["name"] for kind, site in made if kind == name] for name in arms}
    whole: dict[str, Any] = of_every_site(merged(old, said), like)
    whole["sites"] = [site for _, site in made]
    names = [site["name"] for _, site in made]
    survey = whole["survey"]
    for wave in survey["waves"]:
        wave["respondents"] = dict.fromkeys(names, rule.respondents)
    waves = [wave["name"] for wave in survey["waves"]]
    survey["invitations"]["invited"] = {n: dict.fromkeys(waves, rule.invited) for n in names}
    words = {name: rule.id.format(number=n) for n, name in enumerate(names, start=1)}
    survey["population"]["words"] |= words
    return whole
