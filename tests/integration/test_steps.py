"""The steps of interviews and integration: from files to tables, as the rules run them."""

import csv
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cesp_analysis import contracts
from cesp_analysis.cli import main
from cesp_analysis.errors import CespError
from cesp_analysis.integration.tables import JointDisplay, JointQuotes, ProcessEvents, TheoryLinks
from cesp_analysis.interviews.tables import (
    CodeChanges,
    CoderAgreementRows,
    Excerpts,
    ImportNotes,
    InterviewRows,
    RecodedExcerpts,
    StoppingRules,
    ThemeCoverage,
    ThemeMatrixRows,
)
from cesp_analysis.pipeline import opened
from delivery_study import CONTACTS, MEETINGS, delivered
from feasible import feasible, made
from interviewed_study import CODED, commands, interviewed, ran
from small_study import Study, inside


def rows(folder: Path, name: str, contract: Any) -> list[dict[str, Any]]:
    return list(contracts.rows(folder / f"results/tables/{name}.csv", contract))


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("interviewed")
    ran(folder)
    return folder


def test_a_second_coder_is_compared_and_counts_in_nothing_else(done: Path) -> None:
    """E4 is 'limits' by the first, 'time' by the second: 4 of 5 excerpts alike, so that kappa is
    (.8 - .56) / (1 - .56), by hand."""
    whole = contracts.read(done / "data/processed/excerpts.parquet", Excerpts)
    assert whole["counted"].value_counts().to_dict() == {"yes": 5, "no": 5}
    counts = {(r["theme"], r["site"], r["role"]): r["excerpts"] for r in
              rows(done, "theme_matrix", ThemeMatrixRows)}  # fmt: skip
    assert sum(counts.values()) == 5
    assert counts["limits", "south", "service_user"] == 1
    alike = {
        (r["theme"], r["measure"]): r for r in rows(done, "coder_agreement", CoderAgreementRows)
    }
    assert alike["limits", "percent"]["estimate"] == pytest.approx(0.8, rel=1e-12)
    assert alike["limits", "kappa"]["estimate"] == pytest.approx(0.24 / 0.44, rel=1e-12)
    assert alike["limits", "kappa"]["ci_low"] is None
    assert "3 interviews: an interval needs at least 10" in alike["limits", "kappa"]["reason"]


def test_what_was_coded_anew_is_told(done: Path) -> None:
    changes = {row["change"]: row for row in rows(done, "code_changes", CodeChanges)}
    assert (changes["merged"]["code"], changes["merged"]["into"]) == ("buses", "limits")
    assert changes["kept"]["after"] == 2
    told = [(r["change"], r["excerpt"]) for r in rows(done, "recoded", RecodedExcerpts)]
    assert told == [("recoded", "E2"), ("added", "E5")]


def test_what_each_interview_adds_and_the_rules_that_need_more(done: Path) -> None:
    added = {r["interview"]: r["new"] for r in rows(done, "theme_coverage", ThemeCoverage)
             if r["by"] == "theme"}  # fmt: skip
    assert added == {"Wren": 2, "Lark": 0, "Kite": 0}
    reasons = {r["rule"]: r["reason"] for r in rows(done, "stopping_rules", StoppingRules)}
    assert reasons["little_new"] == "3 interviews were held; the rule needs 6"
    assert [r["role"] for r in rows(done, "interviews", InterviewRows)] == [
        "staff", "volunteer", "service_user",
    ]  # fmt: skip


def test_the_joint_display_says_what_is_lacking_and_infers_nothing(done: Path) -> None:
    own = {row["construct"]: row for row in rows(done, "joint_display", JointDisplay)}
    assert list(own) == ["lonely", "score", "delivery", "weather"], "declared first, then others"
    score = own["score"]
    assert (score["estimate_id"], score["direction"]) == ("did/score/after", "unclear")
    assert score["ci_low_shock"] < score["ci_low"] < score["ci_high"] < score["ci_high_shock"]
    assert (score["inference"], score["inference_text"]) == ("to be written", "")
    assert own["lonely"]["inference"] == "confirm", "as people wrote it"
    assert "the inference says confirm, but fewer than two sources speak" in own["lonely"]["flags"]
    assert own["lonely"]["of_control"] == 1
    assert own["lonely"]["majority"] == "", "two speak of it, which is nobody's majority"
    assert own["weather"]["declared"] == "no"
    quoted = {row["excerpt"]: row["text"] for row in rows(done, "joint_quotes", JointQuotes)}
    assert quoted["E1"] == "I had <b>time</b> & tea"
    assert "E2" not in quoted, "it is not cleared"


