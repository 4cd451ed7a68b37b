"""Every reader of files that people hand in, with files to begin from and ways to spoil them."""

import contextlib
import hashlib
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.analysis_plan.lock_file import read_locks
from cesp_analysis.clean.evaluate import evaluated
from cesp_analysis.declared.coded_files import CodedFile
from cesp_analysis.declared.expressions import Holds, fault_in
from cesp_analysis.declared.file_forms import Header, Redcap, Written
from cesp_analysis.declared.interviews import Codebook, Interviews
from cesp_analysis.declared.source_list import read_sources
from cesp_analysis.declared.value_sets import ValueSet
from cesp_analysis.economics.price_index import read_index
from cesp_analysis.economics.prices import read_prices
from cesp_analysis.errors import CespError
from cesp_analysis.feasibility.judgements import read_judgements
from cesp_analysis.instruments.score import broken_example
from cesp_analysis.instruments.types import read_instrument
from cesp_analysis.instruments.value_tables import read_value_table
from cesp_analysis.intake.corrections import read_corrections
from cesp_analysis.intake.key import key_of
from cesp_analysis.intake.read import read_raw
from cesp_analysis.intake.redcap import read_dictionary
from cesp_analysis.integration.context import read_context
from cesp_analysis.integration.inferences import read_inferences
from cesp_analysis.interviews.codebook import read_codebook
from cesp_analysis.interviews.read import import_interviews
from cesp_analysis.models.prior import read_prior
from cesp_analysis.planning.sizes_file import read_sizes
from cesp_analysis.provenance.manifest import HEADER
from cesp_analysis.provenance.published import read_published
from cesp_analysis.provenance.record import Made, Record, as_data, read_record
from cesp_analysis.provenance.verify import verify
from cesp_analysis.schemas import Raw
from cesp_analysis.simulate.spec import read_simulation
from cesp_analysis.study.read import read_study
from cesp_analysis.survey.external_lines import read_external
from cesp_analysis.survey.margins import read_margins
from cesp_analysis.survey.specs import declared_of
from fuzz import seeds
from fuzz.mutate import (
    Mutator,
    csv_alike,
    csv_of,
    spoilt_any,
    spoilt_bytes,
    spoilt_expression,
    spoilt_json,
    spoilt_xml,
    spoilt_yaml,
    spoilt_zip,
    yaml_alike,
    zip_alike,
)
from fuzz.seeds import BASE, RAW, ROOT, SHARED, Seed, text_of, whole
from fuzz.studies import lay, lay_root, new_study, of_study, root_study, study_files

Read = Callable[[Path], Any]


@dataclass(frozen=True)
class Reader:
    """A reader: what it reads, how its files are spoilt, and what it makes of one.

    alike: how a file is written otherwise without being changed.
    """

    name: str
    seeds: Sequence[Seed]
    spoil: Sequence[Mutator]
    read: Read
    alike: Mutator | None = None
    prepare: Callable[[Path], None] = field(default=lambda folder: None)


def _raw(path: Path, **how: Any) -> str:
    """A raw file, read as `intake` does; what is read can be kept."""
    frame = read_raw(path, Written(path=path.name, **how))
    contracts.write(frame, Path("kept.parquet"), Raw)
    return frame.astype(object).to_csv() + repr(sorted(frame.attrs.items(), key=str))


def _described(path: Path) -> str:
    """What `cesp describe FILE` prints."""
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        from cesp_analysis.intake.look import describe

        describe([path])
    return shown.getvalue()


def _coded(path: Path, **how: Any) -> str:
    """Coded interviews from one file."""
    declared = Interviews(files={"one": CodedFile(path=path.name, **how)})
    made = import_interviews(declared, Path(), ("north", "south"))
    return "".join(part.to_csv() for part in vars(made).values())


def _expression(path: Path) -> str:
    """An expression, checked and, where it may be, computed."""
    text = path.read_bytes().decode("utf-8", "replace")
    known = {
        "score": Holds("number"),
        "age": Holds("number"),
        "sex": Holds("words", frozenset({"f", "m"})),
        "on": Holds("date"),
    }
    if fault := fault_in(text, known):
        raise CespError(f"config.yaml: {fault}")
    frame = pd.DataFrame(
        {
            "score": [1.0, np.nan, 0.0, -3.0],
            "age": [20.0, 90.0, np.inf, 1e300],
            "sex": pd.Series(["f", None, "m", ""], dtype="str"),
            "on": pd.Series(["2024-01-01", None, "1999-12-31", ""], dtype="str"),
        }
    )
    return evaluated(frame, text).to_csv()


