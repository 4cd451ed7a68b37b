"""Nothing that tells who somebody is leaves data/raw: every file that a run makes is searched."""

import re
import shutil
import zipfile
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pypdf
import pytest
from running import ROOT, copy_of_study, snakemake

import pdf_words
from cesp_analysis.cells import MASK, MASKED_DATE, MASKED_NUMBER
from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure.attack import leaks
from cesp_analysis.disclosure.left_in import PSEUDONYM
from planted_leaks import Plant, column_more, copied, in_figure, put_back, says
from sentence_numbers import told_elsewhere

IDS = ("person_id", "screening_id", "respondent_id", "contact_id", "excerpt_id")
WORDS = ("full_name", "date_of_birth", "postcode", "notes", "text", "pseudonym")


def raw_words() -> set[str]:
    """Every id, name, date of birth, postcode and free text of the root study's raw files; of coded
    interviews, whose pseudonyms the team gave, what is not cleared for quotation."""
    paths = sorted((ROOT / "data" / "raw").glob("*.csv"))
    tables = [
        pd.read_csv(path, dtype=str) for path in paths if not path.name.startswith("interview_")
    ]
    tables.append(
        pd.read_excel(ROOT / "data/raw/community_survey_wave_2.xlsx", dtype=str, engine="calamine")
    )
    found = set()
    for table in tables:
        for column in {*IDS, *WORDS} & set(table.columns):
            found |= set(table[column].dropna().str.strip())
    workers = pd.read_csv(ROOT / "data/raw/link_worker_contacts.csv", dtype=str)["link_worker"]
    told = pd.read_csv(ROOT / "data/raw/interview_excerpts.csv", dtype=str)
    found |= set(told.loc[told["cleared_for_quotation"] != "yes", "text"])
    return (found | set(workers.dropna())) - {""}


def said_in(path: Path) -> str:
    """All that a file says: the cells, names and metadata of a Parquet file, else its text."""
    if path.suffix == ".parquet":
        table = pq.read_table(path)
        kept = [str(table.schema.metadata)]
        for name in table.column_names:
            kept += [name, *map(str, table.column(name).unique().to_pylist())]
        return "\n".join(kept)
    if path.suffix == ".docx":
        with zipfile.ZipFile(path) as parts:
            names = [name for name in parts.namelist() if not name.endswith(".png")]
            return "\n".join([*names, *(parts.read(name).decode("utf-8") for name in names)])
    if path.suffix == ".pdf":  # its streams are compressed: bytes say anything
        return f"{pypdf.PdfReader(path).metadata}\n{pdf_words.said(path)}"
    return path.read_bytes().decode("latin-1" if path.suffix == ".png" else "utf-8")


MISFITS = {
    "people.csv": {
        "age_at_referral": "about 60, ask W. Zwingli 0161 555 0199",
        "sex": "Mrs Zwingli-Sex",
        "site": "12 Acacia Avenue",
        "died": "01615550199",
        "referral_date": "1953-04-12",
        "withdrawal_date": "born 12 April 1953",
        "death_date": "19530412",
        "moved_to": "QX7 4ZZ",
    },
    "outcomes_baseline.csv": {
        "person_id": "Zwingli, Wilhelmina",
        "visit_date": "12/04/1953",
        "phq9_1": "01615550199",
        "phq9_2": "QX7 4ZZ",
        "swemwbs_1": "too sad, said Mrs Zwingli",
    },
    "community survey wave 1.csv": {
        "site": "Zwingli",
        "age_band": "1953-04-12",
        "design_weight": "ask Zwingli",
        "belong": "0161 555 0199",
        "volunteered": "yes, with Zwingli",
        "date": "QX7 4ZZ",
    },
    "service_use.csv": {
        "time": "when Zwingli moved",
        "service": "Dr Zwingli",
        "amount": "4857773456",
        "recall_months": "12 April 1953",
    },
    "link_worker_contacts.csv": {"date": "12 April 1953", "mode": "at QX7 4ZZ"},
    "screening_log.csv": {"reason_not_consented": "Zwingli said no", "person_id": "W. Zwingli"},
}
"""Raw file → declared column → what somebody wrote into it, each in a row of its own."""
PLANTED = {"Zwingli", "0161 555 0199", "01615550199", "Acacia", "1953-04-12", "12/04/1953",
           "19530412", "12 April 1953", "QX7 4ZZ", "4857773456", "Wilhelmina"}  # fmt: skip


