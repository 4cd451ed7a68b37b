"""Sentences that rungs of the ladder carry; no library is imported here."""

from dataclasses import dataclass

SHARED = (
    "all clusters of a site share what happens to it: this knows how clusters within sites differ,"
    " nothing of a shock to a site"
)
CLUSTERS = "clusters"
"""The rung that says why an estimate has none by clusters."""


@dataclass(frozen=True)
class ShockWords:
    """How sizes of shocks are called: 'published shocks', 'as large as published ones', 'of
    published sizes', 'published median'; learnt: where they come from, a sentence."""

    shocks: str
    ones: str
    sizes: str
    median: str
    learnt: str

    def heading(self) -> str:
        """The shocks, as a sentence begins."""
        return self.shocks[:1].upper() + self.shocks[1:]


PUBLISHED = ShockWords(
    "published shocks",
    "published ones",
    "of published sizes",
    "published median",
    "Published studies tell how large such shocks were elsewhere",
)
_OWN = ShockWords(
    "shocks of the study's own prior",
    "those of the study's own prior",
    "of the sizes in the study's own prior",
    "median of the study's own prior",
    "The study's own prior says how large such shocks may be",
)


def shock_words(own_prior: bool) -> ShockWords:
    """The words for the shipped pairs, which are published, or for the study's own prior."""
    return _OWN if own_prior else PUBLISHED
