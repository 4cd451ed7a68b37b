"""What the step `measure` is told of the study."""

from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.measurement import Effect, Ranking, Retest, SampleSize
from cesp_analysis.declared.outcomes import Outcome
from cesp_analysis.panel.item_answers import AnswersFile


class MeasureSpec(Frozen):
    """The candidates, where their items are, and what is declared of them.

    outcomes: the candidates; ranges: of variables, lowest and highest possible value, None where it
    is not known; sites: in all, 0 if the study has none; models: outcome → the models that speak
    for it, the foremost first; instruments: name → its shipped name or the path of its file;
    retest_instruments: those that the retest's file holds; effects: the difference to plan
    for; declared: whether candidates and ranking stood so in the plan when it was locked.
    """

    outcomes: dict[str, Outcome]
    ranges: dict[str, tuple[float | None, float | None]] = {}
    times: tuple[str, ...] = ()
    waves: tuple[str, ...] = ()
    sites: int = 0
    files: dict[str, AnswersFile] = {}
    instruments: dict[str, str] = {}
    models: dict[str, tuple[str, ...]] = {}
    ci_level: float
    seed: int
    draws: int
    extreme: float
    sd_confidence: float
    retest: Retest | None = None
    retest_instruments: tuple[str, ...] = ()
    effects: dict[str, Effect] = {}
    sample_size: dict[str, SampleSize] = {}
    ranking: Ranking | None = None
    declared: str = ""

    def moments(self, level: str) -> tuple[str, ...]:
        """The times of people or the waves of respondents."""
        return self.times if level == "person" else self.waves