def plant(folder: Path) -> None:
    """Write the misfits into a copy's raw files, and their new checksums into SOURCES.yaml."""
    listed = folder / "data/raw/SOURCES.yaml"
    sources = listed.read_text(encoding="utf-8")
    for at, (name, cells) in enumerate(MISFITS.items(), start=1):
        path = folder / "data/raw" / name
        before = sha256(path.read_bytes()).hexdigest()
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        for row, (column, word) in enumerate(cells.items(), start=20 * at):
            # no weight stops the weighting, unless the record is set aside: it is, for its site
            table.loc[20 * at if column == "design_weight" else row, column] = word
        table.to_csv(path, index=False)
        assert before in sources
        sources = sources.replace(before, sha256(path.read_bytes()).hexdigest())
    listed.write_text(sources, encoding="utf-8")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, str]:
    """Every file that a run of the root study makes, logs and what the terminal shows too → all
    that it says, read once."""
    folder = copy_of_study(ROOT, tmp_path_factory.mktemp("root") / "study")
    plant(folder)
    done = snakemake(ROOT, folder)
    assert done.returncode == 0, done.stdout
    (folder / "results" / "terminal.txt").write_text(done.stdout)
    files = [*(folder / "results").rglob("*"), *(folder / "data" / "processed").rglob("*")]
    return {path: said_in(path) for path in files if path.is_file()}


def threes(text: str) -> np.ndarray:
    """Each three bytes that follow one another in a text, as one number below 2^24."""
    cells = np.frombuffer(text.encode("utf-8", "surrogatepass"), dtype=np.uint8).astype(np.uint32)
    return (cells[:-2] << 16) | (cells[1:-1] << 8) | cells[2:]


def among(words: dict[str, np.ndarray], text: str) -> list[str]:
    """The words that a text holds. A long one is searched only for those whose `threes` are all
    there: few, and a search of 10 MB for each of 700 words takes seconds."""
    asked = list(words)
    if len(text) > 2**17:
        there = np.zeros(2**24, dtype=bool)
        there[threes(text)] = True
        asked = [word for word, own in words.items() if there[own].all()]
    return sorted(word for word in asked if word in text)


def test_no_file_that_a_run_makes_holds_what_tells_who_somebody_is(made: dict[Path, str]) -> None:
    words = raw_words()
    assert len(words) > 2000 and {"P001", "LW1", "R0001", "S001"} <= words
    assert "Once the shop went there was no reason to meet anyone." in words
    whole = {word for word in words if re.fullmatch(r"[A-Za-z0-9]+", word)}
    # more than one word: searched as they are
    parts = {word: threes(word) for word in words - whole}
    assert len(made) > 60
    for path, text in made.items():
        tokens = set(re.findall(r"[A-Za-z0-9]+", text)) if path.suffix != ".png" else set()
        assert not tokens & whole, (path, sorted(tokens & whole)[:5])
        there = among(parts, text)
        assert not there, (path, there[:5])


def test_no_pseudonym_of_an_interview_leaves_the_team(made: dict[Path, str]) -> None:
    """Nor the id of an excerpt, which may say whose it is."""
    told = pd.read_csv(ROOT / "data/raw/interview_excerpts.csv", dtype=str)
    whole = {*told["pseudonym"], *told["excerpt_id"]}
    public = {path: text for path, text in made.items() if "public" in path.parts}
    assert len(whole) == 73 and len(public) > 60
    for path, text in public.items():
        tokens = set(re.findall(r"[A-Za-z0-9]+", text)) if path.suffix != ".png" else set()
        assert not tokens & whole, (path, sorted(tokens & whole)[:5])


def test_what_was_written_into_a_declared_column_stays_and_is_listed(
    made: dict[Path, str],
) -> None:
    for path, said in made.items():
        text = said.casefold()
        assert not [word for word in PLANTED if word.casefold() in text], path
    (problems,) = (path for path in made if path.name == "data_problems.csv")
    listed = pd.read_csv(problems, dtype=str)
    found = set(zip(listed["file"], listed["column"], listed["kind"], strict=True))
    for name, cells in MISFITS.items():
        for column in cells:
            assert any(pair[:2] == (f"data/raw/{name}", column) for pair in found), (name, column)
    kinds = listed["kind"].groupby(listed["value"]).agg(set)
    assert {"undeclared_site", "undeclared_time"} <= kinds[MASK]
    assert {"undeclared_value", "not_a_number", "not_a_date"} <= kinds[MASK]
    assert kinds[MASKED_DATE] == {"impossible_date"} and "out_of_range" in kinds[MASKED_NUMBER]


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


