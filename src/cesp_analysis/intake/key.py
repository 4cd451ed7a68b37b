"""Pseudonyms for the ids of people, and the key that makes them.

A pseudonym is a keyed hash (BLAKE2b, RFC 7693): who has the key can tell whose it is, by hashing
an id again; who has only processed files cannot, however few ids there are.
"""

import hashlib
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cesp_analysis.declared.paths import place_of
from cesp_analysis.errors import CespError
from cesp_analysis.permissions import open_to_others

_BYTES = 10  # 16 letters: among a million ids two alike once in 2,400,000 studies
_LETTERS = b"abcdefghijklmnopqrstuvwxyz234567"  # RFC 4648


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
        raise CespError(f"{place}: there is no key for pseudonyms; a run makes one (cesp run DIR)")
    if open_to_others(place):
        raise CespError(
            f"{place}: everybody on this machine may read the key of the study's pseudonyms; take"
            f" that from them (chmod 600 {place}), or keep it elsewhere (study.key)"
        )
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
