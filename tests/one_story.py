"""One study, one story: each number of a report is the number of one cell, wherever it stands.

    python tests/one_story.py STUDY

`faults` of a study's report:
- a table that names an estimate's id holds other digits of it than estimates.csv;
- a printed number is not its cell's, rounded to the digits that are printed;
- a share or a number with decimals in prose is none that the section prints from a cell, no setting
  of the study, and in no sentence of the program.
"""

import ast
import csv
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import cesp_analysis
from cesp_analysis.declared.wording import Wording
from cesp_analysis.report import own_words
from cesp_analysis.report.blocks import Block, as_dict
from cesp_analysis.report.results import Results
from cesp_analysis.report.wording_spec import wording_spec
from cesp_analysis.study.read import read_study
from number_ids import SCALES, Origins, told

PRINTED = re.compile(
    r"(?<![\w.,/])[−-]?\d[\d,]*(?:\.\d+)?(?!\.?\d)%?(?=([\U000f0000-\U0010ffff]?)(%?))"
)
PROSE = ("paragraph", "bullets", "points", "callout")
ESTIMATE = ("estimate", "std_error", "df", "ci_low", "ci_high", "ci_low_shock", "ci_high_shock",
            "p_value", "n_obs", "n_units", "n_clusters")  # fmt: skip
OTHERWISE = {
    "ladder": "the same change on other rungs",
    "sensitivity": "under other assumptions on those who are lost",
    "tipping": "with answers shifted",
    "tipping_points": "with answers shifted",
    "shock_curve": "with shocks of other sizes",
}
"""Tables that name an estimate's id and hold something else of it, and what."""
IN_WORDS = {"Costs and QALYs": ("ce_quadrants",)}
"""Sections whose step tells numbers of a table in words, which the report prints in no row."""
OF_ITSELF = "Reading age of this summary"
"""A sentence on the text that it stands in."""


def faults(results: Results) -> Iterator[str]:
    """What tells another story than the rest, in words."""
    yield from copies(results.folder / "tables")
    told_blocks, origins = told(results)
    section, blocks = "", list[Block]()
    for block in (*told_blocks, None):
        if block is None or (block.kind == "heading" and block.level == 1):
            yield from _of_section(section, blocks, origins, results)
            section, blocks = getattr(block, "text", ""), []
        else:
            blocks.append(block)


def copies(folder: Path) -> Iterator[str]:
    """Tables that name an estimate's id, beside estimates.csv."""
    known = {row["estimate_id"]: row for row in _rows(folder / "estimates.csv")}
    for path in sorted(folder.glob("*.csv")):
        if path.stem in OTHERWISE or path.stem == "estimates":
            continue
        for row in _rows(path):
            for column, value in row.items():
                if value in known:
                    yield from _differ(path.stem, row, column, known[value])


def _differ(table: str, row: dict[str, str], named: str, known: dict[str, str]) -> Iterator[str]:
    before = named.removesuffix("estimate_id") if named.endswith("estimate_id") else ""
    for column in ESTIMATE:
        held = row.get(before + column, "")
        if held and held != known[column]:
            name = known["estimate_id"]
            yield f"{table}: {before}{column} of {name} is {held}, in estimates {known[column]}"


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _of_section(
    section: str, blocks: list[Block], origins: Origins, results: Results
) -> Iterator[str]:
    marked, bare = set[str](), list[tuple[str, str]]()
    for block in blocks:
        for text in _texts(as_dict(block)):
            for found in PRINTED.finditer(text):
                number = (found[0] + found[2]).lstrip("−-")
                if found[1]:
                    marked.add(number)
                    made = origins.made_of(found[1])
                    if made.cell and not _prints(number, made.value):
                        yield f"{section}: {number} is not {made}: {_plain(text)}"
                elif block.kind in PROSE and ("." in number or "%" in number):
                    bare.append((number, _plain(text)))
    own = _numbers_of(" ".join((*own_words.phrases(results), *own_words.cells(results))))
    settings = list(_settings(results.words.model_dump()))
    for number, text in bare:
        known = number in marked | own | fixed() or any(_prints(number, v) for v in settings)
        if not known and not text.startswith(OF_ITSELF) and not _of_a_cell(section, text, results):
            yield f"{section}: {number} is of no cell: {text}"


def _of_a_cell(section: str, text: str, results: Results) -> bool:
    """Whether a step told it, in a cell."""
    rows = [
        row
        for table in IN_WORDS.get(section, ())
        for row in _rows(results.folder / f"tables/{table}.csv")
    ]
    return any(value and value in text for row in rows for value in row.values())


def _settings(held: Any) -> Iterator[float]:
    """Numbers of the study file, as the report knows them."""
    if isinstance(held, dict):
        held = list(held.values())
    if isinstance(held, list | tuple):
        for one in held:
            yield from _settings(one)
    elif isinstance(held, int | float) and not isinstance(held, bool):
        yield held


def _prints(printed: str, value: float) -> bool:
    """Whether digits are those of a number, as it is or as a percentage, without its sign."""
    bare = printed.rstrip("%").replace(",", "")
    last = 0.5 * 10.0 ** -len(bare.partition(".")[2]) * (1 + 1e-9)
    scales = (1, *SCALES, *(1 / scale for scale in SCALES))
    return any(abs(float(bare) - abs(value) * by) <= last for by in scales)


def _plain(text: str) -> str:
    return re.sub(r"[\U000f0000-\U0010ffff]", "", text)


def _numbers_of(text: str) -> set[str]:
    return {(m[0] + m[2]).lstrip("−-") for m in PRINTED.finditer(text)}


@cache
def fixed() -> frozenset[str]:
    """Numbers in the program's own sentences."""
    made = set[str]()
    for path in Path(cesp_analysis.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
                made |= _numbers_of(node.value)
    return frozenset(made)


def _texts(held: Any) -> Iterator[str]:
    if isinstance(held, str):
        yield held
    elif isinstance(held, dict):
        for one in held.values():
            yield from _texts(one)
    elif isinstance(held, list | tuple):
        for one in held:
            yield from _texts(one)


def main(folder: Path) -> int:
    """Print what differs; how many."""
    words = Wording.model_validate_json(wording_spec(read_study(folder)))
    found = list(faults(Results(words, folder / "results", folder / "data/raw/SOURCES.yaml")))
    print("\n".join(found) or "every number of the report is the number of one cell")
    return len(found)


if __name__ == "__main__":
    sys.exit(min(main(Path(sys.argv[1])), 1))
