"""A project of 100 interviews and 20,000 coded excerpts: imported, described, joined and drawn.

`make benchmark NAME=interviews`. A REFI-QDA project as other programs write it (texts in files of
the archive) and a CSV of the same size, each through the steps that the rules run:
`import_interviews`, `describe_interviews`, `join`, and the figures of themes. Jobs of a run are
forks of one process that has imported pandas and matplotlib; so the steps run in one process here,
and, as `…_apart_seconds`, each as a command of its own with its imports. The goal is 5 s.
"""

import csv
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
from cesp_analysis.cli import main as main_of_cesp
from cesp_analysis.few_sites.tables import Ladder
from cesp_analysis.schemas import Estimates

TIMES = 3
INTERVIEWS, EACH, THEMES, CONSTRUCTS = 100, 200, 40, 8
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
    """Seconds from the file to joint display and figures."""
    names = {f"c{n}": {"label": f"Construct {n}"} for n in range(CONSTRUCTS)}
    words = {
        "study": {"id": "s", "title": "T", "about": "A study.", "synthetic": True, "seed": 1},
        "banner": "", "arms": {}, "outcomes": {}, "models": {}, "files": {},
    }  # fmt: skip
    started = time.perf_counter()
    spec = json.dumps({"interviews": files, "sites": []})
    made = ("--out", "e.parquet", "--interviews", "i.csv", "--codes", "c.csv", "--notes", "n.csv")
    run(folder, "import_interviews", "--spec", spec, *made)
    run(folder, "describe_interviews", "--spec", json.dumps({"ci_level": 0.95, "seed": 1}),
        "--excerpts", "e.parquet", "--interviews", "i.csv", "--codes", "c.csv", "--coverage",
        "cov.csv", "--rules", "r.csv", "--matrix", "theme_matrix.csv", "--by-interview",
        "theme_by_interview.csv", "--pairs",
        "theme_pairs.csv", "--agreement", "a.csv")  # fmt: skip
    run(folder, "join", "--spec", json.dumps({"integration": {"constructs": names}}), "--excerpts",
        "e.parquet", "--estimates", "estimates.csv", "--ladder", "ladder.csv", "--out", "j.csv",
        "--themes", "t.csv", "--quotes", "q.csv")  # fmt: skip
    for figure in ("themes_person", "cooccurrence_person"):
        table = {"themes_person": "theme_matrix.csv"}.get(figure, "theme_pairs.csv")
        run(folder, "draw", "--figure", figure, "--spec", json.dumps(words), "--table", table,
            "--svg", "f.svg", "--png", "f.png", "--about", "f.json", "--data", "f.csv")  # fmt: skip
    taken = time.perf_counter() - started
    rows = len(pd.read_parquet(folder / "e.parquet"))
    assert rows == INTERVIEWS * EACH, rows
    return taken


def main() -> None:
    """Both forms in turn, each three times: the least."""
    rows = excerpts()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
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
