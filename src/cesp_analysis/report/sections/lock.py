"""The state of the analysis plan's lock, before anything else is read."""

from collections.abc import Iterator

from cesp_analysis.report.blocks import Block, Callout
from cesp_analysis.report.plan_state import in_short
from cesp_analysis.report.results import Results
from cesp_analysis.report.titles import see


def lock(results: Results) -> Iterator[Block]:
    """One callout, and the way to what was planned and to what changed."""
    if not results.words.models and not results.locks:
        yield Callout("note", "Nothing to lock", "No analysis of a difference is planned.")
        return
    yield in_short(results)
    ways = [*(["plan"] if results.words.models else []), *(["deviations"] if results.locks else [])]
    yield see(*ways)
