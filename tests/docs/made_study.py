"""The tutorial's study, made as its page says: command by command, edit by edit."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from page_commands import ROOT, Shown, blocks

PAGE = ROOT / "docs" / "tutorial.md"
FOLDER = "../walk"
"""How the page calls the study's folder."""
AS_HERE = (
    ("did_change/wellbeing/12m", "change/swemwbs/six_months"),
    *((name, "change") for name in ("did_change", "roll_out", "mixed_neighbourhood")),
)
"""Names of the root study on other pages → what stands for them in this one."""


def run(command: str, within: Path) -> subprocess.CompletedProcess[str]:
    """A command as a person types it, with this Python's programs."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-c", command],
        cwd=within,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=os.environ | {"PATH": path, "PYTHONPATH": str(ROOT / "src")},
        check=False,
    )


def made(study: Path) -> Iterator[tuple[str, str]]:
    """Do what the page says, in `study`: (command, what it printed and its status). Blocks of text
    that the page shows after a command must be what it printed."""
    printed = ""
    for block in blocks(PAGE):
        if block.language == "diff":
            edited(study, block)
        if block.language == "text":
            assert set(block.lines) <= set(printed.splitlines()), f"{block.lines}\n{printed}"
        for command in block.commands:
            done = run(command.replace(FOLDER, f"'{study}'"), ROOT)
            printed = done.stdout
            yield command, f"{printed}\nstatus {done.returncode}"


def edited(study: Path, block: Shown) -> None:
    """Do an edit: the file's name first, then lines that stay (' '), go ('-') or come ('+')."""
    head, *lines = block.lines
    path = study / head.removeprefix("--- ")
    old = "".join(f"{line[1:]}\n" for line in lines if line[0] in " -")
    new = "".join(f"{line[1:]}\n" for line in lines if line[0] in " +")
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{head}: there is no\n{old}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def prepared(study: Path) -> None:
    """What other pages' commands take as given beside a finished study."""
    results = study / "results"
    shutil.copy(results / "models" / "change" / "estimates.csv", study / "old.csv")
    for copy in ("results_before", "other/results", "copy_of/results"):
        shutil.copytree(results, study / copy)
    (study / "old").mkdir()
    shutil.copy(results / "tables" / "flow.csv", study / "old")
    for spec in (study / "apart/data/simulation.yaml", study / "apart/my.yaml"):
        spec.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "data" / "simulation.yaml", spec)
    exports(study / "exports")


def exports(folder: Path) -> None:
    """The tutorial's exports in three formats."""
    import pandas as pd
    import pyreadstat

    folder.mkdir()
    given = ROOT / "docs" / "tutorial" / "exports"
    shutil.copy(given / "people.csv", folder)
    pyreadstat.write_sav(pd.read_csv(given / "baseline.csv"), folder / "baseline.sav")
    pd.read_csv(given / "six_months.csv").to_excel(folder / "survey.xlsx", index=False)


def elsewhere(command: str, study: Path) -> subprocess.CompletedProcess[str]:
    """Run another page's command: of Snakemake here with the study, others in the study."""
    for name, here in AS_HERE:
        command = re.sub(rf"\b{name}\b", here, command)
    if command.startswith("snakemake"):
        return run(f"{command} --directory '{study}'", ROOT)
    return run(command, study)
