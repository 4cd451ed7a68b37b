"""The tiny study with coded interviews beside its numbers, and the commands of their steps."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cesp_analysis.cli import main
from cesp_analysis.figures.kinds import KINDS, beside
from cesp_analysis.integration import specs as integration_specs
from cesp_analysis.interviews import specs as interview_specs
from cesp_analysis.report.wording_spec import wording_spec
from cesp_analysis.study import specs
from cesp_analysis.study.read import read_study
from small_study import Study, inside

CODED = """id,who,where,what,theme,construct,valence,said,quote
E1,Wren,North,staff,time,lonely,positive,"I had <b>time</b> & tea",yes
E2,Wren,North,staff,limits,delivery,negative,No bus,no
E3,Lark,North,volunteer,time,lonely,positive,She stayed,yes
E4,Kite,South,service_user,limits,lonely,negative,Nobody came,yes
E5,Kite,South,service_user,time,weather,,It rained,yes
"""
BEFORE = CODED.replace("E2,Wren,North,staff,limits", "E2,Wren,North,staff,buses").replace(
    'E5,Kite,South,service_user,time,weather,,It rained,yes\n', ""
)  # fmt: skip
AGAIN = "\n".join(
    line.replace(",limits,", ",time,") if line.startswith("E4") else line
    for line in CODED.splitlines()
)
COLUMNS = {
    "excerpt": "id", "interview": "who", "site": "where", "role": "what", "theme": "theme",
    "construct": "construct", "valence": "valence", "text": "said",
}  # fmt: skip
INFERENCES = (
    "construct,inference,text,author,date\nlonely,confirm,Both say so,The team,2026-01-02\n"
)
CONTEXT = "date,site,label\n2024-01-05,north,A hall closes\n2024-02-01,,Fares rise\n"
STEPS = ("import_interviews", "describe_interviews", "join", "process", "theorise")


def interviewed(folder: Path) -> Study:
    """The study, not yet written, and the files beside its raw ones."""
    study = Study(folder)
    folder.mkdir(parents=True, exist_ok=True)
    study.files |= told_of_interviews(study.config, folder, ("north", "south"), "after")
    return study


def told_of_interviews(
    told: dict[str, Any], folder: Path, sites: Sequence[str], last: str, more: int = 0
) -> dict[str, str]:
    """Sections of interviews in a study file, files beside the raw ones, and the raw ones by name.

    sites: the one with the intervention, the other; last: the last time; more: so many further
    interviews, each with an excerpt.
    """
    coded = {"kind": "excerpts", "columns": COLUMNS, "cleared": {"column": "quote"}}
    told["interviews"] = {
        "files": {
            "one": coded | {"path": "data/raw/coded.csv", "coder": "Ada",
                            "previous": "data/raw/before.coded.csv"},
            "two": coded | {"path": "data/raw/again.coded.csv", "coder": "Ben",
                            "for_agreement": True},
        },
        "sites": dict(zip(("North", "South"), sites, strict=True)),
    }  # fmt: skip
    kinds = {"meet": "activity", "known": "mechanism", "less": "outcome"}
    told["integration"] = {
        "inferences": "inferences.csv",
        "context": "context.csv",
        "constructs": {
            "lonely": {"label": "Loneliness", "outcome": "lonely"},
            "score": {"label": "The score", "outcome": "score"},
            "delivery": {"label": "Delivery"},
        },
        "nodes": {name: {"label": name.title(), "kind": kind} for name, kind in kinds.items()},
        "links": {
            "a": {"from": "meet", "to": "known", "evidence": [{"construct": "delivery"}]},
            "b": {"from": "known", "to": "less", "evidence": [{"estimate": f"did/score/{last}"}]},
        },
    }
    (folder / "inferences.csv").write_text(INFERENCES, encoding="utf-8")
    context = CONTEXT.replace("north", sites[0])
    (folder / "context.csv").write_text(context, encoding="utf-8")
    others = "".join(
        f"M{i},P{i},{'SOUTH' if i % 2 else 'North'},community,time,lonely,mixed,Words {i},no\n"
        for i in range(more)
    )
    return {
        "coded.csv": CODED + others, "before.coded.csv": BEFORE + others, "again.coded.csv": AGAIN,
    }  # fmt: skip


def ran(folder: Path, study: Study | None = None) -> Study:
    """The study, run up to the joint display and theory of change."""
    own = study or interviewed(folder)
    assert own.run().status == 0
    with inside(folder):
        model = "results/models/did/estimates.csv"
        tables = "results/tables/estimates.csv"
        assert main(["collect", "--estimates", model, "--out", tables]) == 0
        ladder = ["ladder", "--spec", specs.ladder(read_study()), "--panel",
                  "data/processed/panel.parquet", "--estimates", tables]  # fmt: skip
        for name, file in (("out", "ladder"), ("curves", "shock_curve"), ("bracket", "bracket"),
                           ("identities", "identities")):  # fmt: skip
            ladder += [f"--{name}", f"results/tables/{file}.csv"]
        assert main(ladder) == 0
        for name in STEPS:
            assert main(commands()[name]) == 0, name
    return own


def commands(folder: Path = Path()) -> dict[str, list[str]]:
    """The steps, of a study that was read in its folder."""
    told, done, tables = read_study(folder), "data/processed", "results/tables"
    excerpts = ["--excerpts", f"{done}/excerpts.parquet"]
    held = ["--interviews", f"{tables}/interviews.csv", "--codes", f"{tables}/codes.csv"]
    before = ["--before", f"{done}/excerpts_before.parquet",
              "--codes-before", f"{done}/codes_before.csv"]  # fmt: skip
    pseudonyms = ["--pseudonyms", f"{done}/interview_pseudonyms.csv"]
    estimates = ["--estimates", f"{tables}/estimates.csv"]
    beside = told.integration.context if told.integration else None
    context = ["--context", beside] if beside else []
    return {
        "import_interviews": [
            "import_interviews", "--spec", interview_specs.imported(told),
            "--out", f"{done}/excerpts.parquet", *held, "--notes", f"{tables}/import_notes.csv",
            *pseudonyms, *before,
        ],
        "describe_interviews": [
            "describe_interviews", "--spec", interview_specs.described(told), *excerpts, *held,
            "--coverage", f"{tables}/theme_coverage.csv",
            "--rules", f"{tables}/stopping_rules.csv", "--matrix", f"{tables}/theme_matrix.csv",
            "--by-interview", f"{tables}/theme_by_interview.csv",
            "--pairs", f"{tables}/theme_pairs.csv",
            "--agreement", f"{tables}/coder_agreement.csv", *before,
            "--changes", f"{tables}/code_changes.csv", "--recoded", f"{tables}/recoded.csv",
        ],
        "join": [
            "join", "--spec", integration_specs.joined(told), *excerpts, *pseudonyms,
            *estimates, "--ladder", f"{tables}/ladder.csv", "--out", f"{tables}/joint_display.csv",
            "--themes", f"{tables}/joint_themes.csv", "--quotes", f"{tables}/joint_quotes.csv",
            "--inferences", "inferences.csv",
        ],
        "process": [
            "process", "--spec", integration_specs.process(told), "--records", f"{done}/records",
            "--panel", f"{done}/panel.parquet", "--out", f"{tables}/process.csv",
            *context,
        ],
        "theorise": [
            "theorise", "--spec", integration_specs.theory(told), *excerpts, *estimates,
            "--nodes", f"{tables}/theory_nodes.csv", "--links", f"{tables}/theory_links.csv",
        ],
    }  # fmt: skip


def draws(folder: Path = Path()) -> dict[str, list[str]]:
    """The figures of the study, of tables as the steps left them."""
    found = {}
    for kind in integration_specs.FIGURES:
        told: Any = read_study(folder)
        under = beside(f"{kind}_person", [])
        found[f"draw {kind}"] = [
            "draw", "--figure", f"{kind}_person",
            "--spec", wording_spec(told, figures=True, kind=kind), "--table", KINDS[kind].table,
            *(["--beside", *under] if under else []),
            "--svg", f"results/figures/{kind}_person.svg",
            "--png", f"results/figures/{kind}_person.png",
            "--about", f"results/figures/{kind}_person.json",
            "--data", f"results/figures/{kind}_person.csv",
        ]  # fmt: skip
    return found
