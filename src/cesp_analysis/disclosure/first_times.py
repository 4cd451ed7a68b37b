"""Of whom rows are that do not say it: of which wave, since which time, of which site's people."""

from collections.abc import Iterable, Mapping

from cesp_analysis.columns import Row
from cesp_analysis.declared.analysis_sets import OBSERVED
from cesp_analysis.disclosure.leaving import Leaving
from cesp_analysis.disclosure.quantities import BEFORE, FIRST, Tables


def with_first_wave(rows: list[Row], first: str) -> list[Row]:
    """Rows that name no wave, and speak of respondents of the first."""
    return [row | {FIRST: first} for row in rows]


def with_first_times(tables: Mapping[str, tuple[Leaving, list[Row]]]) -> Tables:
    """Tables by name, the rows of those that do not say of which time they are with it."""
    missing = tables.get("tables/missing", (None, []))[1]
    made = dict(tables)
    if "tables/baseline" in made:
        leaving, rows = made["tables/baseline"]
        made["tables/baseline"] = (leaving, with_first_wave(rows, first_wave(missing)))
    if "tables/changes" in made:
        leaving, rows = made["tables/changes"]
        made["tables/changes"] = (leaving, with_first_time(rows, missing))
    if "tables/bracket" in made:
        leaving, rows = made["tables/bracket"]
        of_arms = with_sites(rows, made.get("tables/changes", (None, []))[1])
        made["tables/bracket"] = (leaving, with_first_time(of_arms, missing))
    return made


def first_wave(missing: Iterable[Row]) -> str:
    """The first wave of the respondents in the table of missing values, in the study's order."""
    return next((row["time"] for row in missing if row["level"] == "respondent"), "")


def with_sites(bracket: list[Row], changes: Iterable[Row]) -> list[Row]:
    """Rows of the bracket with the site of each arm that has one, whose number is that of the
    changes; those of others, and of fewer people, are numbers of their own."""
    sites: dict[tuple[str, ...], list[str]] = {}
    for row in changes:
        sites.setdefault((row["outcome"], row["time"], row["arm"]), []).append(row["group"])
    made = []
    for at, row in enumerate(bracket):
        fewer = row["estimator"] == "doubly_robust" or row["analysis_set"] != OBSERVED
        told: Row = {}
        for arm in ("intervention", "control"):
            own = sites.get((row["outcome"], row["time"], arm), [])
            if len(own) == 1 and not fewer:
                told |= {f"site {arm}": own[0], f"own {arm}": ""}
            else:
                told |= {f"site {arm}": "", f"own {arm}": f"bracket {at} {arm}"}
        made.append(row | told)
    return made


def with_first_time(rows: list[Row], missing: Iterable[Row]) -> list[Row]:
    """Rows of changes with the time since which they are: the first at which it is asked."""
    first: dict[tuple[str, str], str] = {}
    for row in missing:
        first.setdefault((row["level"], row["outcome"]), row["time"])
    return [row | {BEFORE: first.get((row["level"], row["outcome"]), "")} for row in rows]
