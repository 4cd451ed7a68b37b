"""The joint display: constructs as rows, what each source says of them side by side.

The extended pillar integration process, for three sources: list what each says, match it by
construct, check it, build the pillar. The last is written by people and read from their file.

Sources: Johnson, Grove and Clarke (2019), J Mix Methods Res 13:301-20, 10.1177/1558689817743108;
its extension to more than two sources, 10.1177/15586898221135409.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from cesp_analysis.columns import Row
from cesp_analysis.declared.integration import Construct, Integration
from cesp_analysis.integration.beside import Numbers, Side, plain_rows, sides_of
from cesp_analysis.integration.inferences import Inference
from cesp_analysis.integration.joint_checks import Pillar, flags
from cesp_analysis.integration.tables import (
    TO_BE_WRITTEN,
    JointDisplay,
    JointQuotes,
    JointThemes,
)
from cesp_analysis.integration.told import Told, compared_at, told_of
from cesp_analysis.interviews.names import listed
from cesp_analysis.interviews.naming import Naming
from cesp_analysis.numbers import counted

SILENT = Told(0, 0, (), {}, 0, 0, ())


@dataclass(frozen=True)
class Joint:
    """The display (JointDisplay), its themes (JointThemes) and its quotes (JointQuotes)."""

    display: pd.DataFrame
    themes: pd.DataFrame
    quotes: pd.DataFrame


def joint_display(
    how: Integration,
    codings: pd.DataFrame,
    numbers: Numbers,
    progression: pd.DataFrame | None,
    inferences: Mapping[str, Inference],
    control: Collection[str] = (),
    pseudonyms: Iterable[str] = (),
) -> Joint:
    """Every declared construct, then those that excerpts alone have.

    codings: Excerpts; progression: Progression, None without criteria; control: sites of the
    control arm, whose excerpts are counted and not compared; pseudonyms: of interviews, beside
    those that have a coding. CespError: estimates that a construct
    names and are not there.
    """
    told = told_of(codings, control)
    lights = lights_of(progression)
    people = sides_of(numbers, {n: (c.outcome, c.estimate) for n, c in how.constructs.items()})
    survey = sides_of(
        numbers, {n: (c.survey_outcome, c.survey_estimate) for n, c in how.constructs.items()}
    )
    words = how.words()
    pillars = {
        name: Pillar(
            own, people[name], survey[name], lights.get(own.criterion or "", ""),
            told.get(words[name], SILENT), inferences.get(name),
        )
        for name, own in how.constructs.items()
    }  # fmt: skip
    for word in told:
        if word not in words.values():
            pillars[_free(word, pillars)] = Pillar(None, Side({}), Side({}), "", told[word], None)
    breaks = numbers.shock_breaks()
    names = Naming([*pseudonyms, *codings["interview"]])
    return Joint(
        _frame((_row(n, pillar, breaks, names) for n, pillar in pillars.items()), JointDisplay),
        _frame(_themes(pillars), JointThemes),
        _frame(_quotes(pillars, control, names), JointQuotes),
    )


def lights_of(progression: pd.DataFrame | None) -> dict[str, str]:
    """Criterion → its zone."""
    rows = [] if progression is None else plain_rows(progression)
    return {row["criterion"]: row["zone"] for row in rows}


def _free(word: str, taken: Collection[str]) -> str:
    """A word of the excerpts as a row's name: one that another construct is called already says
    that it is the excerpts' word."""
    return word if word not in taken else f"{word} (in excerpts)"


def _frame(rows: Iterator[Row], contract: Any) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(contract.columns()))


def _row(name: str, pillar: Pillar, breaks: Mapping[str, float], names: Naming) -> Row:
    own, told, written = pillar.declared, pillar.told, pillar.inference
    named = [
        f"the {what} names '{found}', the pseudonym of an interview"
        for what, text in (
            ("inference", written.text if written else ""),
            ("author", written.author if written else ""),
            ("construct", name if own is None else ""),
        )
        if (found := names.first(text))
    ]
    return {
        "construct": name,
        "label": own.label if own is not None else name,
        "declared": "yes" if own is not None else "no",
        **_side("", pillar.people, own.outcome if own else None),
        **_side("survey_", pillar.survey, own.survey_outcome if own else None),
        "ci_level": pillar.people.row.get("ci_level") or pillar.survey.row.get("ci_level"),
        "shock_breaks": breaks.get(pillar.people.row.get("estimate_id", "")),
        **_criterion(own, pillar.light),
        **_told(told),
        **pillar.compared(),
        "inference": written.inference if written else TO_BE_WRITTEN if own else None,
        "inference_text": written.text if written else None,
        "names_somebody": "yes" if named else "no",
        "author": (written.author or None) if written else None,
        "date": (written.date or None) if written else None,
        "flags": listed([*flags(pillar), *named]) or None,
    }


def _criterion(own: Construct | None, light: str) -> Row:
    return {"criterion": own.criterion if own else None, "light": light or None}


_NUMBERS = ("estimate", "ci_low", "ci_high", "ci_low_shock", "ci_high_shock", "unit", "time")


def _side(before: str, side: Side, outcome: str | None) -> Row:
    """The columns of one source of numbers."""
    row = {f"{before}{name}": side.row.get(name) for name in (*_NUMBERS, "estimate_id")}
    row |= {f"{before}outcome": outcome, f"{before}direction": side.direction or None}
    return row | {
        f"{before}reason": side.reason or None,
    }


def _told(told: Told) -> Row:
    """The columns of what excerpts say."""
    themes = [
        f"{one.theme}: {counted(one.excerpts, 'excerpt')}, {counted(one.interviews, 'interview')}"
        for one in told.themes
    ]
    meant = {word or "not_said": n for word, n in told.valences.items()}
    blank = dict.fromkeys(("positive", "negative", "mixed", "neutral", "not_said"), 0)
    return {
        "excerpts": told.excerpts, "interviews": told.interviews,
        "themes": listed(themes) or None, **blank, **meant, "of_control": told.control,
        "of_unknown": told.unknown,
        "spoke": sum(told.speakers.values()), "majority": told.majority or None,
        "cleared": told.cleared,
    }  # fmt: skip


def _themes(pillars: Mapping[str, Pillar]) -> Iterator[Row]:
    for name, pillar in pillars.items():
        for one in pillar.told.themes:
            yield {"construct": name, **asdict(one)}


def _of_control(site: str, control: Collection[str]) -> str:
    if compared_at(site, control):
        return "no"
    return "yes" if site in control else "not known"


def _quotes(
    pillars: Mapping[str, Pillar], control: Collection[str], names: Naming
) -> Iterator[Row]:
    for name, pillar in pillars.items():
        word = name if pillar.declared is None else ""
        for one in pillar.told.quotes:
            named = any(map(names.first, (one.text, one.theme, word)))
            yield {
                "construct": name,
                **{key: cell or None for key, cell in asdict(one).items()},
                "of_control": _of_control(one.site, control),
                "names_somebody": "yes" if named else "no",
            }
