"""`cesp pseudonym`: whose is it? (A module of its own: intake need not know what a study is.)"""

from pathlib import Path

from cesp_analysis.errors import CespError
from cesp_analysis.intake.key import key_of, place_of_key
from cesp_analysis.study.read import read_study
from cesp_analysis.study.specs import synthetic_secret


def pseudonym(ids: list[str], /, folder: Path = Path()) -> None:
    """Print the pseudonym of each id, to find somebody in processed tables."""
    study = read_study(folder)
    if not study.study.pseudonyms:
        raise CespError("config.yaml: study.pseudonyms is false: ids stand as they are")
    key = key_of(synthetic_secret(study), place_of_key(study.study.id, study.study.key, folder))
    for word in ids:
        print(f"{word}: {key.pseudonym(str(word))}")
