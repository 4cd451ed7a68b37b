"""Design-based and model-based change of respondents, and why they differ where they do."""

from collections.abc import Iterator

from cesp_analysis.columns import Row as Read
from cesp_analysis.numbers import NONE, fixed, interval, listed
from cesp_analysis.report.blocks import Block, Column, Group, Heading, Note, Paragraph, Row, Table
from cesp_analysis.report.notes import Notes, sentence
from cesp_analysis.report.results import Results


def agreement(results: Results) -> Iterator[Block]:
    """One table: an outcome a group, a wave a row; the explanations are its notes."""
    if not results.agreement:
        return
    yield Heading(1, "Design-based beside model-based change", "agreement-of-models")
    yield Paragraph(
        "The design-based estimate weights respondents to the residents; its error is that of how"
        " they were drawn. The model-based one has random effects in place of the design: of"
        " neighbourhoods, of neighbourhoods by wave, and of members of the panel where the model"
        " has them. Their difference is the sum of two parts: what the weights change (least"
        " squares without them less with them), and how the mixed model weighs records beside that."
        " The two are said to agree where they are no more than one standard error of the"
        " design-based estimate apart: a convention, no test, for both rest on the same answers."
    )
    notes = Notes()
    words = results.words
    groups = []
    scales: dict[str, list[str]] = {}
    for name in dict.fromkeys(row["outcome"] for row in results.agreement):
        own = [row for row in results.agreement if row["outcome"] == name]
        decimals = words.outcomes[name].decimals
        lines = tuple(_line(row, words.moment(row["wave"]).label, decimals, notes) for row in own)
        groups.append(Group(f"{words.outcomes[name].label}, {words.outcomes[name].unit}", lines))
        scales.setdefault(own[0]["scale"], []).append(words.outcomes[name].label)
    yield Table(
        id="agreement_by_wave",
        caption="Difference in differences of respondents by two ways, and their difference.",
        stub="Outcome and wave",
        columns=(
            Column("Estimate", "right", "Design-based"),
            Column(words.interval(), "right", "Design-based"),
            Column("Estimate", "right", "Model-based"),
            Column(words.interval(), "right", "Model-based"),
            Column("All", "right", "Difference"),
            Column("In SEs", "right", "Difference"),
            Column("Weights", "wrap", "Difference"),
            Column("Random effects", "wrap", "Difference"),
        ),
        groups=tuple(groups),
        notes=(
            *(Note(sentence(f"{listed(own)}: {scale}")) for scale, own in scales.items()),
            *notes.notes(),
        ),
        csv="tables/agreement.csv",
    )


def _line(row: Read, wave: str, decimals: int, notes: Notes) -> Row:
    def shown(name: str, places: int = decimals) -> str:
        return NONE if row[name] is None else fixed(row[name], places)

    def ends(way: str) -> str:
        low, high = row[f"ci_low_{way}"], row[f"ci_high_{way}"]
        return NONE if low is None or high is None else interval(low, high, decimals)

    cells = [shown("estimate_design"), ends("design"), shown("estimate_mixed"), ends("mixed")]
    cells += [shown("difference"), shown("difference_in_se", 1)]
    cells += [shown("part_weights"), shown("part_random")]
    said = row["reading"] or row["reason"]
    return Row(wave, tuple(cells), notes.mark(sentence(said)) if said else "")
