"""What excerpts say of each construct: themes, how they are meant, what may be quoted.

An excerpt counts once, however many codes and coders it has; where its codings differ in how it is
meant it is mixed; it may be quoted only if every one of its codings is cleared.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, fields, replace
from typing import Any

import pandas as pd

from cesp_analysis.declared.coded_files import VALENCES
from cesp_analysis.interviews.counted import words
from cesp_analysis.interviews.names import listed

QUOTES = 2
NONE = "none"
FEWEST = 3
"""Interviews: what one or two people say is nobody's majority."""


@dataclass(frozen=True)
class ThemeCount:
    """A theme, its excerpts, the interviews that these are of."""

    theme: str
    excerpts: int
    interviews: int


@dataclass(frozen=True)
class Quote:
    """A cleared excerpt, whole."""

    excerpt: str
    interview: str
    site: str
    role: str
    theme: str
    valence: str
    text: str


@dataclass(frozen=True)
class Told:
    """Of one construct. valences: valence → excerpts of interviews at no control site, '': not
    said; speakers: valence → interviews at no control site most of whose excerpts have it, '': of
    which none is most; control: excerpts of interviews at control sites; unknown: of interviews
    whose site is not known, where a site is a control; cleared: excerpts that may be quoted."""

    excerpts: int
    interviews: int
    themes: tuple[ThemeCount, ...]
    valences: dict[str, int]
    control: int
    cleared: int
    quotes: tuple[Quote, ...]
    speakers: dict[str, int] = field(default_factory=dict)
    unknown: int = 0

    @property
    def majority(self) -> str:
        """The valence of more than half of the excerpts that have one at no control site, and of
        more than half of their interviews; 'none': no valence has; '': such excerpts are of fewer
        than FEWEST interviews."""
        if sum(self.speakers.values()) < FEWEST:
            return ""
        known = {word: n for word, n in self.valences.items() if word}
        most = [word for word, n in known.items() if 2 * n > sum(known.values())]
        often = 2 * self.speakers.get(most[0], 0) > sum(self.speakers.values()) if most else False
        return most[0] if often else NONE


def compared_at(site: str, control: Collection[str]) -> bool:
    """Whether what is said at a site ('': not known) can be set beside numbers: at no control site,
    and where there is one, at a site that is known to be none."""
    return site not in control and (bool(site) or not control)


def told_of(codings: pd.DataFrame, control: Collection[str]) -> dict[str, Told]:
    """Word for a construct → what excerpts (Excerpts) say of it, in the order of the table;
    control: the sites at which nobody had the intervention."""
    own = pd.DataFrame({name: words(codings, name).reset_index(drop=True) for name in _USED})
    own["order"] = codings["order"].to_numpy()
    own["start"] = codings["start"].to_numpy()
    uncleared = set(own.loc[own["cleared"] != "yes", "excerpt"])
    own["may"] = [excerpt not in uncleared for excerpt in own["excerpt"]]
    own = own[own["construct"] != ""]
    return {
        str(name): _told(part, set(control)) for name, part in own.groupby("construct", sort=False)
    }


_USED = (
    "excerpt", "interview", "site", "role", "theme", "construct", "valence", "text", "cleared",
)  # fmt: skip


def _told(part: pd.DataFrame, control: set[str]) -> Told:
    themes = part.groupby("theme", sort=False)[["excerpt", "interview"]].nunique()
    counts = [
        ThemeCount(str(theme), int(n), int(of))
        for theme, n, of in themes.itertuples(index=True, name=None)
    ]
    each = _each(part)
    elsewhere = each["site"].isin(control)
    unknown = each["site"] == "" if control else elsewhere & False
    apart = elsewhere | unknown
    meant = each.loc[~apart, "valence"].value_counts()
    may = each[each["may"] & (each["text"].str.strip() != "")]
    told = Told(
        excerpts=len(each),
        interviews=int(each["interview"].nunique()),
        themes=tuple(sorted(counts, key=lambda one: (-one.excerpts, -one.interviews, one.theme))),
        valences={word: int(meant.get(word, 0)) for word in (*VALENCES, "")},
        control=int(elsewhere.sum()),
        cleared=len(may),
        quotes=(),
        speakers=_speakers(each[~apart]),
        unknown=int(unknown.sum()),
    )
    return replace(told, quotes=_quotes(may, told.majority, control, part))


def _speakers(each: pd.DataFrame) -> dict[str, int]:
    """Valence → interviews most of whose excerpts that have one have it; '': of which none is."""
    said = each[each["valence"] != ""].groupby("interview")["valence"]
    found: dict[str, int] = {}
    for _, own in said:
        counts = own.value_counts()
        word = str(counts.index[0]) if 2 * counts.iloc[0] > len(own) else ""
        found[word] = found.get(word, 0) + 1
    return found


def _each(part: pd.DataFrame) -> pd.DataFrame:
    """One row for each excerpt, with its valence: mixed where codings differ."""
    meant = part[part["valence"] != ""].groupby("excerpt")["valence"].agg(["first", "nunique"])
    valence = meant["first"].where(meant["nunique"] == 1, "mixed")
    each = part.drop_duplicates("excerpt")
    found = each["excerpt"].map(valence.to_dict()).astype("object")
    return each.assign(valence=found.where(found.notna(), ""))


def _quotes(
    may: pd.DataFrame, majority: str, control: set[str], part: pd.DataFrame
) -> tuple[Quote, ...]:
    """Up to two of different interviews, whole: one of the majority first, then one that is meant
    otherwise, so that neither side stands alone; of interviews that were held first before others.
    Of control sites, and of those not known, only where no other may be quoted. may: excerpts;
    part: their codings."""
    ranked = may.assign(other=may["valence"] != majority, start=may["start"].fillna(0)).sort_values(
        ["other", "order", "start", "excerpt"], kind="stable"
    )
    rows = ranked.to_dict("records")
    rows = [row for row in rows if compared_at(row["site"], control)] or rows
    if not rows:
        return ()
    first = rows[0]
    rest = [row for row in rows[1:] if row["interview"] != first["interview"]] or rows[1:]
    other = [row for row in rest if row["valence"] != first["valence"]]
    second = [row for row in other if row["valence"] in ("positive", "negative")] or other or rest
    return tuple(_quote(row, part) for row in (first, *second[: QUOTES - 1]))


def _quote(row: dict[Any, Any], part: pd.DataFrame) -> Quote:
    themes = dict.fromkeys(part.loc[part["excerpt"] == row["excerpt"], "theme"])
    own = row | {"theme": listed(themes)}
    return Quote(*(str(own[field.name]) for field in fields(Quote)))