def test_a_long_text_is_searched_like_a_short_one() -> None:
    words = ["ZZ1 9HX", "Senara Greystock", "é, naïve", "not there", "?!"]
    parts = {word: threes(word) for word in words}
    text = "x " * 2**17
    for place in (0, len(text) // 2, len(text)):
        for word in words[:3]:
            assert among(parts, text[:place] + word + text[place:]) == [word]
    assert among(parts, text) == among(parts, "x x") == []


@pytest.fixture(scope="module")
def public(made: dict[Path, str]) -> Path:
    """The folder that leaves the team."""
    return next(path.parent for path in made if path.name == "released.csv")


def test_what_leaves_tells_of_nobody(public: Path, made: dict[Path, str]) -> None:
    """The attack finds nothing; no file has rows of people, as tables of those inside have."""
    assert list(leaks(public, Disclosure())) == []
    rows = {path for path, said in made.items() if path.suffix == ".csv" and _of_people(said)}
    assert {"dose.csv", "weights.csv"} <= {path.name for path in rows}
    assert not [path for path in rows if public in path.parents]


def test_no_sentence_tells_a_number_with_more_digits_than_its_cell(public: Path) -> None:
    """'found: −0.83' beside a released −1, degrees of freedom, slopes, shifts: of every table."""
    team = public.parent / "tables"
    for path in sorted((public / "tables").glob("*.csv")):
        told = told_elsewhere(path.stem, team / path.name, path, Disclosure())
        assert not list(told), path.name


def _of_people(said: str) -> bool:
    """Whether a cell of a table is a pseudonym."""
    return any(PSEUDONYM.fullmatch(cell) for cell in re.split(r'[,\n"]', said))


LEAKS: dict[str, tuple[Plant, str]] = {
    "complement": (
        put_back("baseline", "count", level="person", variable="sex", category="male",
                 group="trafford", weighted="no"),
        "value of sex other",
    ),
    "percentage": (
        put_back("baseline", "share n", level="person", variable="sex", category="other",
                 group="trafford", weighted="no"),
        "value of sex other",
    ),
    "margin across two tables": (
        put_back("contamination", "known", level="respondent", kind="used", time="wave1"),
        "used wave1 not known",
    ),
    "what a mean rests on": (
        put_back("means", "n", outcome="gp_contacts", group="wexmoor", time="baseline"),
        "answer gp_contacts baseline not known",
    ),
    "the dearest person": (
        put_back("costs", "highest", of="service", name="gp", arm="control", time="6m"),
        "holds what is to be left empty",
    ),
    "draws of people": (copied("tables/ce_plane.csv"), "ce_plane.csv: is no table that may leave"),
    "who left between two times": (
        put_back("flow", "n", step="6m", group="trafford", status="reached"), "step 6m"
    ),
    "difference of waves": (
        put_back("flow", "n", step="first_contact", group="trafford", status="reached"),
        "step first_contact",
    ),
    "a small number itself": (
        put_back("missing", "n_missing", outcome="loneliness_djg", group="trafford",
                 time="baseline"),
        "answer loneliness_djg baseline not known",
    ),
    "a rate": (
        put_back("rates", "value", rate="in_window", time="baseline", of="site", group="wexmoor"),
        "rates",
    ),
    "an interval of a withheld rate": (
        put_back("rates", "deff_low", rate="retained", time="6m", of="site", group="trafford"),
        "tells what is withheld beside it",
    ),
    "probabilities of a withheld share": (
        put_back("progression", "prob_green", criterion="contamination"),
        "tells what is withheld beside it",
    ),
    "people as clusters": (
        put_back("estimates", "n_clusters", estimate_id="did_change/wellbeing/12m"),
        "is not rounded",
    ),
    "a sentence": (
        says("estimates", "warnings", "3 people were left out"), "tells a number of people"
    ),
    "a number that is rounded elsewhere": (
        says("estimates", "shock_prior", "mixture over 16 pairs; SD within sites 4.262"),
        "tells a number that is rounded or withheld",
    ),
    "a figure's data": (in_figure("means_person", "n", "7"), "tells a number of people: 7"),
    "a figure of people": (
        copied("figures/trajectories_person.csv"), "no figure that may leave"
    ),
    "a table of people": (copied("tables/dose.csv"), "no table that may leave"),
    "a column of pseudonyms": (
        column_more("flow", "unit", "fuwtv37xuw2ej63o"), "columns that may not leave"
    ),
    "a value of one person": (
        put_back("weighting", "largest_weight", site="trafford", wave="wave1"), "left empty"
    ),
}  # fmt: skip


ATTACKED = [
    f"tables/{name}"
    for name in ("baseline", "contamination", "costs", "estimates", "flow", "means", "missing",
                 "progression", "rates", "survey_waves", "weighting")
]  # fmt: skip
"""The tables in which leaks are planted; the others take most of the time to read."""


@pytest.mark.parametrize("leak", LEAKS)
def test_a_planted_leak_is_found(leak: str, public: Path, tmp_path: Path) -> None:
    """Each leak alone, in a copy; without it the attack finds nothing."""
    copy = tmp_path / "public"
    (copy / "tables").mkdir(parents=True)
    (copy / "figures").mkdir()
    for name in (*ATTACKED, "figures/means_person"):
        shutil.copy(public / f"{name}.csv", copy / f"{name}.csv")
    plant, said = LEAKS[leak]
    plant(copy, public.parent)
    found = list(leaks(copy, Disclosure()))
    assert any(said in line for line in found), found
