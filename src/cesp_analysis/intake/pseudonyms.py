"""Pseudonyms for the ids of people, and what else of a raw file stays in the raw folder.

A pseudonym is a keyed hash (BLAKE2b, RFC 7693): who has the key can tell whose it is, by hashing
an id again; who has only processed files cannot, however few ids there are.
"""

import hashlib
import os
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cesp_analysis.cells import (
    MASK,
    MASKED_DATE,
    MASKED_NUMBER,
    MASKED_ORDER,
    MASKED_SERIAL,
    as_numbers,
    as_serials,
    dates_in,
    in_other_order,
    numbers_in,
    outside,
)
from cesp_analysis.errors import CespError
from cesp_analysis.study.paths import place_of
from cesp_analysis.study.private import Passing, Private

if TYPE_CHECKING:
    import pandas as pd

    from cesp_analysis.study.private import Answers

_NUMBER = r"[+-]?\d*[.,]?\d+"
_SHORT = 5
"""Digits of a number that may leave though it is no declared answer; a phone's has more."""
_BYTES = 10  # 16 letters: among a million ids two alike once in 2,400,000 studies
_LETTERS = b"abcdefghijklmnopqrstuvwxyz234567"  # RFC 4648
_PLAIN = ("checkbox", "status", "calc")
"""REDCap's fields that hold no words of people: whether a box was ticked, a form finished."""


@dataclass(frozen=True)
class Key:
    """The secret that makes pseudonyms."""

    secret: bytes

    def pseudonym(self, word: str) -> str:
        """The pseudonym of an id (spaces around it do not count); a blank one stays blank."""
        return self.pseudonyms([word])[0]

    def pseudonyms(self, words: Iterable[str]) -> list[str]:
        """The pseudonym of each id."""
        import numpy as np

        bare = [word.strip().encode() for word in words]
        base = hashlib.blake2b(key=self.secret, digest_size=_BYTES)
        hashes = []
        for word in bare:
            one = base.copy()
            one.update(word)
            hashes.append(one.digest())
        # in base 32 ten bytes are sixteen letters, without a rest; 5 bits are a letter
        bits = np.unpackbits(np.frombuffer(b"".join(hashes), dtype=np.uint8)).reshape(-1, 5)
        fives = np.packbits(bits, axis=1)[:, 0] >> 3
        letters = np.frombuffer(_LETTERS, np.uint8)[fives].tobytes().decode()
        return [letters[i * 16 : i * 16 + 16] if word else "" for i, word in enumerate(bare)]


def key_of(secret: str, place: Path | None) -> Key:
    """The key: of a synthetic study its declared secret, else what the file at `place` holds."""
    if secret:
        return Key(hashlib.sha256(secret.encode()).digest())
    if place is None or not place.is_file():
        raise CespError(f"{place}: there is no key for pseudonyms; snakemake makes one")
    words = place.read_text(encoding="ascii", errors="replace").split()
    if len(words) != 1 or len(words[0]) < 32:
        raise CespError(
            f"{place}: is no key for pseudonyms (one word of 64 letters); restore it from your"
            " backup, or remove it and data/processed to begin anew with a new one"
        )
    return Key(hashlib.sha256(words[0].encode()).digest())


def place_of_key(study_id: str, declared: str | None, folder: Path = Path()) -> Path:
    """Where the key of a real study in `folder` lies: as declared, else in the user's own
    settings."""
    if declared is not None:
        return place_of(declared, folder)
    base = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(base).expanduser() / "cesp" / f"{study_id}.key"


def made_key(place: Path) -> bool:
    """Make the key if there is none yet; True if one was made. Readable by its owner alone."""
    if place.exists():
        return False
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another run made it meanwhile
        return False
    except OSError as error:
        raise CespError(_unwritten(place, error)) from None
    try:
        with os.fdopen(handle, "w", encoding="ascii") as stream:
            stream.write(secrets.token_hex(32) + "\n")
    except OSError as error:  # half a key is none
        place.unlink(missing_ok=True)
        raise CespError(_unwritten(place, error)) from None
    return True


def _unwritten(place: Path, error: OSError) -> str:
    return (
        f"{place}: the key of the study's pseudonyms cannot be written ({error.strerror}); make"
        " room there, or say in config.yaml where else it may lie (study.key)"
    )


