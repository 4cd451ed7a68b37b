"""Whether the study is as large as is asked of a pilot: published rules, each with its source."""

from collections.abc import Iterator, Mapping

from cesp_analysis.columns import Row
from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.feasibility import MainTrial

TEARE = "Teare et al. 2014, Trials 15:264"
COCKS = "Cocks & Torgerson 2013, Journal of Clinical Epidemiology 66:197"
LEWIS = "Lewis et al. 2021, Pilot and Feasibility Studies 7:40"
FOR_SD, FOR_RATE, FOR_BINARY, SHARE = 70, 60, 120, 0.09


class Measured(Frozen):
    """A primary outcome: its label, how many have an answer at the last time, by arm."""

    label: str
    n: int


def sized(
    recruited: int | None,
    measured: Mapping[str, Measured],
    criteria: list[Row],
    trial: MainTrial,
) -> Iterator[Row]:
    """The rows of sample_size.csv: for an SD, a rate, each criterion, and the main trial."""
    rule = "to estimate an SD"
    for name, own in measured.items():
        yield _row(rule, name, own.label, FOR_SD, own.n, TEARE)
    if not measured:
        yield _none(rule, FOR_SD, TEARE, "no primary outcome of people is declared")
    for rule, needed, asked in (
        ("to estimate a rate of events", FOR_RATE, True),
        ("if the trial's primary outcome will be binary", FOR_BINARY, trial.primary == "binary"),
    ):
        if asked:
            yield _of_study(rule, needed, recruited, TEARE)
    rule = "as a share of the main trial (9%)"
    if trial.n is None:
        why = "how many people the main trial needs is not declared (feasibility.main_trial.n)"
        yield _none(rule, None, COCKS, why)
    else:
        yield _of_study(rule, SHARE * trial.n, recruited, COCKS)
    for row in criteria:
        if row.get("n_corrected") is not None:
            rule = "to tell green from red (with correction for continuity)"
            found = int(row["denominator"])
            made = _row(rule, row["criterion"], row["label"], row["n_corrected"], found, LEWIS)
            told = ("worth", "enough", "effective_n", "deff_enough")
            yield made | {name: row.get(name) for name in told}


def _of_study(rule: str, needed: float, found: int | None, source: str) -> Row:
    if found is None:
        return _none(rule, needed, source, "nobody is listed (no register of people)")
    return _row(rule, None, None, needed, found, source)


def _row(
    rule: str, of: str | None, label: str | None, needed: float, found: int, source: str
) -> Row:
    return {
        "rule": rule, "of": of, "label": label, "needed": needed, "found": found,
        "enough": "yes" if found >= needed else "no", "source": source,
    }  # fmt: skip


def _none(rule: str, needed: float | None, source: str, reason: str) -> Row:
    return {
        "rule": rule, "needed": needed, "enough": "not assessed", "source": source,
        "reason": reason,
    }  # fmt: skip
