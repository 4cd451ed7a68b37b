"""Numbers of a page beside those of its CSV files: python tests/same_numbers.py STUDY

Reads the page as HTML and the CSV files as text, with nothing of the program but the study's words:
a printed number is its CSV's, rounded to the digits that are printed.
"""

import csv
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import html

from cesp_analysis.declared.wording import Wording
from cesp_analysis.report.wording_spec import wording_spec
from cesp_analysis.study.read import read_study

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
BLANK = ("–", "")


@dataclass
class Compared:
    """How many numbers of each table were compared, and those that differ."""

    of: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def same(self, table: str, where: str, printed: str, *held: str) -> None:
        """A cell's numbers beside values of the CSV, in their order; no value: an en dash."""
        found = NUMBER.findall(printed.replace("−", "-").replace(",", ""))
        values = [value for value in held if value]
        self.of[table] += len(values)
        if not values and (printed in BLANK or not found):
            return
        if len(found) < len(values) or not all(map(rounded, found, values)):
            self.faults.append(f"{table}, {where}: {printed!r} is not {', '.join(held)}")


def rounded(printed: str, value: str) -> bool:
    """Whether a printed number is a value to the digits that are printed."""
    digits = len(printed.partition(".")[2])
    return abs(float(printed) - float(value)) <= 0.5 * 10.0**-digits * (1 + 1e-9)


@dataclass(frozen=True)
class Line:
    """A row of a printed table: its group, its header, small print, cells by (spanner, head)."""

    group: str
    stub: str
    under: str
    cells: dict[tuple[str, str], str]


def lines(tree: Any, table: str) -> Iterator[Line]:
    """The rows of a table of the page; none if it has no such table."""
    for own in tree.xpath(f"//div[@id='{table}']//table"):
        *above, last = own.xpath("thead/tr")
        spanners = [
            cell.text_content().strip() for cell in (above[0][1:] if above else [])
            for _ in range(int(cell.get("colspan", 1)))
        ]  # fmt: skip
        heads = [cell.text_content().strip() for cell in last][0 if above else 1 :]
        keys = list(zip(spanners or [""] * len(heads), heads, strict=True))
        for body in own.xpath("tbody"):
            group = "".join(body.xpath("string(tr[@class='group'])")).strip()
            for row in body.xpath("tr[td]"):
                stub = "".join(row.xpath("th/text()")).strip()
                cells = [cell.text_content().strip() for cell in row.xpath("td")]
                under = row.xpath("string(th/small)")
                yield Line(group, stub, under, dict(zip(keys, cells, strict=True)))


def compared(study: Path, page: str) -> Compared:
    """The page of a study that was run, beside its tables."""
    words = Wording.model_validate_json(wording_spec(read_study(study)))
    tree = html.fromstring(page)

    def table(name: str) -> list[dict[str, str]]:
        path = study / f"results/tables/{name}.csv"
        if not path.is_file():
            return []
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    found = Compared()
    _estimates(found, tree, table("estimates"), words)
    for level in words.levels():
        _means(found, tree, f"means_{level}", table("means"), words, level, "time", "mean")
    _means(found, tree, "changes_person", table("changes"), words, "person", "time", "mean")
    of_sites = [row for row in table("survey_means") if row["of"] == "site" and not row["since"]]
    _means(found, tree, "survey_means", of_sites, words, "respondent", "wave", "estimate")
    _flow(found, tree, table("flow"), words)
    _rates(found, tree, table("rates"), words)
    return found