def protected(frame: "pd.DataFrame", private: Private | None, key: Key | None) -> "pd.DataFrame":
    """The Raw table as it may leave the raw folder: ids as pseudonyms, words that stay masked.

    `attrs["same_as"]`: line → the first line whose cells are all the same, wherever one repeats
    another: what is masked can no longer tell.
    """
    from cesp_analysis.distinct import coded, recoded

    frame = coded(frame)
    out = frame.copy()
    out.attrs = dict(frame.attrs) | {"same_as": same_as(frame)}
    if private is None or key is None:
        return out
    kinds = frame.attrs.get("field_kinds", {})
    plain = {name: Passing() for name, kind in kinds.items() if kind in _PLAIN}
    kept = {name: passing for name, passing in (plain | private.kept).items() if name in frame}
    for name in map(str, frame.columns[1:]):
        if name in private.ids:
            out[name] = recoded(frame[name], partial(_hashed, key=key))
        elif private.answers is not None and name == private.answers.answer:
            out[name] = _answers(frame, private.answers, private)
        elif name in kept:
            out[name] = recoded(frame[name], _passes(kept[name], private, frame, name))
        else:
            out[name] = recoded(frame[name], _hidden)
    out.attrs["labels"] = {k: v for k, v in frame.attrs.get("labels", {}).items() if k in kept}
    out.attrs["named_ids"] = {
        place: [key.pseudonym(word) for word in words] for place, words in private.named.items()
    }
    return out


def shown(words: "pd.Series[Any]", passing: Passing, private: Private) -> "pd.Series[Any]":
    """Words of a column as they may leave the raw folder: what may not pass is masked.

    Numbers and dates are read as cleaning reads them, so that what is masked is what does not fit.
    """
    if passing.anything:
        return words
    text = words.fillna("").str.strip()
    declared = {word.strip().casefold() for word in passing.words}
    passes = (text == "") | text.str.casefold().isin(declared)
    values = numbers_in(text, private.decimal)
    number = values.abs() < float("inf")
    fits = passing.any_number | values.isin(as_numbers(passing.words))
    for low, high in passing.ranges:
        fits |= (values >= low) & (values <= high)
    if not passing.no_number:
        written = number | text.str.fullmatch(_NUMBER)  # with the other decimal mark, too
        passes |= (number & fits) | (written & (text.str.count(r"\d") <= _SHORT))
    masked = words.mask(~passes, MASK).mask(~passes & number, MASKED_NUMBER)
    if passing.formats:
        dates = dates_in(text.where(~passes, ""), passing.formats)
        impossible = outside(dates, private.period)
        left = text.where(~passes & dates.isna(), "")
        masked = masked.mask(as_serials(left), MASKED_SERIAL)
        masked = masked.mask(in_other_order(left, passing.formats), MASKED_ORDER)
        masked = masked.mask(dates.notna(), words).mask(impossible, MASKED_DATE)
    return masked


def _answers(frame: "pd.DataFrame", how: "Answers", private: Private) -> "pd.Series[Any]":
    """The answers of a file in long format, each masked by its question."""
    from cesp_analysis.distinct import coded, recoded

    said = frame[how.answer]
    answers = recoded(said, _hidden).astype("str")
    if how.question in frame:
        asked = frame[how.question].astype("str").fillna("").str.strip()
        for question, passing in how.kept.items():
            own = asked.index[asked == question]
            made = _passes(passing, private, frame, how.answer)
            answers[own] = recoded(said[own], made).astype("str")
    return coded(answers.to_frame())[how.answer]


def _passes(
    passing: Passing, private: Private, frame: "pd.DataFrame", column: str
) -> "Callable[[pd.Series[Any]], pd.Series[Any]]":
    """`shown` of a column; codes that the file itself declares missing pass as well."""
    pairs = frame.attrs.get("user_missing", {}).get(column, ())
    codes = tuple(str(low) for low, high in pairs if low == high)
    ranges = tuple((float(low), float(high)) for low, high in pairs if low != high)
    update = {"words": (*passing.words, *codes), "ranges": (*passing.ranges, *ranges)}
    return partial(shown, passing=passing.model_copy(update=update), private=private)


def _hidden(words: "pd.Series[Any]") -> "pd.Series[Any]":
    return words.mask(words.fillna("").str.strip() != "", MASK)


def _hashed(words: "pd.Series[Any]", key: Key) -> "pd.Series[Any]":
    import pandas as pd

    return pd.Series(key.pseudonyms(words.tolist()), index=words.index, dtype="str")


def same_as(frame: "pd.DataFrame") -> dict[str, int]:
    """Line → the first line with the same cells, for every record that repeats an earlier one."""
    import numpy as np
    import pandas as pd

    columns = [frame[name].cat for name in frame.columns.drop("line")]
    alike = np.arange(len(frame))  # records that are like another in all columns up to here
    group, groups = np.zeros(len(frame), dtype=np.int64), 1
    for cells in sorted(columns, key=lambda cells: -len(cells.categories)):  # few are left soon
        n = len(cells.categories) + 1
        group = group * n + cells.codes.to_numpy()[alike] + 1
        if groups * n > len(frame):
            group, _ = pd.factorize(group)
        again = np.bincount(group)[group] > 1
        alike, group = alike[again], group[again]
        groups = int(group.max(initial=0)) + 1
        if not alike.size:
            return {}
    lines = frame["line"].iloc[alike]
    first = lines.groupby(group).transform("min")
    return {
        str(line): int(earliest)
        for line, earliest in zip(lines, first, strict=True)
        if line != earliest
    }
