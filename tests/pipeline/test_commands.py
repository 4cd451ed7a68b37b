"""Printed commands can be pasted: each option has the words that it asks for."""

import re
from hashlib import sha256
from pathlib import Path

import pytest
from pandas import read_parquet
from running import ROOT, copy_of_study, snakemake

from small_study import Study

STEP = re.compile(r"^Shell command: (cesp \w+ .*&> .*)$", re.MULTILINE)
BARE = re.compile(r"--[a-z-]+(?= +(?:--|&>))")


def printed(folder: Path) -> list[str]:
    """The commands that a dry run shows."""
    shown = snakemake(ROOT, folder, "--dry-run", "--printshellcmds", plain=True)
    assert shown.returncode == 0, shown.stdout
    return STEP.findall(shown.stdout)


def without_words(commands: list[str]) -> set[str]:
    """'cesp STEP --option' of each option with nothing after it."""
    return {
        " ".join([*line.split()[:2], option]) for line in commands for option in BARE.findall(line)
    }


def test_no_option_stands_without_a_word(tmp_path: Path) -> None:
    """This study has no prior, corrections, lock or further formats of figures."""
    commands = printed(copy_of_study(ROOT / "examples" / "beat_the_blues", tmp_path / "study"))
    assert len(commands) > 20 and without_words(commands) == set()


def test_what_is_declared_follows_its_option(study: Study) -> None:
    study.config["study"]["figure_formats"] = ["svg", "png", "pdf"]
    study.config["few_sites"] = {"prior": "prior.csv"}
    study.write()
    own = ROOT / "src/cesp_analysis/models/shock_prior.csv"
    (study.folder / "prior.csv").write_bytes(own.read_bytes())
    commands = printed(study.folder)
    assert without_words(commands) == set()
    (fit,) = [line for line in commands if line.startswith("cesp fit ")]
    digest = sha256(own.read_bytes()).hexdigest()
    assert f""" --prior prior.csv --checksums '{{"prior.csv":"{digest}"}}' &> """ in fit
    assert any(" --extra results/figures/flow_person.pdf &> " in line for line in commands)


def test_a_study_of_one_group_collects_nothing(study: Study) -> None:
    config = study.config
    del config["arms"]["control"], config["sites"], config["models"]
    people = config["files"]["people"]
    del people["site"], people["neighbourhood"]
    people["arm"] = {"constant": "intervention"}
    study.write()
    commands = printed(study.folder)
    assert without_words(commands) == set()
    assert [line for line in commands if line.startswith("cesp collect --out ")]


def test_a_study_of_a_thousand_sites_is_cleaned(study: Study) -> None:
    """Linux takes no word of 128 KiB, and a shell is handed a command as one."""
    study.config["sites"] |= {
        f"place_{k:04}": {"label": f"Place {k:04}", "arm": "control"} for k in range(1000)
    }
    codes = {f"P {k:04}": f"place_{k:04}" for k in range(1000)}
    study.config["files"]["people"]["site"]["values"] = {
        "North": "north", "South": "south", **codes,
    }  # fmt: skip
    study.write()
    commands = printed(study.folder)
    assert max(len(line.encode()) for line in commands) < 131_072
    (clean,) = [line for line in commands if line.startswith("cesp clean ")]
    assert " --spec @.snakemake/cesp.specs/" in clean
    ran = snakemake(ROOT, study.folder, "data/processed/ledger.parquet")
    assert ran.returncode == 0, ran.stdout
    assert len(read_parquet(study.folder / "data/processed/ledger.parquet")) == 36


def test_no_command_depends_on_the_order_of_a_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python orders a set of words anew in every process: a run without changes would run again."""
    folder, found = copy_of_study(ROOT, tmp_path / "study"), []
    for seed in ("1", "2", "3"):
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        found.append(sorted(printed(folder)))
    assert len(found[0]) > 90 and found[1] == found[0] and found[2] == found[0]
