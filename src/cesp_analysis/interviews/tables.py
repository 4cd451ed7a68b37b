"""The tables of coded interviews: codings, interviews, codes, and what the import has to say."""

from typing import ClassVar

from cesp_analysis.columns import Table, category, count, text, whole
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
    order: ClassVar = count("place of the interview in the order in which they were held, from 1")
    coder: ClassVar = text("who coded", blank=True)
    theme: ClassVar = text("theme")
    subtheme: ClassVar = text("subtheme", blank=True)
    code: ClassVar = text("code, its levels with ' / ' between")
    construct: ClassVar = text("construct that it speaks to", blank=True)
    valence: ClassVar = category("how it is meant", blank=True, allowed=VALENCES)
    start: ClassVar = whole("first character in the document, from 0; blank: not from a text")
    end: ClassVar = whole("character after the last one")
    text: ClassVar = text("what was said; quoted only where it is cleared", blank=True)
    cleared: ClassVar = category("whether it may be quoted", allowed=_YES_NO)


class InterviewRows(Table):
    """One row for each interview, coded or not."""

    key: ClassVar = ("interview",)
    interview: ClassVar = text("pseudonym of who was interviewed")
    site: ClassVar = text("site; blank: of none, or not known", blank=True)
    role: ClassVar = category("role of the speaker", blank=True, allowed=ROLES)
    order: ClassVar = count("place in the order in which they were held, from 1")
    sources: ClassVar = text("documents, separated by ' | '", blank=True)
    excerpts: ClassVar = count("excerpts that have a code")
    codings: ClassVar = count("codings, those of all coders")


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
    excerpts: ClassVar = count("excerpts that have it")
    codings: ClassVar = count("codings, those of all coders")


class ImportNotes(Table):
    """What the import left out, put together or did not find: nothing is dropped unseen."""

    key: ClassVar = ("file", "kind", "first")
    file: ClassVar = text("path of the file")
    kind: ClassVar = text("what it is about")
    n: ClassVar = count("how many")
    first: ClassVar = text("where the first is", blank=True)
    fact: ClassVar = text("the fact, as a sentence")


class CodebookRows(Table):
    """One row for each code of a codebook that stands by itself, such as that of an earlier
    import."""

    key: ClassVar = ("code",)
    code: ClassVar = text("code, its levels with ' / ' between")
    id: ClassVar = text("what stays when it is renamed", blank=True)
    description: ClassVar = text("what the codebook says of it", blank=True)
