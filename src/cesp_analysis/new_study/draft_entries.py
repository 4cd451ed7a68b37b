"""Entries of a draft that need no more than what they are of."""

from collections.abc import Iterator, Sequence
from typing import Any

from cesp_analysis.declared.file_forms import Written
from cesp_analysis.instruments.types import read_instrument
from cesp_analysis.new_study.commented import Place
from cesp_analysis.new_study.entry import Entry
from cesp_analysis.new_study.moments import DraftMoment
from cesp_analysis.new_study.tables import slug
from cesp_analysis.study.gaps import UNDECIDED


def identity_entry(name: str, notes: dict[Place, list[str]], dated: bool) -> dict[str, Any]:
    """The section `study` of a draft; its questions are added to the notes.

    `dated`: whether rows have dates, of which only the study's people know between which days they
    may lie."""
    notes["study", "draft"] = ["A run says what is still undecided; then remove this line"]
    notes["study", "synthetic"] = ["true only if a program made the data up"]
    notes["study", "seed"] = ["Every random number starts from it; any whole number"]
    if dated:
        notes["study", "seed"][:0] = [
            "Between which days can dates lie? Write them below: a year mistyped as 2052 is then"
            " listed and set to missing. Which?",
            'period: ["YYYY-MM-DD", "YYYY-MM-DD"]',
        ]
    notes["study", "about"] = ["What was done, where, with whom?"]
    return {
        "id": slug(name) or "study",
        "draft": True,
        "title": UNDECIDED,
        "about": UNDECIDED,
        "synthetic": False,
        "seed": 1,
    }


def placed(moments: list[DraftMoment]) -> dict[str, dict[str, Any]]:
    """Entries of times or waves: labels and positions."""
    return {m.name: {"label": m.label, "position": m.position} for m in moments}


def as_written(file: Written) -> dict[str, Any]:
    """How a file is written; of a CSV always encoding and separator, as a run never guesses."""
    data: dict[str, Any] = file.model_dump(mode="json", exclude_defaults=True)
    if file.kind_of_file() == "csv":
        told = {"encoding": file.encoding, "separator": file.separator}
        data = {"path": data.pop("path")} | told | data
    return data


def of_instrument(name: str, level: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """An outcome for each score of an instrument that is not a level, by name."""
    for score in read_instrument(name).scores:
        if score.unit == "level":
            continue
        own = name if score.code == "total" else f"{name}_{score.code}"
        own = own[:40] if level == "person" else f"survey_{own}"[:40]
        better = score.direction == "higher_is_better"
        yield (
            own,
            {
                "label": score.label if level == "person" else f"{score.label}, residents",
                **({} if level == "person" else {"level": level}),
                "score": f"{name}.{score.code}",
                "unit": score.unit,
                "direction": "higher_is_better" if better else "lower_is_better",
            },
        )


def models_of(
    outcomes: dict[str, dict[str, Any]],
    times: Sequence[DraftMoment],
    waves: Sequence[DraftMoment],
    entries: Sequence[Entry],
) -> dict[str, Any]:
    """The plainest model of people at several times, and of a survey's waves."""
    found = {}
    for level, design, moments, name in (
        ("person", "change", times, "did_change"),
        ("respondent", "cross_sections", waves, "survey_change"),
    ):
        own = [n for n, o in outcomes.items() if o.get("level", "person") == level]
        if own and len(moments) > 1:
            level_of = {} if level == "person" else {"level": level}
            found[name] = {"kind": "did"} | level_of | {"design": design, "outcomes": own}
            if level_of and any("weight" in e.roles for e in entries if e.level == level):
                found[name] = {"kind": "survey"} | level_of | {"outcomes": own}
    return found
