"""Who answered in another way than most, and where."""

from collections.abc import Iterator

from cesp_analysis.numbers import listed
from cesp_analysis.report.blocks import Block, Callout
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.survey_cells import MODES, cells_of


def other_modes(results: Results) -> Iterator[Block]:
    """A caution where waves or sites were not all asked in the same ways."""
    modes: dict[tuple[str, str], set[str]] = {}
    for row in results.survey_waves:
        modes.setdefault((row["wave"], row["site"]), set()).add(row["mode"])
    everywhere = set.intersection(*modes.values()) if modes else set()
    told = [
        f"{MODES[mode]}: {_where(results, {cell for cell in modes if mode in modes[cell]})}."
        for mode in MODES
        if mode and mode not in everywhere and any(mode in own for own in modes.values())
    ]
    if told:
        yield Callout(
            "caution",
            "Not every wave was asked in the same ways",
            f"{' '.join(told)} How people are asked changes what they say; a change that comes with"
            " a change of mode cannot be told from one of the community.",
        )


def _where(results: Results, cells: set[tuple[str, str]]) -> str:
    """Waves, with the sites of those in which not all had it."""
    words, all_cells = results.words, cells_of(results, results.survey_waves)
    said = []
    for moment in words.waves:
        sites = [site for wave, site in all_cells if wave == moment.name]
        own = [site for site in sites if (moment.name, site) in cells]
        if own:
            at = f" at {listed([words.group(site) for site in own])}"
            said.append(moment.label + ("" if own == sites else at))
    return f"used in {listed(said)}"
