"""The R script of an export: it fits each equation again and prints the differences."""

from collections.abc import Iterator, Sequence
from importlib.resources import files

from cesp_analysis.export.lines import Lines, NoEquivalent
from cesp_analysis.export.names import r_text
from cesp_analysis.models.check import Check

Part = tuple[Check, Lines | NoEquivalent]


def script_of(
    title: str, parts: Sequence[Part], nothing: str, sets: Sequence[Sequence[Part]] = ()
) -> str:
    """The whole script; with no equation that R can fit it says why and ends well.

    nothing: why there is none, where there are no parts; sets: of an imputed model, the parts of
    each set.
    """
    made = [(check, lines) for check, lines in parts if isinstance(lines, Lines)]
    without = dict.fromkeys(one.reason for _, one in parts if isinstance(one, NoEquivalent))
    if not parts:
        without = {nothing: None}
    text = [
        f"# {title.encode('ascii', 'replace').decode()}",
        "# Fits the same model in R and prints the differences: Rscript check.R, in this folder.",
        "# rows.csv: the rows; estimates.csv: what is compared. README.md describes both.",
        "",
    ]
    if not made:
        return "\n".join(
            [*text, *(f"cat({r_text(reason)}, fill = TRUE)" for reason in without), ""]
        )
    helpers = dict.fromkeys(name for _, lines in made for name in lines.helpers)
    packages = dict.fromkeys(name for _, lines in made for name in lines.packages)
    text += [*_needs(list(packages)), _READ]
    text += [_file(name) for name in helpers]
    text += ["found <- NULL\ntolerance <- c()\nplain <- c()\nnotes <- c()\n"]
    for check, lines in made:
        text += [_equation(check, lines, _codes(check.name, sets))]
    text += [f"notes <- c(notes, {r_text(reason)})" for reason in without]
    if sets:
        text += [_file("pooled.R"), f"found <- pooled(found, {len(sets)})\n"]
    return "\n".join([*text, _file("compare.R")])


def _codes(name: str, sets: Sequence[Sequence[Part]]) -> dict[tuple[str, ...], list[int]]:
    """R lines of an equation → the numbers of the imputed sets that have them; mostly all."""
    found: dict[tuple[str, ...], list[int]] = {}
    for number, parts in enumerate(sets, start=1):
        for check, lines in parts:
            if check.name == name and isinstance(lines, Lines):
                found.setdefault(lines.code, []).append(number)
    return found


def _fitted(name: str, lines: Lines, codes: dict[tuple[str, ...], list[int]]) -> Iterator[str]:
    if not codes:
        yield f"d <- rows[rows$equation == {name}, ]"
        yield from lines.code
    for code, numbers in codes.items():
        whole = numbers == list(range(numbers[0], numbers[-1] + 1))
        which = f"{numbers[0]}:{numbers[-1]}" if whole else f"c({', '.join(map(str, numbers))})"
        yield f"for (set in {which}) {{"
        yield f"d <- rows[rows$equation == {name} & rows$set == set, ]"
        yield from code
        yield "}"


def _equation(check: Check, lines: Lines, codes: dict[tuple[str, ...], list[int]]) -> str:
    """An equation's lines; codes: of each imputed set, where there are any."""
    name = r_text(check.name)
    out = [
        f"# ---- {check.name.encode('ascii', 'replace').decode()}",
        *_fitted(name, lines, codes),
        f"tolerance[{name}] <- {lines.tolerance!r}  # {lines.because}",
    ]
    if lines.plain:
        out.append(f"plain <- c(plain, {', '.join(map(r_text, check.contrasts))})")
    if lines.note:
        out.append(f"notes <- c(notes, {r_text(lines.note)})")
    return "\n".join([*out, ""])


def _needs(packages: list[str]) -> list[str]:
    if not packages:
        return []
    listed = ", ".join(r_text(name) for name in packages)
    return [
        f"for (package in c({listed}))\n"
        "  if (!suppressMessages(requireNamespace(package, quietly = TRUE)))\n"
        '    stop(package, " is needed: install.packages(\\"", package, "\\")", call. = FALSE)\n'
    ]


_READ = """options(width = 160)
text <- c(equation = "character", unit = "character", site = "character",
          neighbourhood = "character", link_worker = "character", time = "character")
there <- names(read.csv("rows.csv", nrows = 1))
rows <- read.csv("rows.csv", colClasses = text[names(text) %in% there], na.strings = "NA",
                 encoding = "UTF-8")
ours <- read.csv("estimates.csv", encoding = "UTF-8", colClasses = c(
  estimate_id = "character", equation = "character"))
"""


def _file(name: str) -> str:
    return files("cesp_analysis.export").joinpath(name).read_text(encoding="utf-8")