def _instrument(path: Path) -> Any:
    read = read_instrument(path)
    if wrong := list(broken_example(read)):
        raise CespError(f"{path}: {line}" for line in wrong)
    return read


EQ5D = ValueSet(
    instrument="eq5d_5l", path="values.csv", label="EQ-5D", source="somebody", age="age", sex="sex"
)
STATES = (
    b"state,value,age,sex\n11111,1,18-34,f\n11112,0.9,18-34,m\n55555,-0.3,35-59,f\n"
    b"21111,0.8,60+,m\n"
)
JUDGED = (
    b"criterion,zone,evidence,justification,by,date\nreach,green,many,Enough came,Team,2025-01-02\n"
)
SIZES = b"location,arm,people\na,control,30\nb,control,20\nc,intervention,10\nd,intervention,40\n"
FRAMEWORK = (
    b'person,site,Time,"Limits"\nWren,north,"I had time; again","no bus"\nKite,south,,Nobody came\n'
)
SEGMENTS = (
    b"doc,code,text,coder,start\nWren,time > shared,I had time,Ada,3\nKite,limits,No bus,Ben,4\n"
)
EXCERPTS = {
    "kind": "excerpts",
    "columns": {
        "excerpt": "id", "interview": "who", "site": "where", "role": "what", "theme": "theme",
        "construct": "construct", "valence": "valence", "text": "said",
    },
    "cleared": {"column": "quote"},
}  # fmt: skip
FRAME = {"kind": "framework", "between": ";", "columns": {"interview": "person", "site": "site"}}
CODES = b"code,id,about\ntime,1,Time\ntime > shared,2,\nlimits,3,What hinders\n"
BOOK = {"code": "code", "id": "id", "description": "about"}
TEXT = [csv_of(), csv_of(), spoilt_bytes]
TREES = [spoilt_yaml, spoilt_yaml, spoilt_bytes]


def _beside(name: str, files: Sequence[Seed], read: Read) -> Reader:
    """A reader of a CSV beside the raw files."""
    return Reader(name, files, TEXT, read, csv_alike())


@cache
def readers() -> tuple[Reader, ...]:
    """All of them, the raw files first."""
    return (*_of_raw_files(), *_of_interviews(), *_of_tables_beside(), *_of_yaml(), *_of_studies())


def _of_raw_files() -> tuple[Reader, ...]:
    plain = text_of(*sorted(RAW.glob("*.csv")))
    odd = text_of(*seeds.exports("csv_encodings_separators/*.csv"))
    qualtrics = text_of(*seeds.exports("qualtrics*/*.csv")) or plain
    dictionary = text_of(BASE / "redcap_dictionary.csv", *seeds.exports("redcap*/*ictionary.csv"))
    labelled = text_of(BASE / "redcap_labelled.csv")
    syntax = text_of(*seeds.exports("limesurvey*/*.R"), lines=80)
    answers = {path.name: path.read_bytes() for path in seeds.exports("limesurvey*/*.csv")}
    books = seeds.workbooks()
    wide = [(name, c.decode("utf-8", "replace").encode("utf-16")) for name, c in plain]
    return (
        Reader("csv", [*plain, *odd], TEXT, _raw, csv_alike()),
        Reader("csv, utf-16", wide,
               [csv_of(",", "utf-16"), spoilt_bytes], partial(_raw, encoding="utf-16")),
        Reader("csv, three header rows", qualtrics, TEXT, partial(_raw, header=Header(rows=3))),
        Reader("csv, joined names", plain, TEXT,
               partial(_raw, header=Header(rows=2, names="joined", repeated="number",
                                           nameless="number"), last_line=30, nul_bytes="drop")),
        Reader("xlsx", books, [spoilt_zip], _raw, zip_alike),
        Reader("xlsx, joined names", books, [spoilt_zip],
               partial(_raw, header=Header(rows=2, names="joined", nameless="number"))),
        Reader("sav", seeds.spss(), [spoilt_bytes], _raw),
        Reader("dta", seeds.stata(), [spoilt_bytes], _raw),
        Reader("redcap dictionary", dictionary, TEXT, lambda path: read_dictionary(path.name)),
        Reader("redcap dictionary of an export", dictionary[:1], TEXT,
               partial(_of_dictionary, labelled[0])),
        Reader("redcap labelled", labelled, TEXT, _of_labelled,
               prepare=lambda folder: _put(folder, "dictionary.csv", dictionary[0][1])),
        *((Reader("limesurvey syntax", syntax, [spoilt_bytes],
                  lambda path: _raw(Path("answers.csv"), header=Header(syntax=path.name)),
                  prepare=lambda folder: _put(
                       folder, "answers.csv", next(iter(answers.values())))),)
          if syntax and answers else ()),
        Reader("describe", [*plain, *odd], [csv_of(), spoilt_bytes], _described),
        Reader("describe workbooks", books, [spoilt_zip], _described),
        Reader("describe SPSS and Stata", [*seeds.spss(), *seeds.stata()],
               [spoilt_bytes], _described),
    )  # fmt: skip