def test_links_say_what_they_are_held_to(done: Path) -> None:
    links = rows(done, "theory_links", TheoryLinks)
    assert [(r["link"], r["evidence"], r["there"]) for r in links] == [
        ("a", "construct", "yes"), ("b", "estimate", "yes"),
    ]  # fmt: skip
    (context, everywhere) = rows(done, "process", ProcessEvents)
    assert (context["site"], everywhere["site"]) == ("north", "")


def test_contacts_meetings_and_ratings_stand_on_one_time_line(tmp_path: Path) -> None:
    """Kept contacts alone, in the month in which they were, at the person's site."""
    study, asked = delivered(tmp_path), interviewed(tmp_path)
    study.files |= {n: c for n, c in asked.files.items() if "coded" in n}
    for name in ("interviews", "integration"):
        study.config[name] = asked.config[name]
    assert study.run("panel").status == 0
    with inside(tmp_path):
        assert main(commands()["process"]) == 0
    events = rows(tmp_path, "process", ProcessEvents)
    kinds = {kind: [r for r in events if r["kind"] == kind] for kind in {r["kind"] for r in events}}
    assert set(kinds) == {"contacts", "panel", "fidelity", "context"}
    kept = [line for line in csv.DictReader(CONTACTS.splitlines()) if line["came"] == "yes"]
    assert sum(row["number"] for row in kinds["contacts"]) == len(kept)
    scores = {row["date"]: row["score"] for row in kinds["fidelity"] if row["date"] > "2024-02-28"}
    assert scores == {"2024-09-01": 1.0}, "of three ratings two, since one has one component alone"
    undated = [row["score"] for row in kinds["fidelity"] if not row["date"]]
    assert undated == [0.5] and {row["score"] for row in kinds["contacts"]} == {None}
    held = list(csv.DictReader(MEETINGS.splitlines()))
    assert len(kinds["panel"]) == len({(r["place"], r["day"], r["panel"]) for r in held})


def test_excerpts_bear_on_a_criterion(tmp_path: Path) -> None:
    study = feasible(tmp_path)
    asked = interviewed(tmp_path)
    study.files |= {"coded.csv": CODED}
    coded = dict(asked.config["interviews"]["files"]["one"])
    coded.pop("previous")
    study.config["interviews"] = asked.config["interviews"] | {"files": {"one": coded}}
    for name, own in study.config["feasibility"]["progression"].items():
        own.pop("linked", None)
        if name == "liked":
            own["linked"] = {"construct": "lonely", "by": "valence"}
        if name == "consent":
            own["linked"] = {"role": "staff", "theme": "LIMITS"}  # in whatever case
    study.write()
    with inside(tmp_path):
        assert main(["import_interviews", *_imported()]) == 0
    told = made(study)
    linked = {row["criterion"]: row["linked"] for row in told["progression"]}
    assert linked["liked"] == "3 excerpts of 3 interviews, construct lonely: negative 1, positive 2"
    assert linked["consent"] == "1 excerpt of 1 interview, theme LIMITS and role staff"


def _imported() -> list[str]:
    from cesp_analysis.interviews import specs
    from cesp_analysis.study.read import read_study

    return ["--spec", specs.imported(read_study()), "--out", "data/processed/excerpts.parquet",
            "--interviews", "i.csv", "--codes", "c.csv", "--notes", "n.csv",
            "--pseudonyms", "p.csv"]  # fmt: skip


def faults(study: Study) -> list[str]:
    return [line.removeprefix("config.yaml: ") for line in study.lines()]


