"""A project of 100 interviews and 20,000 coded excerpts: imported, described, joined and shown.

`make benchmark NAME=interviews`. A REFI-QDA project as other programs write it (texts in files of
the archive) and a CSV of the same size, each through the steps that the rules run:
`import_interviews`, `describe_interviews`, `join`, the figures of themes, and the report's sections
on interviews and on how they meet the numbers, written and rendered as a page with its figures
inside. Jobs of a run are forks of one process that has imported pandas and matplotlib; so all of it
runs in one process here, which looks for garbage as seldom as a job does, and, as
`…_apart_seconds`, each step as a command of its own with its imports, but for the page. The goal is
5 s, from the file to the page.
"""

import csv
import gc
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from itertools import count
from pathlib import Path
from uuid import UUID
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.cli import FEW_COLLECTIONS
from cesp_analysis.cli import main as main_of_cesp
from cesp_analysis.declared.wording import Wording
from cesp_analysis.few_sites.tables import Ladder
from cesp_analysis.figures.kinds import KINDS
from cesp_analysis.report.blocks import Report, as_dict
from cesp_analysis.report.render import render
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.integration import integration
from cesp_analysis.report.sections.interviews import interviews
from cesp_analysis.schemas import Estimates
from cesp_analysis.whole_files import write_json

TIMES = 3
INTERVIEWS, EACH, THEMES, CONSTRUCTS = 100, 200, 40, 8
FIGURES = ("themes", "theme_grid", "theme_network", "cooccurrence")
TABLES = (
    "interviews", "codes", "import_notes", "theme_coverage", "stopping_rules", "theme_matrix",
    "theme_by_interview", "theme_pairs", "coder_agreement", "joint_display", "joint_themes",
    "joint_quotes",
)  # fmt: skip
WORDS_OF_STUDY = json.dumps({
    "study": {"id": "s", "title": "T", "about": "A study.", "synthetic": True, "seed": 1},
    "banner": "", "arms": {}, "models": {}, "files": {},
    "outcomes": {"own": {"label": "Own", "unit": "points", "direction": "higher_is_better",
                         "level": "person", "variable": "own"}},
    "interviews": {"files": ["e"], "joined": True},
})  # fmt: skip
TOLD = "they said that it was the first time in a long while that anybody had asked"
WORDS = TOLD.split()


def excerpts() -> list[tuple[str, int, int, str]]:
    """Interview, theme, construct, text of each excerpt."""
    rng = np.random.default_rng(20260115)
    made = []
    for who in range(INTERVIEWS):
        for _ in range(EACH):
            text = " ".join(rng.choice(WORDS, 20))
            theme, construct = int(rng.integers(THEMES)), int(rng.integers(CONSTRUCTS))
            made.append((f"I{who:03}", theme, construct, text))
    return made


def write_csv(rows: list[tuple[str, int, int, str]], path: Path) -> None:
    """The excerpts as a table."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(("id", "who", "theme", "construct", "text"))
        for n, (who, theme, construct, text) in enumerate(rows):
            out.writerow((f"E{n}", who, f"theme {theme}", f"c{construct}", text))


def write_qdpx(rows: list[tuple[str, int, int, str]], path: Path) -> None:
    """The excerpts as a project: a document an interview, its text in a file of its own."""
    ids = (str(UUID(int=n)) for n in count(1))
    codes = {f"theme {n}": next(ids) for n in range(THEMES)}
    codes |= {f"c{n}": next(ids) for n in range(CONSTRUCTS)}
    user, sources, texts = next(ids), [], {}
    for who in dict.fromkeys(row[0] for row in rows):
        text, selections = "", []
        for _, theme, construct, said in (row for row in rows if row[0] == who):
            codings = "".join(
                f'<Coding guid="{next(ids)}" creatingUser="{user}"><CodeRef targetGUID="{code}"/>'
                "</Coding>"
                for code in (codes[f"theme {theme}"], codes[f"c{construct}"])
            )
            selections.append(
                f'<PlainTextSelection guid="{next(ids)}" startPosition="{len(text)}"'
                f' endPosition="{len(text) + len(said)}">{codings}</PlainTextSelection>'
            )
            text += said + "\n"
        texts[own := next(ids)] = text
        sources.append(
            f'<TextSource guid="{next(ids)}" name="{who}"'
            f' plainTextPath="internal://{own}.txt">{"".join(selections)}</TextSource>'
        )
    book = "".join(
        f'<Code guid="{guid}" name="{escape(name)}" isCodable="true"/>'
        for name, guid in codes.items()
    )
    qde = (
        '<?xml version="1.0" encoding="utf-8"?><Project xmlns="urn:QDA-XML:project:1.0" name="p">'
        f'<Users><User guid="{user}" name="A"/></Users><CodeBook><Codes>{book}</Codes></CodeBook>'
        f"<Sources>{''.join(sources)}</Sources></Project>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", qde)
        for own, text in texts.items():
            archive.writestr(f"sources/{own}.txt", text)


def command(folder: Path, step: str, *arguments: str) -> None:
    """A step as a command of its own."""
    called = [str(Path(sys.executable).parent / "cesp"), step, *arguments]
    subprocess.run(called, cwd=folder, check=True)


def within(folder: Path, step: str, *arguments: str) -> None:
    """A step in this process."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        assert main_of_cesp([step, *arguments]) == 0, step
    finally:
        os.chdir(before)