def _put(folder: Path, name: str, content: bytes) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)


def _of_dictionary(export: Seed, path: Path) -> str:
    """An export, read with a spoilt data dictionary."""
    Path("export.csv").write_bytes(export[1])
    return _raw(Path("export.csv"), redcap=Redcap(dictionary=path.name, labelled=True))


def _of_labelled(path: Path) -> str:
    return _raw(path, redcap=Redcap(dictionary="dictionary.csv", labelled=True))


def _of_interviews() -> tuple[Reader, ...]:
    codebooks = whole(*seeds.exports("*/*.qdc")) or [("book.qdc", QDC)]
    people = [("people.csv", b"interview,site,role,order\nWren,north,staff,1\nKite,south,,2\n")]
    return (
        Reader("qdpx", seeds.projects(), [spoilt_zip], partial(_coded, kind="qdpx"), zip_alike),
        Reader("qdc", [*codebooks, ("book.qdc", QDC)], [spoilt_xml, spoilt_xml, spoilt_bytes],
               lambda path: read_codebook(path, Codebook(path=path.name))),
        Reader("codebook of a table", [("codes.csv", CODES)], TEXT,
               lambda path: read_codebook(path, Codebook(path=path.name, columns=BOOK,  # type: ignore[arg-type]
                                                         hierarchy=" > ")), csv_alike()),
        Reader("coded excerpts", seeds.TABLES_OF_CODINGS, TEXT, partial(_coded, **EXCERPTS),
               csv_alike()),
        Reader("coded segments", [("segments.csv", SEGMENTS)], TEXT,
               partial(_coded, kind="segments", hierarchy=" > ", columns={
                   "interview": "doc", "code": "code", "text": "text", "coder": "coder"}),
               csv_alike()),
        Reader("framework matrix", [("matrix.csv", FRAMEWORK)], TEXT, partial(_coded, **FRAME),
               csv_alike()),
        Reader("interviewed people", people, TEXT, _interviewed, csv_alike()),
    )  # fmt: skip


QDC = (
    b'<?xml version="1.0" encoding="utf-8"?>\n<CodeBook xmlns="urn:QDA-XML:codebook:1.0" '
    b'origin="x"><Codes><Code guid="00000001-0000-4000-8000-000000000000" name="time" '
    b'isCodable="true"><Description>About</Description><Code '
    b'guid="00000002-0000-4000-8000-000000000000" name="shared" isCodable="true"/></Code></Codes>'
    b"</CodeBook>"
)


def _interviewed(path: Path) -> str:
    """Coded excerpts with a table of who was interviewed."""
    Path("matrix.csv").write_bytes(FRAMEWORK)
    declared = Interviews.model_validate(
        {
            "files": {"one": FRAME | {"path": "matrix.csv", "columns": {"interview": "person"},
                                      "ignored": ["site"]}},
            "people": {"path": path.name,
                       "columns": {"site": "site", "role": "role", "order": "order"}},
        }
    )  # fmt: skip
    made = import_interviews(declared, Path(), ("north", "south"))
    return "".join(part.to_csv() for part in vars(made).values())


def _of_tables_beside() -> tuple[Reader, ...]:
    levels = [(1, 5)] * 5
    shipped = ROOT / "src" / "cesp_analysis"
    values = text_of(*sorted((SHARED / "eq5d_value_sets").glob("*crosswalk*.csv")))
    plain = {"age": None, "sex": None, "value": "uk_crosswalk"}
    crosswalk = EQ5D.model_copy(update=plain) if values else EQ5D
    study = read_study(ROOT)
    assert study.integration is not None
    (figures,) = study.external.values()
    population, constructs = declared_of(study), study.integration.constructs
    costs = [*text_of(ROOT / "data/unit_costs.csv"),
             *text_of(shipped / "economics/prices/unit_costs.csv")]  # fmt: skip
    margins = text_of(RAW / "population_age_sex.csv", RAW / "population_tenure.csv", lines=400)
    return (
        _beside("value set", [("values.csv", STATES)],
                lambda path: read_value_table(path, EQ5D, levels)),
        _beside("value set of a file", values or [("values.csv", STATES)],
                lambda path: read_value_table(path, crosswalk, levels)),
        _beside("unit costs", costs, read_prices),
        _beside("price index", text_of(shipped / "economics/prices/price_index.csv"), read_index),
        _beside("inferences", text_of(ROOT / "data/inferences.csv"),
                partial(read_inferences, constructs=constructs)),
        _beside("context", text_of(ROOT / "data/context_events.csv"),
                partial(read_context, sites=study.sites)),
        _beside("judgements", [("judged.csv", JUDGED)],
                partial(read_judgements, criteria={"reach": True, "overall": True})),
        _beside("sizes of locations", [("sizes.csv", SIZES)], read_sizes),
        _beside("prior of shocks", text_of(shipped / "models/shock_prior.csv"), read_prior),
        _beside("figures from outside", text_of(ROOT / figures.path, lines=4000),
                partial(read_external, own=figures)),
        _beside("margins", margins, lambda path: read_margins([path], population)),
        _beside("published numbers",
                text_of(*sorted((ROOT / "examples").glob("*/expected.csv"))), read_published),
    )  # fmt: skip