def test_what_does_not_fit_the_study_is_told_together(tmp_path: Path) -> None:
    study = interviewed(tmp_path)
    own = study.config["integration"]
    own["constructs"]["lonely"]["outcome"] = "lonly"
    own["constructs"]["score"]["estimate"] = "dod/score/after"
    own["links"]["a"]["evidence"] = [{"construct": "delivry"}]
    own["inferences"] = "../inferences.csv"
    study.config["interviews"]["files"]["one"]["path"] = "elsewhere.csv"
    study.config["interviews"]["sites"] = {"North": "nort"}
    told = "\n".join(faults(study))
    for start in (
        "interviews.sites.North: no site is called 'nort'; did you mean 'north'?",
        "interviews.files.one.path: 'elsewhere.csv' lies outside data/raw",
        "integration.constructs.lonely.outcome: no outcome is called 'lonly'; did you mean",
        "integration.constructs.score.estimate: no model is called 'dod'; did you mean 'did'?",
        "integration.links.a.evidence: no construct is called 'delivry'; did you mean",
        "integration.inferences: '../inferences.csv' leaves the study's folder",
    ):
        assert start in told, start


def test_integration_needs_interviews(tmp_path: Path) -> None:
    study = interviewed(tmp_path)
    del study.config["interviews"]
    assert faults(study) == [
        "integration: joins interviews to the numbers; declare interviews, or leave it out"
    ]


@pytest.mark.parametrize(
    ("linked", "fault"),
    [
        ({"construct": "x"}, "names no file, and there is no section interviews"),
        ({"by": "valence"}, "write theme, construct or role"),
        ({"theme": "x", "where": "y == 1"}, "where: is of a file"),
        ({"theme": "x", "by": "colour"}, "by: no column of excerpts is called 'colour'"),
        ({"file": "people", "theme": "x"}, "theme are of interviews, not of a file"),
    ],
)
def test_what_is_linked_to_a_criterion_is_one_thing(
    tmp_path: Path, linked: dict[str, str], fault: str
) -> None:
    study = feasible(tmp_path)
    study.config["feasibility"]["progression"]["liked"]["linked"] = linked
    assert any(fault in line for line in faults(study)), faults(study)


def test_files_of_interviews_are_held_to_their_checksums(tmp_path: Path) -> None:
    """They are raw files: one that changed stops the run, one that is not listed too."""
    study = interviewed(tmp_path)
    study.write()
    raw = tmp_path / "data/raw"
    raw.joinpath("coded.csv").write_text(CODED.replace("No bus", "No train"), encoding="utf-8")
    with inside(tmp_path), pytest.raises(Exception, match=r"coded\.csv.*has changed since"):
        opened(".")
    listed = raw.joinpath("SOURCES.yaml").read_text(encoding="utf-8")
    study.write()
    raw.joinpath("SOURCES.yaml").write_text(
        listed.replace("coded.csv:", "other.csv:", 1), encoding="utf-8"
    )
    with inside(tmp_path), pytest.raises(Exception, match=r"coded\.csv"):
        opened(".")


def test_a_qdpx_goes_the_same_way(tmp_path: Path) -> None:
    """The root study's excerpts as pyrefiqda wrote them: every excerpt, through the command."""
    root = Path(__file__).resolve().parents[2]
    study = interviewed(tmp_path)
    (tmp_path / "data/raw").mkdir(parents=True, exist_ok=True)
    study.files["root.qdpx"] = (root / "tests/reference/interviews_root.qdpx").read_bytes()
    valences = ("negative", "positive", "mixed")
    names = ("wellbeing", "loneliness", "community", "depression", "health", "delivery")
    study.config["interviews"] = {
        "files": {"one": {
            "path": "data/raw/root.qdpx", "kind": "qdpx",
            "columns": {"site": "site", "role": "role"},
            "construct_codes": {f"construct / {name}": name for name in names},
            "valence_codes": {f"valence / {name}": name for name in valences},
            "cleared": {"code": "may be quoted"},
        }},
        "sites": {"Trafford": "north", "Wexmoor": "south"},
        "roles": {
            "person": "service_user", "link worker": "staff", "referrer": "staff",
            "partner organisation": "community", "community panel": "community",
        },
    }  # fmt: skip
    study.write()
    with inside(tmp_path):
        assert main(["import_interviews", *_imported()]) == 0
    own = contracts.read(tmp_path / "data/processed/excerpts.parquet", Excerpts)
    text = (root / "data/raw/interview_excerpts.csv").read_text(encoding="utf-8")
    raw = list(csv.DictReader(text.splitlines()))
    told = {row["text"] for row in raw if row["cleared_for_quotation"] == "yes"}
    assert set(own.loc[own["cleared"] == "yes", "text"]) == told
    assert len(own) == len(raw) and own.loc[own["cleared"] == "no", "text"].nunique() == 60 - len(
        told
    )
    assert own.loc[own["cleared"] == "no", "text"].str.startswith("not cleared ").all()
    counts = own["valence"].value_counts()
    for word in valences:
        assert counts[word] == sum(row["valence"] == word for row in raw)