def _estimates(found: Compared, tree: Any, rows: list[dict[str, str]], words: Wording) -> None:
    by_id = {row["estimate_id"]: row for row in rows}
    for name in ["all_estimates", *(f"estimates_{outcome}" for outcome in words.outcomes)]:
        for line in lines(tree, name):
            row, cells = by_id[line.under], line.cells
            if row["status"] != "estimated":
                found.same(name, line.under, cells["", "Estimate"])
                continue
            found.same(name, line.under, cells["", "Estimate"], row["estimate"])
            known = cells["", words.interval()]
            found.same(name, line.under, known, row["ci_low"], row["ci_high"])
            for head, column in (("SE", "std_error"), ("df", "df"), ("Clusters", "n_clusters")):
                if ("", head) in cells:
                    found.same(name, line.under, cells["", head], row[column])
            who = next(text for (_, head), text in cells.items() if head.startswith(
                ("People", "Respondents")))  # fmt: skip
            found.same(name, line.under, who, row["n_units"])
    shown = {line.under for outcome in words.outcomes
             for line in lines(tree, f"estimates_{outcome}")}  # fmt: skip
    found.faults += [f"estimates: {name} stands in no table" for name in by_id.keys() - shown]


def _means(
    found: Compared, tree: Any, name: str, rows: list[dict[str, str]], words: Wording, level: str,
    when: str, what: str,
) -> None:  # fmt: skip
    of = {}
    for row in rows:
        if row.get("level", level) == level and not row.get("category"):
            label = row.get("label") or words.outcomes[row["outcome"]].label
            moment, site = words.moment(row[when]).label, words.group(row["group"])
            asked = row.get("question")  # of several answers: the question heads them
            of["" if asked else label, f"{label}, {moment}" if asked else moment, site] = row
    for line in lines(tree, name):
        for site in dict.fromkeys(spanner for spanner, _ in line.cells):
            label = line.group.rpartition(" (")[0]
            row = of.get((label, line.stub, site), of.get(("", line.stub, site), {}))
            if not row:
                found.faults.append(f"{name}: {line.group}, {line.stub}, {site}: not in the CSV")
            else:
                where, cells = f"{line.group}, {line.stub}, {site}", line.cells
                mean = cells.get((site, "Mean")) or cells[site, "Estimate"]
                found.same(name, where, cells[site, "n"], row["n"])
                found.same(name, where, mean, row[what])
                known = cells[site, words.interval()]
                found.same(name, where, known, row["ci_low"], row["ci_high"])


def _flow(found: Compared, tree: Any, rows: list[dict[str, str]], words: Wording) -> None:
    """The counts of each group, whichever line they stand in: the flow is one table."""
    held: dict[str, Counter[str]] = defaultdict(Counter)
    shown: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        held[words.group(row["group"])][row["n"]] += 1
    for line in lines(tree, "flow"):
        for (_, group), text in line.cells.items():
            shown[group][text.replace(",", "")] += text not in BLANK
    for group, counts in held.items():
        found.of["flow"] += sum(counts.values())
        if lost := counts - shown[group]:
            found.faults.append(f"flow, {group}: {dict(lost)} people stand nowhere")


def _rates(found: Compared, tree: Any, rows: list[dict[str, str]], words: Wording) -> None:
    of: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        if row["kind"] == "proportion":
            name = "All" if not row["group"] else words.group(row["group"])
            of[row["label"], name].append(row)
    for line in lines(tree, "rates"):
        if len(own := of[line.group, line.stub]) == 1:
            for head, columns in (
                ("Numerator", ["numerator"]), ("Denominator", ["denominator"]), ("%", ["value"]),
                ("Wilson", ["ci_low", "ci_high"]), ("Clopper-Pearson", ["exact_low", "exact_high"]),
            ):  # fmt: skip
                text = next(t for (_, named), t in line.cells.items() if named == head)
                times = 1 if head.endswith("ator") else 100
                values = [own[0][c] and str(float(own[0][c]) * times) for c in columns]
                found.same("rates", f"{line.group}, {line.stub}, {head}", text, *values)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    shown = folder / "results/report/index.html"
    result = compared(folder, shown.read_text(encoding="utf-8"))
    print(*result.faults, sep="\n", end="\n" if result.faults else "")
    said = ", ".join(f"{name} {n:,}" for name, n in sorted(result.of.items()))
    print(f"numbers compared: {result.of.total():,} ({said}); {len(result.faults)} differ")
    sys.exit(bool(result.faults) or not result.of)
