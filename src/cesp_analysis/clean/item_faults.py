"""What is wrong with the labels of an instrument's item in each file, and what to write."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from cesp_analysis.clean.labelled import (
    Labelled,
    as_told,
    both_ways,
    whole_number,
    written_out,
)
from cesp_analysis.declared.crosswalk import AS_DECLARED
from cesp_analysis.label_words import meant

_FILL = " (… stands for the code that is meant; leave out what is no answer)"


@dataclass(frozen=True)
class Item:
    """An instrument's item: its codes, and the words of its answers (→ code)."""

    instrument: str
    code: str
    low: int
    high: int
    answers: Mapping[str, int]

    def told(self, own: Labelled) -> dict[str, str]:
        """Raw code → the instrument's code for its label."""
        found = {code: meant(label, self.answers) for code, label in own.labels.items()}
        return {code: str(number) for code, number in found.items() if number is not None}

    def beyond(self, own: Labelled) -> list[str]:
        """The labelled codes that are read as none of the instrument's."""
        return [c for c in own.labels if not self.low <= int(own.read[c]) <= self.high]

    def as_read(self, own: Labelled) -> dict[int, int | None]:
        """Each code as config.yaml has it read."""
        both = self.low + self.high
        return {c: both - c if own.reversed else c for c in range(self.low, self.high + 1)}

    def whole(self, own: Labelled, told: Mapping[str, str]) -> dict[int, int | None]:
        """Each raw code and what it stands for by what some are told to be."""
        numbers = {int(raw): int(code) for raw, code in told.items()}
        return as_told(numbers, [int(raw) for raw in own.labels], self.low, self.high)

    def by_words(self, own: Labelled) -> Mapping[int, int | None] | Mapping[str, int | None]:
        """Each raw code, or word, of one whose codes config.yaml writes out, by the instrument's
        words."""
        every = replace(own, labels={**own.labels, **own.unread})
        told = self.told(every)
        if all(whole_number(raw) is not None for raw in every.labels):
            return self.whole(every, told)
        known = {raw: int(code) for raw, code in told.items()}
        return {raw: known.get(raw) for raw in dict.fromkeys((*(own.values or {}), *every.labels))}


@dataclass(frozen=True)
class Remedy:
    """Codes to write into item_values of a file, and when; crosswalk: into its crosswalk, which
    goes before."""

    file: str
    codes: Mapping[int, int | None] | Mapping[str, int | None]
    when: str = ""
    crosswalk: bool = False

    def line(self, question: str) -> str:
        """Where the codes of a question are to be written, and which."""
        codes = written_out(self.codes)
        if self.crosswalk:
            return f"files.{self.file}.crosswalk.{question}.values: {codes}{self.when}"
        return f"files.{self.file}.item_values: {{{question}: {codes}}}{self.when}"


@dataclass(frozen=True)
class Fault:
    """What contradicts (said) in a file's item, and what to write."""

    own: Labelled
    said: str
    remedies: tuple[Remedy, ...]

    def same_as(self, other: "Fault") -> bool:
        """Whether the same is to be written."""
        return self.remedies == other.remedies

    def alone(self, question: str) -> bool:
        """Whether config.yaml writes the codes of this one item, so that those of its instrument
        would change nothing."""
        return question in self.own.file.item_values or any(one.crosswalk for one in self.remedies)

    def line(self, question: str, turned: Sequence[str]) -> str:
        """The fault, and what to write for a question; turned: its items that config turns."""
        write = ", ".join(one.line(question) for one in self.remedies)
        fill = _FILL if any(None in one.codes.values() for one in self.remedies) else ""
        gone = (
            f"; with item_values of {self.own.name}, take reversed out of"
            f" files.{self.own.name}.crosswalk: {', '.join(turned)} (and an entry that says nothing"
            " else)"
            if turned
            else ""
        )
        instrument = question.partition(".")[0]
        other = (
            f"a questionnaire with its words at other codes than {instrument} is an instrument of"
            " its own"
            if self.own.worded
            else f"or, where labels are wrong and codes right, files.{self.own.name}.wrong_labels:"
            f" [{question}]"
        )
        return (
            f"{self.own.file.path}: {self.own.column}: {self.said} write {write}{fill}{gone};"
            f" {other}"
        )