def timed(run: Callable[..., None], folder: Path, files: dict[str, object]) -> float:
    """Seconds from the file to the page."""
    started = time.perf_counter()
    described(run, folder, files)
    for figure in FIGURES:
        drawn(run, folder, figure)
    page = shown(folder)
    taken = time.perf_counter() - started
    rows = len(pd.read_parquet(folder / "e.parquet"))
    assert rows == INTERVIEWS * EACH, rows
    assert page.count("<svg") == len(FIGURES) and f">{INTERVIEWS} interviews" in page
    return taken


def described(run: Callable[..., None], folder: Path, files: dict[str, object]) -> None:
    """The steps up to the joint display."""
    out = {name: f"results/tables/{name}.csv" for name in TABLES}
    spec = json.dumps({"interviews": files, "sites": [], "secret": "s"})
    run(folder, "import_interviews", "--spec", spec, "--out", "e.parquet", "--interviews",
        out["interviews"], "--codes", out["codes"], "--notes", out["import_notes"],
        "--pseudonyms", "pseudonyms.csv")  # fmt: skip
    told = json.dumps({"ci_level": 0.95, "seed": 1, "secret": "s"})
    run(folder, "describe_interviews", "--spec", told,
        "--excerpts", "e.parquet", "--interviews", out["interviews"], "--codes", out["codes"],
        "--coverage", out["theme_coverage"], "--rules", out["stopping_rules"], "--matrix",
        out["theme_matrix"], "--by-interview", out["theme_by_interview"], "--pairs",
        out["theme_pairs"], "--agreement", out["coder_agreement"])  # fmt: skip
    named = {f"c{n}": {"label": f"Construct {n}"} for n in range(CONSTRUCTS)}
    run(folder, "join", "--spec", json.dumps({"integration": {"constructs": named}}), "--excerpts",
        "e.parquet", "--pseudonyms", "pseudonyms.csv", "--estimates", "estimates.csv", "--ladder",
        "ladder.csv", "--out", out["joint_display"], "--themes", out["joint_themes"], "--quotes",
        out["joint_quotes"])  # fmt: skip


def drawn(run: Callable[..., None], folder: Path, figure: str) -> None:
    """One figure."""
    at = f"results/figures/{figure}_person"
    run(folder, "draw", "--figure", f"{figure}_person", "--spec", WORDS_OF_STUDY, "--table",
        KINDS[figure].table, "--svg", f"{at}.svg", "--png", f"{at}.png", "--about", f"{at}.json",
        "--data", f"{at}.csv")  # fmt: skip


def shown(folder: Path) -> str:
    """The page of both sections, by way of the report's JSON."""
    words = Wording.model_validate_json(WORDS_OF_STUDY)
    results = Results(words, folder / "results", folder / "SOURCES.yaml")
    report = Report("T", "", "", "en", blocks=(*interviews(results), *integration(results)))
    write_json(as_dict(report), folder / "report.json")
    render(folder / "report.json", results.folder, folder / "index.html")
    return (folder / "index.html").read_text(encoding="utf-8")


def main() -> None:
    """Both forms in turn, each three times: the least."""
    rows = excerpts()
    gc.set_threshold(FEW_COLLECTIONS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for own in ("tables", "figures"):
            (folder / "results" / own).mkdir(parents=True)
        write_csv(rows, folder / "e.csv")
        write_qdpx(rows, folder / "p.qdpx")
        for path, contract in (("estimates.csv", Estimates), ("ladder.csv", Ladder)):
            blank = pd.DataFrame(columns=list(contract.columns()))
            contracts.write(blank, folder / path, contract)
        columns = {"excerpt": "id", "interview": "who", "theme": "theme",
                   "construct": "construct", "text": "text"}  # fmt: skip
        marks = {f"c{n}": f"c{n}" for n in range(CONSTRUCTS)}
        forms: dict[str, dict[str, object]] = {
            "csv": {"files": {"f": {"path": "e.csv", "kind": "excerpts", "columns": columns}}},
            "qdpx": {"files": {"f": {"path": "p.qdpx", "kind": "qdpx", "construct_codes": marks}}},
        }
        for form, files in forms.items():
            for how, run in (("", within), ("apart_", command)):
                best = min(timed(run, folder, files) for _ in range(TIMES))
                print(f"measure interviews_{form}_{how}seconds {best:.2f} s")


if __name__ == "__main__":
    main()
