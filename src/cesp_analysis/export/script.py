"""The R script of an export: it fits each equation again and prints the differences."""

from collections.abc import Sequence
from importlib.resources import files

from cesp_analysis.export.lines import Lines, NoEquivalent
from cesp_analysis.export.names import r_text
from cesp_analysis.models.check import Check

Part = tuple[Check, Lines | NoEquivalent]


def script_of(title: str, parts: Sequence[Part], nothing: str) -> str:
    """The whole script; with no equation that R can fit it says why and ends well.

    nothing: why there is none, where there are no parts.
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
        text += [_equation(check, lines)]
    text += [f"notes <- c(notes, {r_text(reason)})" for reason in without]
    return "\n".join([*text, _file("compare.R")])


def _equation(check: Check, lines: Lines) -> str:
    name = r_text(check.name)
    out = [
        f"# ---- {check.name.encode('ascii', 'replace').decode()}",
        f"d <- rows[rows$equation == {name}, ]",
        *lines.code,
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
