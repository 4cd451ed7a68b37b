"""What columns and files are called that tell of deaths, withdrawals and moves."""

import re

from cesp_analysis.new_study.tables import plain

KINDS = {
    "died": ("death", r"(^|_)(died|deaths?|deceased|dod|dead|verstorben|gestorben|tod\w*)(_|$)"),
    "withdrew": (
        "withdrawal",
        r"withdr|drop_?(ped_?)?out|(^|_)(left|leaving|exit|wd|abbruch\w*)(_|$)",
    ),
    "moved": ("transfer", r"(^|_)move[ds]?(_|$)|transfer|relocat|umzug"),
}
"""Event → its kind, and the pattern of names and labels that tell it."""
_FILES = {
    "died": r"(^|_)(deaths?|died|deceased|mortality|todesfaelle)(_|$)",
    "withdrew": r"(^|_)(withdrawals?|withdrew|withdrawn|drop_?outs?|abbrueche)(_|$)",
    "moved": r"(^|_)(transfers?|moves|moved|relocations?)(_|$)",
}
"""Event → files that hold nothing else: an exit interview is no withdrawal."""
_LABEL = 8  # words: a longer label is a question, which may speak of anything


def events_told(name: str, label: str = "") -> list[str]:
    """The events that a column's name or its short label tells: 'died', 'withdrew', 'moved'."""
    texts = [plain(name), *([plain(label)] if len(label.split()) <= _LABEL else [])]
    return [event for event, (_, told) in KINDS.items() if any(re.search(told, t) for t in texts)]


def event_of_file(name: str) -> str | None:
    """The event of which a file tells by its name, if it does."""
    return next((event for event, told in _FILES.items() if re.search(told, plain(name))), None)
