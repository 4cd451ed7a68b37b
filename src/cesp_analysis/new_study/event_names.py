"""What columns and files are called that tell of deaths, withdrawals and moves."""

import re

from cesp_analysis.new_study.tables import plain

_WITHDREW = r"withdr|drop_?(ped_?)?outs?(?![a-z])|(^|_)(studien_?)?abbruch[a-z]*(_|$)"
_LEFT = r"out|over|hand|side|arm|leg|eye|ear|foot|knee|hip|shoulder|breast|alone|right|wing"
"""What stands behind 'left' where nobody went."""
_ASKED = r"interviews?|questionnaires?|surveys?|forms?|polls?"
"""What is held as people leave, whenever that is."""
KINDS = {
    "died": (
        "death",
        r"(^|_)(died|deaths?|deceased|dod|dead|verstorben|gestorben|tod(es[a-z]*)?)(_|$)",
    ),
    "withdrew": (
        "withdrawal",
        rf"{_WITHDREW}|(^|_)((?<!school_)leaving|wd)(_|$)"
        rf"|(^|_)left(?!_({_LEFT}))(_|$)|(^|_)exit(?!_({_ASKED}))(_|$)",
    ),
    "moved": (
        "transfer",
        r"(^|_)move[ds]?(_|$)|(?<!cash_)(?<!bank_)(?<!money_)(?<!barthel_)transfer(?!rin)|relocat|umzug",
    ),
}
"""Event → its kind, and the pattern of names and labels that tell it: whole words, so that today is
no Tod (death), left_hand no leaving, transferrin no transfer."""
_FILES = {
    "died": r"(^|_)(deaths?|died|deceased|mortality|todesfaelle)(_|$)",
    "withdrew": r"(^|_)(withdrawals?|withdrew|withdrawn|drop_?outs?|abbrueche)(_|$)",
    "moved": r"(^|_)(transfers?|moves|moved|relocations?)(_|$)",
}
"""Event → files that hold nothing else: an exit interview is no withdrawal."""
_WORDS = {
    "died": r"passed_away|(^|_)(todes?fall|exitus)(_|$)",
    "withdrew": r"(^|_)opt(ed)?_out|discontinu|revoked|abgebrochen|zurueckgezogen|ausgeschieden",
    "moved": r"(^|_)moving(_|$)|(um|weg|ver)gezogen|(^|_)verzogen(_|$)",
}
"""Event → what answers say besides."""
_DENIED = re.compile(r"^(no|not|never|none|still|nicht|kein\w*)(_|$)")
"""Answers that deny an event."""
_NOBODY_S = re.compile(
    r"bereave|(^|_)(fear|anxiety|angst|thoughts?|wish)_|(^|_)(spouse|husband|wife|partner|mother"
    r"|father|parents?|child|son|daughter|family|relatives?|friend|carer|ehe(frau|mann|gatt\w+|partner\w*)|mutter|vater|kind)(_|$)"
)
"""Columns and answers that tell of somebody else's event, or of what is thought of it."""
_ENDING = re.compile(
    r"(^|_)(end|ended|ending|reasons?|status|disposition|completion|ende|grund|austritt)(_|$)"
)
_WITHDRAWAL = re.compile(_WITHDREW)
_LABEL = 8  # words: a longer label is a question, which may speak of anything


def events_told(name: str, label: str = "") -> list[str]:
    """The events that a column's name or its short label tells: 'died', 'withdrew', 'moved'."""
    texts = [plain(name), *([plain(label)] if len(label.split()) <= _LABEL else [])]
    if any(map(_NOBODY_S.search, texts)):
        return []
    return [event for event, (_, told) in KINDS.items() if any(re.search(told, t) for t in texts)]


def event_of_file(name: str) -> str | None:
    """The event of which a file tells by its name, if it does."""
    return next((event for event, told in _FILES.items() if re.search(told, plain(name))), None)


def event_of_word(word: str) -> str | None:
    """The event that an answer tells of the person, if it tells one; a death before others."""
    said = plain(word)
    if len(word.split()) > _LABEL or _DENIED.search(said) or _NOBODY_S.search(said):
        return None
    for event, (_, told) in KINDS.items():
        if re.search(told, said) or re.search(_WORDS[event], said):
            return event
    return None


def is_ending(name: str) -> bool:
    """Whether a column's name says that it may tell how somebody's part ended."""
    return bool(_ENDING.search(plain(name)))


def says_withdrawal(name: str) -> bool:
    """Whether a column's name says withdrawal itself, not only that somebody left."""
    return bool(_WITHDRAWAL.search(plain(name)))
