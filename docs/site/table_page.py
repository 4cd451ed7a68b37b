"""docs/reference/tables.md: every table that is written, from its contract and the rules."""

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from cesp_analysis.columns import Column, Table
from cesp_analysis.provenance.row_keys import ROOMS, contracts_of
from cesp_analysis.report.results import Results
from cesp_analysis.report.tables_read import Read

ROOT = Path(__file__).resolve().parents[2]
_RULE = re.compile(r"^ *rule (\w+):\n(.*?)(?=^ *rule |\Z)", re.MULTILINE | re.DOTALL)
_OUTPUT = re.compile(r"^( +)output:\n(.*?)(?=^\1\w+:)", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r'"((?:results|data/processed)/[\w./{}]+\.(?:csv|parquet))"')
_TABLES = "results/tables"
_MADE = "data/processed"
FILES = {
    "Raw": f"{_MADE}/intake/{{file}}.parquet",
    "Records": f"{_MADE}/records/{{file}}.parquet",
    "Ledger": f"{_MADE}/ledger.parquet",
    "Visits": f"{_MADE}/visits.parquet",
    "Events": f"{_MADE}/events.parquet",
    "Scores": f"{_MADE}/scores.parquet {_MADE}/values.parquet {_MADE}/networks.parquet",
    "Panel": f"{_MADE}/panel.parquet {_MADE}/before_weighting.parquet",
    "Crossed": f"{_MADE}/crossed.parquet",
    "FlowPlaces": f"{_MADE}/flow_places.parquet",
    "Costs": f"{_MADE}/costs.parquet",
    "ResourceUse": f"{_MADE}/resource_use.csv",
    "EconomicsSamples": f"{_MADE}/economics_samples/{{scatteritem}}.parquet",
    "NetBenefitKnown": f"{_MADE}/net_benefit_known.parquet",
    "FidelityPeople": f"{_MADE}/fidelity.parquet",
    "Excerpts": f"{_MADE}/excerpts.parquet {_MADE}/excerpts_before.parquet",
    "Codes": f"{_MADE}/codes_before.csv",
    "Imputed": f"{_MADE}/imputed.parquet",
    "ImputedCovariates": f"{_MADE}/imputed_covariates.parquet",
    "Handled": f"{_MADE}/handled.parquet",
    "Traces": f"{_MADE}/traces.parquet",
    "Residuals": f"{_MADE}/models/{{model}}/residuals.parquet",
    "Influence": f"{_MADE}/models/{{model}}/influence.parquet",
    "PlanningDraws": f"{_MADE}/planning_draws.parquet",
    "PlanningBlocks": f"{_MADE}/planning_trials/{{scatteritem}}.parquet",
    "NeighbourhoodChanges": f"{_TABLES}/neighbourhoods.csv",
    "Plane": f"{_TABLES}/ce_plane.csv",
    "SurveyWeights": f"{_TABLES}/weights.csv",
    "Estimates": "results/models/{model}/estimates.csv",
    "Means": "results/models/{model}/means.csv",
    "CodeRows": f"{_MADE}/codes_before.csv",
    "Pseudonyms": f"{_MADE}/interview_pseudonyms.csv",
    "DataProblems": f"{_TABLES}/value_problems.csv",
    "Described": "",
    "ReleasedTable": "results/public/released.csv",
}
"""Contract → its files, where the report reads none of them."""
HEAD = """# Tables

Every table that a run writes, with its columns; made by `python docs/site/write.py` from the
contracts that hold each table when it is written and when it is read. A table that is not as its
contract says stops the run.

| kind | holds |
|---|---|
| text | words; blank only where this says so |
| category | one of few words; the words themselves where they are fixed |
| number | a decimal number; blank: there is none |
| whole | a whole number, or blank |
| count | a whole number, never blank |

**Key**: the columns that together name a row once. Text that a spreadsheet would run as a formula
begins with an apostrophe. Tables below `results/public` have fewer columns and a last one,
`withheld`: see
[what may leave the team](../howto/release.md). `{model}`, `{file}` stand for names in config.yaml.
"""


def page() -> str:
    """The whole page: a part for each module that declares tables."""
    read, steps = files_read(), makers()
    parts = [HEAD]
    for room, modules in groupby(ROOMS, titled):
        parts.append(f"## {room}\n")
        tables = (one for module in modules for one in contracts_of(module))
        parts += [described(one, files_of(one, read), steps) for one in tables]
    return "\n".join(parts)


def titled(module: str) -> str:
    """How the page calls the room of a module of tables."""
    room = module.split(".")[1].replace("_", " ")
    return "From raw files to estimates" if room == "schemas" else room[:1].upper() + room[1:]


def files_read() -> dict[str, str]:
    """Contract → its files, of those that the report reads."""
    found: dict[str, list[str]] = {}
    for owner in Results.__mro__:
        for one in vars(owner).values():
            if isinstance(one, Read):
                found.setdefault(one.contract.__name__, []).append(f"{_TABLES}/{one.file}.csv")
    return {name: " ".join(files) for name, files in found.items()}


def files_of(contract: type[Table], read: dict[str, str]) -> list[str]:
    """The files that hold a contract's tables; by default results/tables, by its name."""
    name = contract.__name__
    found = f"{read.get(name, '')} {FILES.get(name, '')}".split()
    if found or name in FILES:
        return found
    snake = re.sub(r"(?<!^)(?=[A-Z])", "_", name.removesuffix("Table")).lower()
    return [f"{_TABLES}/{snake}.csv"]


def makers() -> dict[str, str]:
    """File → the rule that makes it."""
    found = {}
    for path in sorted((ROOT / "rules").glob("*.smk")):
        for rule, text in _RULE.findall(path.read_text(encoding="utf-8")):
            made = _OUTPUT.search(text)
            found |= dict.fromkeys(_FILE.findall(made[2] if made else ""), rule)
    return found


def described(contract: type[Table], files: list[str], steps: dict[str, str]) -> str:
    """The part of one table."""
    about = " ".join((contract.__doc__ or "").split())
    made = [f"`{f}` (step `{steps[f]}`)" if f in steps else f"`{f}`" for f in files]
    lines = [
        f"### {titles(files) or contract.__name__}\n",
        f"{about}\n" if about.endswith(".") else f"{about}.\n",
        *([f"In {', '.join(made)}.\n"] if made else []),
        *([f"Key: {', '.join(f'`{k}`' for k in contract.key)}.\n"] if contract.key else []),
        "| column | kind | meaning |",
        "|---|---|---|",
        *(row(name, column) for name, column in contract.columns().items()),
    ]
    more = "\n\nMore columns may follow, which the study declares." if contract.open else ""
    return "\n".join(lines) + f"{more}\n"


def titles(files: list[str]) -> str:
    """The names of files, without their folders where that is enough."""
    names = (f.split("/", 2)[2] if "/{" in f else f.rsplit("/", 1)[1] for f in files)
    return ", ".join(dict.fromkeys(names))


def row(name: str, column: Column) -> str:
    """The line of one column."""
    kind = column.kind + (", may be blank" if column.blank and column.kind != "whole" else "")
    words = f": {', '.join(f'`{a}`' if a else 'blank' for a in column.allowed)}"
    meaning = column.about + (words if column.allowed else "")
    return f"| `{name}` | {kind} | {meaning.replace('|', chr(92) + '|')} |"


def files_on(page_text: str) -> Iterator[str]:
    """The files that a page names as tables' own."""
    for line in page_text.splitlines():
        if line.startswith("In `"):
            yield from re.findall(r"`([^`]+\.(?:csv|parquet))`", line)
