"""Who or what a rate counts, in words that a table can print."""

from cesp_analysis.declared.feasibility import EACH, Count
from cesp_analysis.feasibility.spec import RatesSpec


def said_of(told: Count, time: str, arm: str | None, how: RatesSpec) -> str:
    """A count in words: 'Eligible (rows of screening where eligible == "yes")'."""
    only = f", {arm} arm alone" if arm is not None else ""
    if told.time is not None:
        at = how.at(time if told.time == EACH else told.time)
        if told.within_window:
            return f"people seen within the window of {at}{only}"
        answer = how.outcomes.get(told.outcome or "", told.outcome)
        what = f"with {answer}" if answer else "with an answer that counts"
        return f"people {what} at {at}{only}"
    if told.step is not None:
        step = how.steps[told.step]
        return f"{step.label} ({_rows(step.file, step.where, how)}){only}"
    rows = _rows(str(told.file), told.where, how)
    return f"{'units with ' if told.count == 'units' else ''}{rows}{only}"


def _rows(file: str, where: str | None, how: RatesSpec) -> str:
    what = "people" if file == how.register_of_people else f"rows of {file}"
    return f"{what} where {where}" if where else what