def faults_of(labelled: Sequence[Labelled], item: Item) -> Iterator[Fault]:
    """What is wrong with an item's labels in each file: by the instrument's words, by the labels of
    files that have its codes, by its range.

    Files whose labels the instrument knows are believed before those whose codes config.yaml writes
    out, these before others; a file whose codes are written out as they are has wrong labels. Codes
    that are written out otherwise, and words, are held against the instrument's words alone.
    """
    told = {own.name: item.told(own) for own in labelled}
    sound = [
        own
        for own in labelled
        if not (own.worded or item.beyond(own) or own.wrong(told[own.name]))
        and (own.changed() or not own.written)
    ]
    sound.sort(key=lambda own: 1 if own.written else 2 * bool(told[own.name]), reverse=True)
    for own in labelled:
        if own.written:
            if fault := _by_written(own, item, told[own.name]):
                yield fault
            continue
        before = sound[: sound.index(own)] if own in sound else sound
        by_others = (
            _by_other(own, other, item, bool(told[other.name]) and not told[own.name])
            for other in before
        )
        fault = _by_instrument(own, item, told[own.name]) or next(filter(None, by_others), None)
        if fault := fault or _by_range(own, item, told[own.name]):
            yield fault


def _by_instrument(own: Labelled, item: Item, told: Mapping[str, str]) -> Fault | None:
    wrong = own.wrong(told)
    if not wrong:
        return None
    said = f"{own.says(wrong[0])}, {told[wrong[0]]} in {item.instrument};"
    return Fault(own, said, (Remedy(own.name, item.whole(own, told)),))


def _by_written(own: Labelled, item: Item, told: Mapping[str, str]) -> Fault | None:
    """Codes that config.yaml writes out, against the instrument's words: those of the file's
    labels, or the words that it writes."""
    wrong = own.wrong(told)
    if not wrong or own.as_itself():
        return None
    crosswalk = bool(own.file.crosswalk.get(f"{item.instrument}.{item.code}", AS_DECLARED).values)
    where = "crosswalk" if crosswalk else "item_values"
    of = "" if own.worded else f" ({wrong[0]} by the file's labels)"
    said = (
        f"{where} has '{own.labels[wrong[0]]}'{of} as {own.read[wrong[0]]}, {told[wrong[0]]} in"
        f" {item.instrument};"
    )
    return Fault(own, said, (Remedy(own.name, item.by_words(own), crosswalk=crosswalk),))


def _by_other(own: Labelled, other: Labelled, item: Item, known: bool) -> Fault | None:
    """known: the other's labels are the instrument's, and this file's are not."""
    told = own.told_by(other) | item.told(own)
    wrong = own.wrong(told)
    if not wrong:
        return None
    said = f"{own.says(wrong[0])}, {told[wrong[0]]} by those of {other.file.path} ({other.column});"
    remedy = Remedy(own.name, item.whole(own, told))
    if known or other.written or other.reversed or item.beyond(own):
        return Fault(own, said, (remedy,))
    back = item.whole(other, other.told_by(own) | item.told(other))
    both = (
        replace(remedy, when=f" where these differ from {item.instrument}'s"),
        Remedy(other.name, back, " where those do"),
    )
    return Fault(own, said, both)


def _by_range(own: Labelled, item: Item, told: Mapping[str, str]) -> Fault | None:
    beyond = item.beyond(own)
    if not beyond or len(own.labels) < 2:
        return None
    said = (
        f"{beyond[0]} is '{own.labels[beyond[0]]}' by the file's labels, and {item.instrument} has"
        f" codes {item.low} to {item.high}; where that is no answer, declare"
        f" files.{own.name}.missing: [{', '.join(beyond)}]; where it is one,"
    )
    kept, odd = item.as_read(own), {int(code): None for code in beyond}
    if told:  # and read as they are told
        return Fault(own, said, (Remedy(own.name, kept | odd),))
    ways = list(both_ways([int(code) for code in own.labels], item.low, item.high))
    if not ways:
        return Fault(own, said, (Remedy(own.name, item.whole(own, told)),))
    lowest = min(ways[0])
    label = f" ('{own.labels[str(lowest)]}')" if str(lowest) in own.labels else ""
    rising = Remedy(own.name, ways[0], f" if {lowest}{label} is its {item.low}")
    falling = Remedy(own.name, ways[1], f" if it is its {item.high}")
    return Fault(own, said, (rising, falling))
