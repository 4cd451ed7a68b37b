"""Nothing that tells who somebody is leaves data/raw: every file that a run makes is searched."""

import re
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from running import ROOT, copy_of_study, snakemake

IDS = ("person_id", "screening_id", "respondent_id", "contact_id", "excerpt_id")
WORDS = ("full_name", "date_of_birth", "postcode", "notes", "text", "pseudonym")


def raw_words() -> set[str]:
    """Every id, name, date of birth, postcode and free text of the root study's raw files."""
    tables = [pd.read_csv(path, dtype=str) for path in (ROOT / "data" / "raw").glob("*.csv")]
    tables.append(
        pd.read_excel(ROOT / "data/raw/community_survey_wave_2.xlsx", dtype=str, engine="calamine")
    )
    found = set()
    for table in tables:
        for column in {*IDS, *WORDS} & set(table.columns):
            found |= set(table[column].dropna().str.strip())
    workers = pd.read_csv(ROOT / "data/raw/link_worker_contacts.csv", dtype=str)["link_worker"]
    return (found | set(workers.dropna())) - {""}


def said_in(path: Path) -> str:
    """All that a file says: the cells, names and metadata of a Parquet file, else its text."""
    if path.suffix == ".parquet":
        table = pq.read_table(path)
        kept = [str(table.schema.metadata)]
        for name in table.column_names:
            kept += [name, *map(str, table.column(name).unique().to_pylist())]
        return "\n".join(kept)
    return path.read_bytes().decode("latin-1" if path.suffix in (".png", ".pdf") else "utf-8")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Every file that a run of the root study makes, logs too."""
    folder = copy_of_study(ROOT, tmp_path_factory.mktemp("root") / "study")
    done = snakemake(ROOT, folder)
    assert done.returncode == 0, done.stdout
    files = [*(folder / "results").rglob("*"), *(folder / "data" / "processed").rglob("*")]
    return [path for path in files if path.is_file()]


def test_no_file_that_a_run_makes_holds_what_tells_who_somebody_is(made: list[Path]) -> None:
    words = raw_words()
    assert len(words) > 2000 and {"P001", "LW1", "R0001", "S001", "Avocet"} <= words
    whole = {word for word in words if re.fullmatch(r"[A-Za-z0-9]+", word)}
    parts = words - whole  # more than one word: searched as they are
    assert len(made) > 60
    for path in made:
        text = said_in(path)
        tokens = set(re.findall(r"[A-Za-z0-9]+", text)) if path.suffix != ".png" else set()
        assert not tokens & whole, (path, sorted(tokens & whole)[:5])
        there = sorted(word for word in parts if word in text)
        assert not there, (path, there[:5])


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    """A guard on the search itself: each kind of file, with a raw word in it."""
    word = "P001"
    table = pd.DataFrame({"a": [word]})
    table.to_parquet(tmp_path / "cell.parquet")
    named = pd.DataFrame({"a": ["x"]})
    named.attrs["labels"] = {"a": word}
    named.to_parquet(tmp_path / "metadata.parquet")
    table.to_csv(tmp_path / "cell.csv")
    for path in tmp_path.iterdir():
        assert word in set(re.findall(r"[A-Za-z0-9]+", said_in(path))), path