def _of_yaml() -> tuple[Reader, ...]:
    instruments = whole(*sorted((ROOT / "src/cesp_analysis/instruments").glob("*.yaml")))
    corrections = whole(RAW / "CORRECTIONS.yaml")
    return (
        Reader("SOURCES.yaml", seeds.sources_file(), TREES, read_sources, yaml_alike),
        Reader("CORRECTIONS.yaml", corrections, TREES, read_corrections, yaml_alike),
        Reader("instrument", instruments, TREES, _instrument, yaml_alike),
        Reader("simulation.yaml", whole(ROOT / "data/simulation.yaml"), TREES, read_simulation,
               yaml_alike),
        Reader("expressions", seeds.EXPRESSIONS,
               [spoilt_expression, spoilt_expression, spoilt_bytes], _expression),
        Reader("key of pseudonyms", [("study.key", b"0123456789abcdef" * 4 + b"\n")],
               [spoilt_bytes], lambda path: key_of("", path).pseudonym("P1")),
    )  # fmt: skip


A_TABLE = b"a\n1\n"
MANIFEST = f"{','.join(HEADER)}\na.csv,4,{hashlib.sha256(A_TABLE).hexdigest()}\n".encode()
COUNTED = Made(
    "check", "check", "Counts.", {}, {"b.csv": "0" * 64}, {"a.csv": "1" * 64}, "2" * 64, 3, "{}",
    "cesp check --spec SPEC", "snakemake b.csv", 5,
)  # fmt: skip
RECORD = json.dumps(as_data(Record("cesp 1.0", (COUNTED,)))).encode()


def _verified(path: Path) -> str:
    """What `cesp verify` says of results with this manifest."""
    shown = io.StringIO()
    Path("results/manifest.csv").write_bytes(path.read_bytes())
    with contextlib.redirect_stdout(shown):
        verify(Path("results"))
    return shown.getvalue()


def _of_studies() -> tuple[Reader, ...]:
    """Whole studies, of which one file is spoilt: what follows from what is read."""
    root = whole(ROOT / "config.yaml")
    drafts = [*text_of(*sorted(RAW.glob("*.csv"))), *seeds.workbooks(), *seeds.spss(),
              *seeds.stata()]  # fmt: skip
    return (
        Reader("config.yaml", study_files("config.yaml"), TREES, of_study, yaml_alike, lay),
        Reader("config.yaml of the root study", root, TREES, root_study, yaml_alike, lay_root),
        Reader("study with SOURCES.yaml", study_files("SOURCES.yaml"), TREES, of_study, None, lay),
        Reader("study with CORRECTIONS.yaml", study_files("CORRECTIONS.yaml"), TREES, of_study,
               None, lay),
        Reader("study with raw files", study_files("people.csv", "before.csv", "after.csv"),
               [csv_of(), csv_of(), spoilt_bytes], of_study, csv_alike(), lay),
        Reader("study with coded interviews",
               study_files("coded.csv", "again.coded.csv", "inferences.csv", "context.csv"),
               [csv_of(), csv_of(), spoilt_bytes], of_study, None, lay),
        Reader("plan lock", whole(ROOT / "analysis_plan.lock.json", largest=10**6),
               [spoilt_json], read_locks),
        Reader("manifest of results", [("manifest.csv", MANIFEST)], TEXT, _verified, None,
               prepare=lambda folder: _put(folder, "results/a.csv", A_TABLE)),
        Reader("record of results", [("provenance.json", RECORD)], [spoilt_json], read_record),
        Reader("new-study", drafts, [spoilt_any], new_study),
    )  # fmt: skip
