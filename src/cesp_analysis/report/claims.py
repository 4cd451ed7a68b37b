"""What a study's design lets its report say of estimates, and the guard that holds it to that.

Every section that speaks of estimates goes through `Guard.hold`. Words that no design allows: a
verdict (effective, significant, proves), a p-value of an estimate, at sites or elsewhere (but for
Lewis's test of a share at its red limit, after its interval). Words that only allocation by chance
allows: that a difference is the effect of the intervention.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cesp_analysis.declared.wording import Wording
from cesp_analysis.errors import CespError
from cesp_analysis.models.two_sites import SAMPLING_ONLY
from cesp_analysis.report import own_words
from cesp_analysis.report.blocks import Block, Callout, as_dict
from cesp_analysis.report.results import Results
from cesp_analysis.verdicts import NEVER

OWN = "‹›"
"""Stands for the study's own words (labels, sources), which are nobody's verdict."""

_OF_A_MODEL = r"chi-squared \S+ on \S+ df, p [=<] [\d.]+"
"""A test of what a model assumes (proportional odds): a p-value, but of no estimate."""
_OF_A_LIMIT = r"Lewis's test: p [=<] [\d.]+(?: \(at the effective sample size p [=<] [\d.]+\))?"
"""The test of a share at a progression criterion's red limit: of no difference between groups."""
_WHAT = rf"(?:the |being |its |our )*(?:intervention|programme|allocat|{OWN})"
_OF = r"\b(?:effect|impact|benefit|success)s? of "
_BY = r"\b(?:caused by|because of|due to|attributable to|thanks to|attributed to) "
BY_CHANCE_ALONE = (
    _OF + _WHAT,
    _BY + _WHAT,
    r"(?<!what )(?<!that )the intervention"
    r" (?:caused|causes|improve[sd]|reduce[sd]|increase[sd]|help(?:s|ed)|work(?:s|ed))\b",
)
_SUSPECT = re.compile("|".join((*NEVER, _OF, _BY, "the intervention ")), re.IGNORECASE)
"""What is worth a second look: finding own words in every cell would take longer than writing."""
_SHORTEST = 3  # letters of an own word that is masked: shorter ones stand in other words


def what_it_can_tell(words: Wording, empty: str = "", once: bool = False) -> Callout:
    """What numbers of such a design can tell: the sentence that the whole report is read by.

    `empty`: the arm that is declared and holds nobody; `once`: answers are known of one time alone.
    """
    new = words.arms.get("intervention", "")
    if words.one_group():
        return Callout("caution", "What one group can tell", ONE_GROUP)
    if empty:
        said = f"The arm {empty} holds nobody: nothing is compared. {ONE_GROUP}"
        return Callout("caution", "What one arm without the other can tell", said)
    if once:
        return Callout("caution", "What one time can tell", ONE_TIME)
    if words.one_against_one():
        lot = ONE_LOT if words.study.randomised else ""
        return Callout(
            "caution", "What one site against one can tell", ALL_INTERVALS + NOT_SEPARATED + lot
        )
    if words.chance_made_alike():
        units = "sites" if words.sites else "people"
        return Callout(
            "note",
            "What allocation by chance lets these numbers tell",
            f"Chance decided which {units} were allocated to {new}. A difference between the arms"
            f" estimates the effect of being allocated to {new}, whether or not it was taken up, as"
            " far as those without an answer are like those with one.",
        )
    if not words.sites:
        return Callout("caution", "What arms not made by chance can tell", NO_CHANCE)
    one = min(words.sites_in(arm) for arm in words.arms) <= 1
    lot = ONE_LOT if words.study.randomised else ""
    return Callout("caution", "What these sites can tell", SITES + (ONE_AMONG if one else "") + lot)


ONE_GROUP = (
    "A change in one group is whatever happened between the times, the intervention among it: time"
    " itself, the season, who answered, how people remember. No number in this report shows what"
    " the intervention caused."
)
ONE_TIME = (
    "Answers are known of one time alone: no change can be told, and nothing here tells a"
    " difference that was made from one that had been there before."
)
ALL_INTERVALS = SAMPLING_ONLY.replace("this interval knows", "every interval knows")
NOT_SEPARATED = (
    " With two sites the two parts cannot be separated, however many people answer; no number in"
    " this report shows that the intervention caused a difference."
)
ONE_LOT = " That chance chose the site does not change this: places differ all the same."
NO_CHANCE = (
    "Chance did not decide who was in which arm. A difference between the arms is theirs, from"
    " whatever reason; no number in this report shows that the intervention caused it."
)
SITES = (
    "Sites are compared that chance did not make alike. A difference between the arms is the"
    " intervention's only if their sites would otherwise have changed by the same amount on"
    " average; no number in this report shows that they would have."
)
ONE_AMONG = " One arm has a single site: whatever else happened there is part of every difference."


@dataclass(frozen=True)
class Guard:
    """Which words a design allows: by_chance, whether chance made the arms alike.

    own: the study's own words, which are not the report's; whole: texts that are such as a whole;
    columns: a pattern of names of a model's columns; report: the folder of the report that is held.
    """

    by_chance: bool
    own: tuple[str, ...] = ()
    whole: frozenset[str] = frozenset()
    columns: str = ""
    report: str = "results/report"

    @classmethod
    def of(cls, results: Results) -> "Guard":
        """The guard of a study's report."""
        own = tuple(own_words.phrases(results))
        whole = frozenset(own_words.cells(results))
        report = results.folder if results.public else results.folder / "report"
        columns = own_words.columns(results)
        return cls(results.words.chance_made_alike(), own, whole, columns, str(report))

    def hold(self, section: str, blocks: Iterable[Block]) -> None:
        """Stop a report that would say what its design does not allow; CespError."""
        masked = self._mask()
        for block in blocks:
            for text in prose(block):
                suspect = text not in self.whole and _SUSPECT.search(text)
                if suspect and (found := self._forbidden(masked.sub(OWN, text))):
                    raise CespError(
                        f"{self.report}: section {section}: {found!r} would be said of an"
                        f" estimate, which this design does not allow, in: {text[:160]!r}; if it is"
                        " a name in the data (a neighbourhood, a prior's source), rename it"
                    )

    def allows(self, text: str) -> bool:
        """Whether a text that is nobody's label says nothing that the design does not allow."""
        return self._forbidden(self._mask().sub(OWN, text)) is None

    def _forbidden(self, text: str) -> str | None:
        patterns = NEVER if self.by_chance else (*NEVER, *BY_CHANCE_ALONE)
        for pattern in patterns:
            if found := re.search(pattern, text, re.IGNORECASE):
                return found[0]
        return None

    def _mask(self) -> re.Pattern[str]:
        """What finds the study's own words, the longest first, and tests of models."""
        long = sorted({t for t in self.own if len(t) >= _SHORTEST}, key=len, reverse=True)
        own = (rf"(?<!\w){re.escape(text)}(?!\w)" for text in long)
        columns = (self.columns,) if self.columns else ()
        return re.compile("|".join((_OF_A_MODEL, _OF_A_LIMIT, *columns, *own)), re.IGNORECASE)


def prose(block: Block) -> Iterator[str]:
    """Every text of a block that a reader sees, beside ids and paths."""
    yield from own_words.strings(as_dict(block))
