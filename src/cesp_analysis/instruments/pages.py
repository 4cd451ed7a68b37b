"""`cesp instruments`: a page for each shipped instrument, made from its file."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from cesp_analysis.instruments.types import Instrument, Score, names, read_instrument
from cesp_analysis.whole_files import write_text

_METHODS = {
    "sum": "sum of the items",
    "mean": "mean of the items",
    "count_in": "number of items whose answer counts",
    "value": "the answer itself",
    "level_values": "sum of the values of the levels",
}

_REFLECTIVE = {
    True: "Signs of one thing (reflective): alpha and omega are computed.",
    False: "Not signs of one thing: no alpha, no omega.",
}


def instruments(out: Path = Path("docs/instruments")) -> None:
    """Write docs/instruments/: a page for each shipped instrument and a list of them."""
    shipped = [read_instrument(name) for name in names()]
    for instrument in shipped:
        write_text(page_of(instrument), out / f"{instrument.name}.md")
    write_text(index_of(shipped), out / "README.md")


def index_of(shipped: list[Instrument]) -> str:
    """The list of instruments: name in config, title, scores."""
    rows = [
        f"| [`{one.name}`]({one.name}.md) | {one.title} | {len(one.items)} |"
        f" {', '.join(f'`{score.code}`' for score in one.scores)} |"
        for one in shipped
    ]
    head = ["| in config | instrument | items | scores |", "|---|---|---|---|"]
    text = (
        "# Instruments\n\nMade from the files in `src/cesp_analysis/instruments/` by"
        " `cesp instruments`. No item wording is shipped; the labels are ours. What could not be"
        " sourced is not here (ReQoL, Resource Generator-UK, SCOPE, ASCOT, ICECAP-A; of"
        " the Community Life Survey's questions the codes of answers): a study may"
        " [bring its own](../howto/add_an_instrument.md).\n\n"
    )
    return text + "\n".join([*head, *rows]) + "\n"


def page_of(instrument: Instrument) -> str:
    """One instrument: items, scores, missing rule, source, copyright, worked example."""
    return "\n".join(
        [*_head(instrument), *_items(instrument), *_scores(instrument), *_foot(instrument)]
    )


def _head(instrument: Instrument) -> Iterator[str]:
    yield f"# {instrument.title}"
    yield f"\nIn config: `{instrument.name}`. Made from its file by `cesp instruments`.\n"
    yield f"**Answers.** {instrument.response}\n"
    if instrument.answers:
        yield f"**Labels.** Files' value labels are held against {_answers(instrument.answers)}.\n"
    for item in instrument.items:
        if item.answers:
            yield f"**Labels of `{item.code}`** are held against {_answers(item.answers)}.\n"
    if instrument.reflective is not None:
        yield f"**Items.** {_REFLECTIVE[instrument.reflective]}\n"


def _answers(answers: Mapping[int, Sequence[str]]) -> str:
    return "; ".join(f"{code} {', '.join(words)}" for code, words in answers.items())


def _items(instrument: Instrument) -> Iterator[str]:
    yield "| item | about | codes | |"
    yield "|---|---|---|---|"
    for item in instrument.items:
        said = [word for word in ("reverse", "optional") if getattr(item, word)]
        remark = ", ".join(said).replace("reverse", "reversed")
        yield f"| `{item.code}` | {item.label} | {item.low} to {item.high} | {remark} |"


def _scores(instrument: Instrument) -> Iterator[str]:
    yield "\n| score | label | how | items | range | |"
    yield "|---|---|---|---|---|---|"
    for score in instrument.scores:
        better = score.direction.replace("_", " ")
        low, high = score.range
        yield (
            f"| `{instrument.name}.{score.code}` | {score.label} | {_method(score)} |"
            f" {', '.join(score.items)} | {low:g} to {high:g} {score.unit} | {better} |"
        )
    for score in instrument.scores:
        if score.bands:
            bands = "; ".join(f"from {band.lowest:g} {band.label}" for band in score.bands)
            yield f"\nBands of `{score.code}`: {bands}."


def _method(score: Score) -> str:
    parts = [_METHODS[score.method]]
    if score.start:
        parts[0] = f"{score.start:g} and the values of the levels"
    once = [f"{value:g} if any is at {level} or above" for level, value in score.any_at.items()]
    parts += [f"once {line}" for line in once]
    if score.conversion:
        parts.append("converted by the table in the file")
    if score.minimum_answered < len(score.items):
        parts.append(f"at least {score.minimum_answered} answered")
    if score.prorate == "person_mean":
        parts.append("missing ones made up by the person's mean")
    return ", ".join(parts)


def _foot(instrument: Instrument) -> Iterator[str]:
    example = instrument.worked_example
    answers = ", ".join(f"{code}: {answer}" for code, answer in example.answers.items())
    scores = ", ".join(f"{code} {value:g}" for code, value in example.scores.items())
    yield f"\n**Missing answers.** {_sentence(instrument.missing_rule)}\n"
    yield f"**Worked example.** Answers {answers} give {scores}. {_sentence(example.source)}\n"
    yield f"**Source.** {_sentence(instrument.source)}\n"
    for score in instrument.scores:
        if score.source:
            yield f"**Source of `{score.code}`.** {_sentence(score.source)}\n"
    yield f"**Copyright.** {_sentence(instrument.copyright)}"
    if instrument.note:
        yield f"\n**Note.** {_sentence(instrument.note)}"
    yield ""


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text[0].upper() + text[1:] + ("" if text.endswith((".", ")")) else ".")
