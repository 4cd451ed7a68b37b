"""A mistake that an analyst can fix. Its message is the whole story."""

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher, get_close_matches

_MANY = 60  # names that a line may list
_LONG = 4000  # characters that it may have
_OPPOSITE = (
    ({"higher", "high", "more", "larger", "greater", "above"}, {"lower", "low", "less", "smaller",
     "fewer", "below"}),
    ({"better", "best", "good", "positive"}, {"worse", "worst", "bad", "poor", "negative"}),
    ({"first", "start"}, {"last", "end"}), ({"before"}, {"after"}), ({"with"}, {"without"}),
    ({"include"}, {"exclude"}), ({"most"}, {"least"}),
)  # fmt: skip
"""Parts of names that turn what they say into its opposite."""


class CespError(Exception):
    """One or more problems, a line each: file, place, fact, remedy."""

    def __init__(self, problems: str | Iterable[str]) -> None:
        given = (problems,) if isinstance(problems, str) else problems
        self.problems: tuple[str, ...] = tuple(one_line(problem) for problem in given)
        super().__init__("\n".join(self.problems))


def one_line(text: str) -> str:
    """The text with line ends and characters that nobody sees written out: '\\n', '\\u200b'.

    Of a very long one (a cell may hold a book) the middle is left out, not the remedy at its end.
    """
    text = _shortened(text)
    if text.isprintable():
        return text
    shown = (c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return _shortened("".join(shown))


def _shortened(text: str) -> str:
    return text if len(text) <= _LONG else f"{text[: _LONG // 2]} … {text[-_LONG // 4 :]}"


def no_such(
    noun: str,
    word: str,
    declared: Sequence[str],
    known: str = "declared",
    free: Sequence[str] | None = None,
) -> str:
    """Say that `word` is not among the known names, with the nearest of them (of those that are
    `free`, where some have a meaning already)."""
    near = closest(word, declared if free is None else free)
    hint = f"; did you mean '{near}'?" if near else ""
    if near and word.isascii() and not near.isascii():
        hint = f"; did you mean '{near}' ({near!a})?"  # a letter that looks alike
    listed = few(sorted(declared)) or "none"
    return f"{no_such_begins(noun, word)}{hint} ({known}: {listed})"


def closest(word: str, names: Sequence[str]) -> str | None:
    """The name most like the word, None where none is: by difflib's ratio; of equally near ones of
    the same letters (ddi: did) before others, then of the nearest length. None that says the
    opposite: lower_is_better for higher_is_worse, which says the same."""
    if turned := next((name for name in names if _is_turned(word, name)), None):
        return turned
    meant = [name for name in names if opposites(word, name) % 2 == 0]
    near = get_close_matches(word, meant, n=max(len(meant), 1), cutoff=0.5)

    def unlike(name: str) -> tuple[float, bool, int]:
        ratio = SequenceMatcher(None, name, word).ratio()
        return -ratio, sorted(name) != sorted(word), abs(len(name) - len(word))

    return min(near, key=unlike, default=None)


def opposites(one: str, other: str) -> int:
    """How many parts of two names are opposite; of an odd number the names are, too."""
    here, there = _apart(one, other)
    return sum(bool((here & a and there & b) or (here & b and there & a)) for a, b in _OPPOSITE)


def _is_turned(word: str, name: str) -> bool:
    """Whether a name says the same the other way round: every part that differs is opposite."""
    turned = opposites(word, name)
    return turned > 0 and turned % 2 == 0 and all(len(own) == turned for own in _apart(word, name))


def _apart(one: str, other: str) -> tuple[set[str], set[str]]:
    """The parts of each of two names that the other has not."""
    here, there = (set(name.lower().split("_")) for name in (one, other))
    return here - there, there - here


def no_such_begins(noun: str, word: str) -> str:
    """How `no_such` begins, by which its lines are known."""
    return f"no {noun} is called '{word}'"


def few(names: Sequence[str], joined: str = ", ") -> str:
    """All the names, or the first of very many: a line must stay one that a person reads."""
    if len(names) <= _MANY:
        return joined.join(names)
    shown = names[: _MANY // 2]
    return f"{joined.join(shown)} and {len(names) - len(shown):,} more"


REPEATING = (
    "the file has several rows a person and time (a repeating form?), which have no single value;"
    " write one_row_per: unit_and_time, with duplicates: to say which counts, or rows: to read one"
    " of them (e.g. redcap_repeat_instance: ['1']), or sum them up in a file with one row each"
    " beforehand"
)
"""What to do where an outcome stands in a file with several rows a person and time."""
VERSIONS = (
    "if one file is a newer version of the other, take the entry of the older out of files: (its"
    " raw file may stay)"
)
"""What to do where one answer stands in two files."""


def at_line(file: str, lines: Sequence[int]) -> str:
    """A file's entry and the first of the lines that are meant, for a message."""
    return f"{file} (line {lines[0]})" if lines else file


def on_lines(path: str, lines: Iterable[int]) -> str:
    """A file and the lines of it that are meant, each once: 'use.csv: lines 6, 9, 12'."""
    own = sorted({int(line) for line in lines})
    return f"{path}: line{'s' if len(own) > 1 else ''} {few([str(line) for line in own])}"
