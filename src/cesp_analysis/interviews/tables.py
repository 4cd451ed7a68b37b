"""The tables of coded interviews: codings, interviews, codes, and what the import has to say."""

from typing import ClassVar

from cesp_analysis.columns import Table, category, count, number, text, whole
from cesp_analysis.declared.coded_files import ROLES, VALENCES

_YES_NO = ("yes", "no")


class Excerpts(Table):
    """One row for each coding: an excerpt and one of its codes, by one coder."""

    key: ClassVar = ("excerpt", "code", "coder")
    excerpt: ClassVar = text("id of the excerpt")
    interview: ClassVar = text("pseudonym of who was interviewed")
    source: ClassVar = text("document", blank=True)
    site: ClassVar = text("site; blank: of none, or not known", blank=True)
    role: ClassVar = category("role of the speaker", blank=True, allowed=ROLES)
    order: ClassVar = count("place of the interview in their order, from 1")
    coder: ClassVar = text("who coded", blank=True)
    theme: ClassVar = text("theme")
    subtheme: ClassVar = text("subtheme", blank=True)
    code: ClassVar = text("code, its levels with ' / ' between")
    construct: ClassVar = text("construct that it speaks to", blank=True)
    valence: ClassVar = category("how it is meant", blank=True, allowed=VALENCES)
    start: ClassVar = whole("first character in the document, from 0; blank: not from a text")
    end: ClassVar = whole("character after the last one")
    text: ClassVar = text(
        "what was said; of what is not cleared, which stays in the raw file, a mark by which the"
        " same words are known again",
        blank=True,
    )
    cleared: ClassVar = category("whether it may be quoted", allowed=_YES_NO)
    counted: ClassVar = category("no: coded again, for agreement alone", allowed=_YES_NO)


class InterviewRows(Table):
    """One row for each interview of a file, coded or not; who is listed alone may be unread yet."""

    key: ClassVar = ("interview",)
    interview: ClassVar = text("pseudonym of who was interviewed")
    site: ClassVar = text("site; blank: of none, or not known", blank=True)
    role: ClassVar = category("role of the speaker", blank=True, allowed=ROLES)
    order: ClassVar = count(
        "place in the order in which they were held, from 1 (those of one day share it), or, where"
        " nobody says that, in that of the files"
    )
    sources: ClassVar = text("documents, separated by ' | '", blank=True)
    excerpts: ClassVar = count("excerpts that have a code, without those coded for agreement alone")
    codings: ClassVar = count("codings, without those made for agreement alone")


class Pseudonyms(Table):
    """Everybody of any file or of the table of people, coded or not, of this import and the one
    before: by these nobody is called in what leaves."""

    key: ClassVar = ("interview",)
    interview: ClassVar = text("pseudonym")


class CodeRows(Table):
    """One row for each code of the codebook, used or not, in its order."""

    key: ClassVar = ("code",)
    code: ClassVar = text("code, its levels with ' / ' between")
    id: ClassVar = text("what stays when it is renamed", blank=True)
    theme: ClassVar = text("theme", blank=True)
    subtheme: ClassVar = text("subtheme", blank=True)
    construct: ClassVar = text("construct that it speaks to", blank=True)
    description: ClassVar = text("what the codebook says of it", blank=True)
    kind: ClassVar = category("what it is", allowed=("theme", "marker", "left_out", "heading"))
    excerpts: ClassVar = count("excerpts that have it, without codings made for agreement alone")
    codings: ClassVar = count("codings, without those made for agreement alone")
    counted: ClassVar = category(
        "no: it is of files for agreement alone, and in no change since an earlier import",
        allowed=_YES_NO,
    )


class ImportNotes(Table):
    """What the import left out, put together or did not find: nothing is dropped unseen."""

    key: ClassVar = ("file", "entry", "kind", "first")
    file: ClassVar = text("path of the file")
    entry: ClassVar = text("its name in the study file, of which it may have several", blank=True)
    kind: ClassVar = text("what it is about")
    n: ClassVar = count("how many")
    first: ClassVar = text("where the first is", blank=True)
    fact: ClassVar = text("the fact, as a sentence")


class ThemeCoverage(Table):
    """theme_coverage.csv: what each interview adds, in their order."""

    key: ClassVar = ("by", "interview")
    by: ClassVar = category("what is counted", allowed=("theme", "code"))
    interview: ClassVar = text("pseudonym of who was interviewed")
    order: ClassVar = count("place in their order, as interviews.csv has it")
    site: ClassVar = text("site; blank: of none, or not known", blank=True)
    role: ClassVar = category("role of the speaker", blank=True, allowed=ROLES)
    names: ClassVar = count("themes or codes that it has")
    new: ClassVar = count("of these, that no interview before it had")
    so_far: ClassVar = count("themes or codes of this and all before it")
    any_order: ClassVar = number(
        "themes or codes that so many interviews have on average, over all orders", blank=False
    )
    shares_place: ClassVar = category("whether another has the same place", allowed=_YES_NO)


