"""docs/performance.md, and the table of benchmarks/README.md: goals beside what was measured."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import goals
import measured

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "performance.md"
README = ROOT / "benchmarks" / "README.md"
BUSY = 0.25
"""From this load on somebody else had a good part of the machine: it tells nothing of a goal."""
START, END = "<!-- from goals.yaml -->", "<!-- end of goals.yaml -->"
HEAD = """# Performance

Written by `make benchmarks` from `benchmarks/goals.yaml` and `benchmarks/measured.csv`. Ratios are
of two sides measured in turn in one run, and are what counts; seconds depend on the machine and
what else it does: **load** is the share of the cores that others used just before the benchmark
began. What each benchmark times, and against what: [benchmarks](../benchmarks/README.md). One
alone: `make benchmark NAME=planning_grid`.
"""


def write() -> None:
    """Write the page and the table."""
    PAGE.write_text(page(goals.declared(), measured.read()), encoding="utf-8")
    text = README.read_text(encoding="utf-8")
    README.write_text(with_table(text), encoding="utf-8")


def page(benchmarks: dict[str, goals.Benchmark], lines: Sequence[measured.Found]) -> str:
    """The whole page."""
    found = {(one.benchmark, one.measure): one for one in lines}
    places = list(dict.fromkeys((one.machine, one.versions) for one in lines))
    parts = [HEAD, summary(benchmarks, found), "## Goals\n", *judged(benchmarks, found, places)]
    parts += ["", "## Other numbers\n", *others(benchmarks, found, places)]
    parts += ["", "## What failed\n", *failures(lines)]
    parts += ["", "## Where it was measured\n", *where(places)]
    return "\n".join(parts) + "\n"


Key = tuple[str, str]
Numbers = dict[Key, measured.Found]
Places = list[Key]


def summary(benchmarks: dict[str, goals.Benchmark], found: Numbers) -> str:
    """How many goals are met, missed, not measured yet; the last by name."""
    asked = [(b.name, m) for b in benchmarks.values() for m in b.measures.values() if m.judged]
    known = [m.met(float(found[b, m.name].value)) for b, m in asked if (b, m.name) in found]
    missing = dict.fromkeys(b for b, m in asked if (b, m.name) not in found)
    told = f"Of {len(asked)} goals {sum(known)} are met, {len(known) - sum(known)} missed"
    if not missing:
        return f"{told}.\n"
    names = ", ".join(f"`{name}`" for name in missing)
    return f"{told}, {len(asked) - len(known)} not measured yet (of {names}).\n"


def judged(benchmarks: dict[str, goals.Benchmark], found: Numbers, places: Places) -> Iterator[str]:
    """The table of goals."""
    yield "| benchmark | measure | goal | measured | met | load | date | version | where |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for one in benchmarks.values():
        for measure in one.measures.values():
            if measure.judged:
                number = found.get((one.name, measure.name))
                about = f"`{measure.name}`: {measure.meaning}"
                goal = f"`{one.name}` | {about} | {measure.goal}"
                yield f"| {goal} | {told(measure, number, places)} |"


def told(measure: goals.Measure, number: measured.Found | None, places: Places) -> str:
    """The cells from the value to the end of the line."""
    if number is None:
        return "not measured yet | | | | |"
    if measure.met(float(number.value)):
        met = "yes"
    elif measure.limit:
        met = f"**no**: {measure.limit}"
    elif float(number.load) >= BUSY:
        met = "**no**: other programs used the machine; to be measured again"
    else:
        met = "**no**: why is not known"
    return f"{valued(measure, number)} | {met} | {placed(number, places)}"


def valued(measure: goals.Measure, number: measured.Found) -> str:
    """A number with its unit; of thousands, with commas."""
    value = float(number.value)
    shown = f"{value:,.0f}" if value >= 1000 else number.value
    return f"{shown} {measure.unit}".strip()


def placed(number: measured.Found, places: Places) -> str:
    """Load, date, version and place of a number."""
    at = places.index((number.machine, number.versions)) + 1
    return f"{number.load} | {number.date} | {number.project} | {at}"


def others(benchmarks: dict[str, goals.Benchmark], found: Numbers, places: Places) -> Iterator[str]:
    """The table of what has no goal, as far as it was measured."""
    rows = [
        f"| `{one.name}` | `{m.name}`: {m.meaning} | {valued(m, n)} | {placed(n, places)} |"
        for one in benchmarks.values()
        for m in one.measures.values()
        if not m.judged and (n := found.get((one.name, m.name)))
    ]
    if not rows:
        yield "None was measured yet."
        return
    yield "| benchmark | measure | measured | load | date | version | where |"
    yield "|---|---|---|---|---|---|---|"
    yield from rows


def failures(lines: Sequence[measured.Found]) -> Iterator[str]:
    """A line for each benchmark that failed when it was run last."""
    failed = [one for one in lines if one.measure == measured.FAILED]
    if not failed:
        yield "Nothing: every benchmark that was run ended well."
    for one in failed:
        yield f"- `{one.benchmark}`, {one.date}: {one.unit.replace('<', '&lt;')}"


def where(places: Places) -> Iterator[str]:
    """The machines and versions, numbered."""
    if not places:
        yield "Nowhere yet."
    for at, (machine, versions) in enumerate(places, 1):
        yield f"{at}. {machine}. {versions}."


def with_table(readme: str) -> str:
    """The README with its tables in place of the old ones."""
    before, _, rest = readme.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}\n\n{tables()}\n{END}{after}"


def tables() -> str:
    """What each benchmark times with its goals, and what each simulation is of."""
    lines = ["| name | measure | meaning | goal |", "|---|---|---|---|"]
    for one in goals.declared().values():
        needs = f" (after `{one.needs}`)" if one.needs else ""
        lines.append(f"| **{one.name}** | | {one.of}{needs} | |")
        lines += [f"| | {m.name} | {m.meaning} | {m.goal} |" for m in one.measures.values()]
    lines += [
        "",
        "Simulations, each a section of `docs/validation.md`, with Monte Carlo errors:",
        "",
    ]
    lines += ["| name | of |", "|---|---|"]
    lines += [f"| {name} | {of.strip()} |" for name, of in goals.simulations().items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    write()