def test_faults_of_files_that_people_write_are_told_before_a_run(tmp_path: Path) -> None:
    study = interviewed(tmp_path)
    study.write()
    written = "construct,inference,text\nlonly,confirm,x\nscore,proves,x\n"
    (tmp_path / "inferences.csv").write_text(written, encoding="utf-8")
    (tmp_path / "context.csv").write_text("date,site,label\n1/2/2024,nowhere,x\n", "utf-8")
    (tmp_path / "data/raw/again.coded.csv").unlink()
    with inside(tmp_path), pytest.raises(CespError) as told:
        opened(".")
    assert [line.partition(";")[0] for line in told.value.problems] == [
        "data/raw/again.coded.csv: there is no such file (interviews.files.two.path)",
        "inferences.csv: line 2: no construct is called 'lonly'",
        "inferences.csv: line 3: no inference is called 'proves' (known: confirm, discord, expand,"
        " silence)",
        "context.csv: line 2: date: write a day as YYYY-MM-DD, not '1/2/2024'",
        "context.csv: line 2: no site is called 'nowhere'",
    ]


def test_codings_made_for_agreement_speak_for_no_link(tmp_path: Path) -> None:
    """One more excerpt on what a link is held to, that the second coder alone has."""
    ran(tmp_path)
    before = rows(tmp_path, "theory_links", TheoryLinks)
    path = tmp_path / "data/processed/excerpts.parquet"
    whole = contracts.read(path, Excerpts)
    again = whole[whole["construct"] == "delivery"].iloc[:1].assign(counted="no", excerpt="E9")
    contracts.write(pd.concat([whole, again], ignore_index=True), path, Excerpts)
    with inside(tmp_path):
        assert main(commands()["theorise"]) == 0
    assert [row["excerpts"] for row in before] == [1, None]
    assert rows(tmp_path, "theory_links", TheoryLinks) == before


def test_of_an_earlier_codebook_alone_no_excerpt_is_new_or_lost(done: Path, tmp_path: Path) -> None:
    with inside(done):
        command = commands()["describe_interviews"]
        spec = json.loads(command[command.index("--spec") + 1]) | {"excerpts_before": False}
        other = [json.dumps(spec) if part == command[2] else part for part in command]
        other = [str(tmp_path / Path(part).name) if part.startswith("results") and
                 not part.endswith(("interviews.csv", "codes.csv")) else part
                 for part in other]  # fmt: skip
        assert main(other) == 0
    assert list(contracts.rows(tmp_path / "recoded.csv", RecodedExcerpts)) == []
    (kept, *others) = contracts.rows(tmp_path / "code_changes.csv", CodeChanges)
    assert (kept["change"], kept["before"]) == ("kept", None)
    assert {row["change"] for row in others} == {"merged"}
    known = [row["change"] for row in rows(done, "code_changes", CodeChanges)]
    assert known[:3] == ["kept", "found_by_id", "found_by_words"]


def test_texts_of_the_study_file_that_name_an_interview_and_leave_are_told(tmp_path: Path) -> None:
    study = interviewed(tmp_path / "named")
    study.config["integration"]["constructs"]["delivery"]["label"] = "What wren brought"
    study.config["checklists"] = {"GRAMMS": {"1": "Two questions, as Kite put it.", "2": "Wrens."}}
    assert study.run().status == 0
    with inside(study.folder):
        assert main(commands()["import_interviews"]) == 0
    told = {row["first"]: row["fact"] for row in rows(study.folder, "import_notes", ImportNotes)
            if row["kind"] == "names_somebody"}  # fmt: skip
    assert set(told) == {"integration.constructs.delivery.label", "checklists.GRAMMS.1"}
    assert told["checklists.GRAMMS.1"] == (
        "checklists.GRAMMS.1 names 'Kite', the pseudonym of an interview, and leaves the team as it"
        " is; write it otherwise"
    )