class StoppingRules(Table):
    """stopping_rules.csv: published rules of when little new comes, read off the interviews."""

    key: ClassVar = ("by", "rule", "first")
    by: ClassVar = category("what is counted", allowed=("theme", "code"))
    rule: ClassVar = category("which", allowed=("little_new", "nothing_new", "share_found"))
    first: ClassVar = count(
        "little_new: interviews of its base; nothing_new: of its initial sample; share_found: how"
        " many interviews"
    )
    run: ClassVar = whole("interviews of a run, or without a new one")
    threshold: ClassVar = number("share of the base's that a run may bring")
    held: ClassVar = count("interviews held")
    found: ClassVar = count("themes or codes of all")
    reached: ClassVar = whole(
        "how many interviews had been held when it was met, those of its run among them; blank: not"
        " met"
    )
    share: ClassVar = number("share_found: share of all that the first so many interviews have")
    published: ClassVar = number("what its source found for its own interviews")
    longest: ClassVar = whole("nothing_new: most interviews in a row without a new one")
    reason: ClassVar = text("why it does not apply", blank=True)


class ThemeMatrixRows(Table):
    """theme_matrix.csv: who speaks of what, by role and site."""

    key: ClassVar = ("theme", "role", "site")
    theme: ClassVar = text("theme")
    role: ClassVar = category("role of the speaker; blank: not known", blank=True, allowed=ROLES)
    site: ClassVar = text("site; blank: of none, or not known", blank=True)
    excerpts: ClassVar = count("excerpts that have it, each once")
    interviews: ClassVar = count("interviews that they are of")
    interviewed: ClassVar = count("interviews of this role and site, coded or not")


class ThemeByInterview(Table):
    """theme_by_interview.csv: what comes up in which interview, themes as they first came up."""

    key: ClassVar = ("theme", "subtheme", "interview")
    theme: ClassVar = text("theme")
    subtheme: ClassVar = text("subtheme; blank: the theme, with all its subthemes", blank=True)
    interview: ClassVar = text("pseudonym of who was interviewed")
    order: ClassVar = count("place in their order, as interviews.csv has it")
    site: ClassVar = text("site; blank: of none, or not known", blank=True)
    role: ClassVar = category("role of the speaker", blank=True, allowed=ROLES)
    excerpts: ClassVar = count("excerpts of the interview that have it, each once; 0: none")
    first: ClassVar = category("whether it first came up here", allowed=_YES_NO)


class ThemePairs(Table):
    """theme_pairs.csv: themes that stand together, on one excerpt or in one interview."""

    key: ClassVar = ("within", "first", "second")
    within: ClassVar = category("where together", allowed=("excerpt", "interview"))
    first: ClassVar = text("theme")
    second: ClassVar = text("theme")
    together: ClassVar = count("excerpts, or interviews, that have both")
    first_n: ClassVar = count("that have the first")
    second_n: ClassVar = count("that have the second")
    jaccard: ClassVar = number("with both, of those with either", blank=False)


class CoderAgreementRows(Table):
    """coder_agreement.csv: how alike coders gave a theme, a row a measure."""

    key: ClassVar = ("theme", "coders", "measure")
    theme: ClassVar = text("theme; blank: why there is no agreement", blank=True)
    coders: ClassVar = text("who, separated by ' | '", blank=True)
    measure: ClassVar = category(
        "share of all pairs of codings that agree; Cohen's kappa (two), Fleiss' (more); alpha"
        " (nominal)",
        blank=True,
        allowed=("percent", "kappa", "alpha"),
    )
    seen: ClassVar = category(
        "what a coder with a coding has seen: the excerpt, or all of its interview",
        allowed=("excerpts", "interviews"),
    )
    excerpts: ClassVar = count(
        "excerpts that count in it: that two of them saw; Fleiss' kappa: all"
    )
    marked: ClassVar = whole("of excerpts: that at least one of them gave it")
    by_all: ClassVar = whole("of excerpts: that all gave it who saw it")
    estimate: ClassVar = number("the measure")
    ci_low: ClassVar = number("interval")
    ci_high: ClassVar = number("interval")
    ci_level: ClassVar = number("level of the interval", blank=False)
    once: ClassVar = count("excerpts that one coder alone saw: in no measure")
    nameless: ClassVar = count("codings without a coder: in no measure")
    method: ClassVar = text("how value and interval were made", blank=True)
    reason: ClassVar = text("why there is no value or no interval", blank=True)


class CodeChanges(Table):
    """code_changes.csv: what became of codes since the import before."""

    key: ClassVar = ("change", "code")
    change: ClassVar = category(
        "what is seen; found_by_id, found_by_words: how many excerpts of both imports have the same"
        " id, or are known by their interview and words",
        allowed=(
            "kept",
            "found_by_id",
            "found_by_words",
            "added",
            "lost",
            "merged",
            "renamed",
            "redefined",
        ),
    )
    code: ClassVar = text("code of before (added: of now); blank: of all together", blank=True)
    into: ClassVar = text("what it is now", blank=True)
    by: ClassVar = text("how that is known: its id, its excerpts, or its description", blank=True)
    before: ClassVar = whole("excerpts before; kept: codes; blank: they are not known")
    after: ClassVar = whole("excerpts now, of it or what it is now")
    already: ClassVar = whole("merged: excerpts that had the other code before")
    went: ClassVar = text("lost: codes that its excerpts got, by ' | '", blank=True)


class RecodedExcerpts(Table):
    """recoded.csv: excerpts of both imports whose codes or words differ, or that one alone has."""

    key: ClassVar = ("change", "excerpt")
    change: ClassVar = category("what", allowed=("recoded", "reworded", "added", "lost"))
    excerpt: ClassVar = text("its id now; lost: before")
    interview: ClassVar = text("pseudonym", blank=True)
    taken: ClassVar = text("codes that it has no more, by ' | '", blank=True)
    given: ClassVar = text("codes that it got, by ' | '", blank=True)
