"""What the record says of each step and model, in words: the report and `cesp explain` share it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cesp_analysis.checksums import short, together
from cesp_analysis.models.kinds import KINDS
from cesp_analysis.numbers import counted, listed
from cesp_analysis.provenance.checked import said
from cesp_analysis.provenance.record import RECORD, SPEC, Made, Record
from cesp_analysis.steps import STEPS

_SHOWN = 4
"""Files of one step up to which each is named; of more, how many, with their checksum together."""


class Fact(NamedTuple):
    """One thing that is known: what it is, and the text."""

    label: str
    text: str


@dataclass(frozen=True)
class Entry:
    """A step, or one model of it: its facts, and the text that its jobs were told (may be long)."""

    name: str
    model: str
    facts: tuple[Fact, ...]
    told: str = ""


def name_of(job: Made) -> str:
    """The entry in which a job stands: its rule; of a model, with the model's name."""
    return f"{job.rule} {_model(job)}".rstrip()


def _model(job: Made) -> str:
    return job.wildcards.get("model", "")


def entries(record: Record) -> tuple[Entry, ...]:
    """All entries, in the order of steps."""
    jobs: dict[str, list[Made]] = {}
    for job in record.jobs:
        jobs.setdefault(name_of(job), []).append(job)
    return tuple(entry(record, own) for own in jobs.values())


def entry(record: Record, jobs: Sequence[Made]) -> Entry:
    """The entry of jobs of one step (and model): what they share, then what is each one's own."""
    first = jobs[0]
    facts = [
        Fact("What it does", first.does),
        *(_of_one(record, first) if len(jobs) == 1 else _of_many(record, jobs)),
        Fact("Steps before", listed([*dict.fromkeys(job.rule for job in _before(record, jobs))])),
        Fact("Code", f"{record.program}, {_sources(first)}"),
        Fact("Checked in", said(first)),
        Fact("Seed", "" if first.seed is None else str(first.seed)),
    ]
    if len(jobs) == 1:
        facts.append(Fact("Command", first.command))
    told = "\n".join(_told(jobs))
    known = tuple(fact for fact in facts if fact.text)
    return Entry(name_of(first), _model(first), known, told)


def narrowed(whole: Entry, job: Made, jobs: Sequence[Made]) -> Entry:
    """Of an entry of several jobs, what is said of all and of one of them."""
    if len(jobs) == 1:
        return whole
    others = {_own(other) for other in jobs if other is not job}
    facts = tuple(fact for fact in whole.facts if fact.label not in others)
    told = [*filter(None, [job.command]), *_specs([job])]
    return Entry(whole.name, whole.model, facts, "\n".join(told))


def short_of(told: str) -> str:
    """What stands on paper instead of what jobs were told: how long it is, and where it stands."""
    return f"{SPEC}: {len(told):,} characters, in results/{RECORD}"


def _before(record: Record, jobs: Sequence[Made]) -> list[Made]:
    found = {id(job) for own in jobs for job in record.before(own)}
    return [job for job in record.jobs if id(job) in found]


def _sources(job: Made) -> str:
    """Which code made it: the file to begin with (a model's is that of its kind), and all."""
    files = f"{counted(job.code_files, 'source file')}, sha256 together {short(job.code)}"
    return f"{begin} and what it needs: {files}" if (begin := _begins_in(job)) else files


def _begins_in(job: Made) -> str:
    """The source file of a step, or of a model's kind; blank: another version's step."""
    kind = json.loads(job.spec).get("kind") if job.step == "fit" and job.spec else None
    place = KINDS.get(kind) if kind else STEPS.get(job.step)
    return f"{place.split(':')[0].replace('.', '/')}.py" if place else ""


def _of_one(record: Record, job: Made) -> Iterator[Fact]:
    yield Fact("Makes", ", ".join(_few(list(job.files))))
    yield Fact("Made from", "; ".join(_inputs(record, job)))
    yield Fact("Make it again", job.remake)


def _of_many(record: Record, jobs: Sequence[Made]) -> Iterator[Fact]:
    """A line a job: what its rule leaves open names it."""
    for job in jobs:
        made_of = "; ".join(_inputs(record, job))
        yield Fact(_own(job), f"{made_of}. Again: {job.remake}")


def _own(job: Made) -> str:
    """What tells a job from others of its step: the figure's name."""
    return " ".join(job.wildcards.values())


def _few(paths: list[str]) -> Iterator[str]:
    """Paths, those of results first; of many the first, and how many more."""
    order = sorted(paths, key=lambda path: not path.startswith("results/"))
    yield from order[: 2 * _SHOWN]
    if more := len(order[2 * _SHOWN :]):
        yield f"and {more} more"


def _inputs(record: Record, job: Made) -> Iterator[str]:
    """The files a job reads, by the step that made them; those that no step made come first."""
    by: dict[str, dict[str, str]] = {}
    for path, sha256 in job.inputs.items():
        maker = record.maker_of(path)
        by.setdefault(maker.rule if maker else "", {})[path] = sha256
    for path, sha256 in by.pop("", {}).items():
        yield f"{path} (sha256 {sha256})" if sha256 else path
    for step, files in by.items():
        if not all(files.values()):  # they stay inside
            yield f"{counted(len(files), 'file')} of {step}"
        elif len(files) > _SHOWN:
            yield f"{len(files)} files of {step} (sha256 together {short(together(files))})"
        else:
            yield from (f"{path} ({short(sha256)}, of {step})" for path, sha256 in files.items())


def _told(jobs: Sequence[Made]) -> Iterator[str]:
    """Commands of several jobs, then each different text that SPEC stands for."""
    if len(jobs) > 1:
        yield from (job.command for job in jobs if job.command)
    yield from _specs(jobs)


def _specs(jobs: Sequence[Made]) -> Iterator[str]:
    yield from dict.fromkeys(f"{SPEC} = {job.spec}" for job in jobs if job.spec)
