"""Drafts of tiny files made by hand: what is told apart, and what is asked."""

import os
import stat
import sys
from pathlib import Path

import pytest
import yaml

from cesp_analysis.cli import main
from cesp_analysis.declared.source_list import read_sources, sha256_of
from cesp_analysis.declared.strict_yaml import read_yaml
from cesp_analysis.errors import CespError
from cesp_analysis.new_study.commented import flow
from cesp_analysis.new_study.moments import in_order, moment_in
from cesp_analysis.new_study.tables import slug
from cesp_analysis.permissions import open_to_others
from cesp_analysis.pipeline import opened
from cesp_analysis.study.read import checked
from small_study import PEOPLE, answers, inside

sys.path.insert(0, str(Path(__file__).parent))
from drafting import drafted, part, text_of, written

IDS = range(1, 21)


def rows(head: str, *cells: str) -> str:
    """A CSV of twenty rows; {i} is the row's number, a list of words cycles."""
    lines = [
        ",".join(cell.split("|")[i % len(cell.split("|"))].format(i=i) for cell in cells)
        for i in IDS
    ]
    return "\n".join([head, *lines]) + "\n"


def three(folder: Path) -> list[Path]:
    """The small study's files."""
    return written(folder, people_csv=PEOPLE, before_csv=answers(0), after_csv=answers(1))


def test_people_times_sites_and_instruments_are_found(tmp_path: Path) -> None:
    study = drafted(tmp_path / "s", *three(tmp_path / "given"))
    assert {name: file.level for name, file in study.files.items()} == {
        "people": "person", "before": "person", "after": "person",
    }  # fmt: skip
    assert study.files["people"].lists_people and study.files["people"].unit == "id"
    assert list(study.times) == ["before", "after"] and list(study.sites) == ["north", "south"]
    assert {site.arm for site in study.sites.values()} == {"undecided"}
    likely = text_of(tmp_path / "s")
    assert 'u_1 to u_3 have as many items and the range of ucla3' in likely  # fmt: skip
    assert study.files["before"].instruments == {}


def test_others_on_the_machine_cannot_look_into_the_raw_files(tmp_path: Path) -> None:
    mask = os.umask(0o022)
    try:
        drafted(tmp_path / "s", *three(tmp_path / "given"))
        theirs = tmp_path / "t/data/raw"
        theirs.mkdir(parents=True)
        drafted(tmp_path / "t", *three(tmp_path / "given"))
    finally:
        os.umask(mask)
    assert stat.S_IMODE((tmp_path / "s/data/raw").stat().st_mode) == 0o750
    assert not open_to_others(tmp_path / "s/data/raw")
    assert stat.S_IMODE(theirs.stat().st_mode) == 0o755  # as somebody made it


def test_a_run_of_a_draft_says_what_is_left_to_decide(tmp_path: Path) -> None:
    drafted(tmp_path / "s", *three(tmp_path / "given"))
    with inside(tmp_path / "s"), pytest.raises(CespError) as error:
        opened(".")
    shared = "data/raw/SOURCES.yaml: files.people.csv and 2 more:"
    assert list(error.value.problems) == [
        "config.yaml: a valid draft; 9 things are still to decide before it can run",
        "config.yaml: models: needs at least 1 of them, as change: {kind: did, design: change,"
        " outcomes: [NAME]}",
        "config.yaml: study.title: is undecided; write it",
        "config.yaml: study.about: is undecided; write it",
        "config.yaml: sites.north.arm: is undecided; write intervention or control",
        "config.yaml: sites.south.arm: is undecided; write intervention or control",
        "config.yaml: outcomes: needs at least 1 of them",
        f"{shared} supplier: is undecided; write it",
        f"{shared} received: is undecided; write it",
        f"{shared} licence: is undecided; write it",
    ]


def test_a_mistake_in_a_draft_is_told_beside_what_is_left(tmp_path: Path) -> None:
    drafted(tmp_path / "s", *three(tmp_path / "given"))
    path = tmp_path / "s/config.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("level: person", "level: persn", 1))
    with inside(tmp_path / "s"), pytest.raises(CespError) as error:
        opened(".")
    lines = error.value.problems
    assert "did you mean 'person'?" in lines[0] and not any("valid draft" in x for x in lines)
    assert "config.yaml: study.title: is undecided; write it" in lines


def test_a_gap_is_a_mistake_where_nothing_says_draft(tmp_path: Path) -> None:
    drafted(tmp_path / "s", *three(tmp_path / "given"))
    path = tmp_path / "s/config.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("  draft: true\n", ""))
    with inside(tmp_path / "s"), pytest.raises(CespError) as error:
        opened(".")
    undecided = "config.yaml: sites.north.arm: is undecided; write intervention or control"
    assert undecided in error.value.problems


def test_a_draft_with_nothing_left_says_so(tmp_path: Path) -> None:
    head, given = "id,site,phq9_{}", tmp_path / "given"
    items = ",".join(f"phq9_{i}" for i in range(1, 10))
    values = ["0|1|2|3"] * 9
    files = written(
        given,
        people_csv=rows("id,site", "P{i}", "North|South"),
        baseline_csv=rows(f"id,{items}", "P{i}", *values),
        after_6m_csv=rows(f"id,{items}", "P{i}", *["1|2|3|0"] * 9),
    )
    assert head
    study = drafted(tmp_path / "s", *files)
    assert list(study.models) == ["did_change"] and list(study.outcomes) == ["phq9"]
    for name, words in (
        ("config.yaml", {"title: undecided": "title: T", "about: undecided": "about: A",
                         "North, arm: undecided": "North, arm: control",
                         "South, arm: undecided": "South, arm: intervention"}),
        ("data/raw/SOURCES.yaml", {"undecided": "x"}),
    ):  # fmt: skip
        path = tmp_path / "s" / name
        text = path.read_text(encoding="utf-8")
        for before, after in words.items():
            text = text.replace(before, after)
        path.write_text(text, encoding="utf-8")
    with inside(tmp_path / "s"), pytest.raises(CespError) as error:
        opened(".")
    (line,) = error.value.problems
    assert line == "config.yaml: study.draft: nothing is left to decide; remove this setting"
    path = tmp_path / "s/config.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("  draft: true\n", ""))
    with inside(tmp_path / "s"):
        assert opened(".").outcomes["phq9"].direction == "lower_is_better"


def test_a_site_in_another_case_is_the_same_site(tmp_path: Path) -> None:
    files = written(
        tmp_path / "given",
        people_csv=rows("id,site", "P{i}", "North|South"),
        screening_csv=rows("screening_id,site", "S{i}", "NORTH|south |South|Elsewhere"),
    )
    study = drafted(tmp_path / "s", *files)
    assert set(study.sites) == {"north", "south", "elsewhere"}
    site = study.files["screening"].site
    assert site is not None and site.values is not None
    assert {word.casefold() for word in site.values} == set(study.sites)


def test_a_date_that_may_be_read_in_two_ways_is_asked_about(tmp_path: Path) -> None:
    files = written(
        tmp_path / "given",
        people_csv=rows("id,site,asked_on", "P{i}", "North|South", "01/02/2024|03/04/2024"),
        baseline_csv=rows("id,visit_date", "P{i}", "05/06/2024|07/08/2024"),
    )
    drafted(tmp_path / "s", *files)
    assert part(tmp_path / "s", "baseline")["date"] == {"column": "visit_date"}
    asked = 'How are dates written, format: "%d/%m/%Y" or format: "%m/%d/%Y"?'
    assert asked in text_of(tmp_path / "s")


@pytest.mark.parametrize(
    ("name", "items", "cells"),
    [
        pytest.param("phq9", 9, "1|2|3|4", id="its range does not fit"),
        pytest.param("ucla", 20, "1|2|3", id="it is longer"),
    ],
)
def test_another_questionnaire_of_that_name_is_not_taken(
    tmp_path: Path, name: str, items: int, cells: str
) -> None:
    head = ",".join(["id", *(f"{name}_{i}" for i in range(1, items + 1))])
    text = rows(head, "P{i}", *[cells] * items)
    study = drafted(tmp_path / "s", *written(tmp_path / "given", people_csv=text))
    assert study.files["people"].instruments == {}


def test_of_two_versions_the_range_tells_which(tmp_path: Path) -> None:
    names = ("mobility", "self_care", "usual_activities", "pain", "anxiety")
    head = ",".join(["id", *(f"eq5d_{name}" for name in names)])
    for highest, found in (("5", "eq5d_5l"), ("3", "eq5d_3l")):
        folder = tmp_path / found
        text = rows(head, "P{i}", *[f"1|2|3|{highest}"] * 5)
        study = drafted(folder / "s", *written(folder / "given", people_csv=text))
        assert list(study.files["people"].instruments) == [found]
        assert ("eq5d_3l, or eq5d_5l? Both fit." in text_of(folder / "s")) == (highest == "3")


def test_a_questionnaire_that_stands_there_twice_is_asked_about(tmp_path: Path) -> None:
    items = ",".join(f"phq9_{i}_{time}" for time in ("t0", "t1") for i in range(1, 10))
    text = rows(f"id,{items}", "P{i}", *["0|1|2|3"] * 18)
    study = drafted(tmp_path / "s", *written(tmp_path / "given", people_csv=text))
    assert study.files["people"].instruments == {"phq9": "phq9_{item}_t0"}
    asked = "phq9 seems to stand there several times, as phq9_{item}_t0 and as phq9_{item}_t1"
    assert asked in text_of(tmp_path / "s")


def test_answers_of_each_time_in_one_file_become_two_entries(tmp_path: Path) -> None:
    text = "person_id,visit,town,score\n" + "".join(
        f"P{i},{visit},{'North' if i % 2 else 'South'},{i + n}\n"
        for i in IDS
        for n, visit in enumerate(("baseline", "6 months"))
    )
    study = drafted(tmp_path / "s", *written(tmp_path / "given", all_csv=text))
    people, answered = study.files["people"], study.files["all"]
    assert people.lists_people and people.rows == {"visit": ("baseline",)}
    assert answered.time is not None
    assert answered.time.values == {"baseline": "baseline", "6 months": "6_months"}
    assert "score" in answered.variables and "score" not in people.variables


def test_individual_allocation_is_not_guessed(tmp_path: Path) -> None:
    text = rows("id,group,bdi.pre,bdi.2m", "P{i}", "A|B", "{i}", "{i}")
    study = drafted(tmp_path / "s", *written(tmp_path / "given", trial_csv=text))
    arm = study.files["trial"].arm
    assert arm is not None and arm.values == {"A": "undecided", "B": "undecided"}
    assert study.sites == {}
    assert study.files["trial"].variables["bdi"].columns == {"pre": "bdi.pre", "2m": "bdi.2m"}
    assert list(study.times) == ["pre", "2m"]
    assert "Do bdi.pre, bdi.2m hold one question at these times?" in text_of(tmp_path / "s")


def test_one_group_alone_is_a_question_not_a_guess(tmp_path: Path) -> None:
    text = rows("id,age", "P{i}", "{i}")
    drafted(tmp_path / "s", *written(tmp_path / "given", people_csv=text))
    path = tmp_path / "s/config.yaml"
    assert "Where does it say the site or arm of each person?" in text_of(tmp_path / "s")
    edited = path.read_text(encoding="utf-8").replace(
        "one_row_per: unit\n", "one_row_per: unit\n    arm: {constant: intervention}\n"
    )
    path.write_text(edited.replace("  control: {label: Control}\n", ""), encoding="utf-8")
    with inside(tmp_path / "s"), pytest.raises(CespError) as error:
        opened(".")
    assert not [line for line in error.value.problems if "arm" in line or "model" in line]


def test_what_may_tell_who_somebody_is_is_never_declared(tmp_path: Path) -> None:
    text = rows(
        "id,first_name,dob,postcode,e_mail,notes,answers_to",
        "P{i}", "Ann|Bob", "1970-01-01", "M33 4AB|M1 1AA", "a@x.org|b@x.org", "fine|well",
        "ann@x.org|bob@y.org",
    )  # fmt: skip
    study = drafted(tmp_path / "s", *written(tmp_path / "given", people_csv=text))
    people = study.files["people"]
    assert people.variables == {}
    assert set(people.ignored) == {"first_name", "dob", "postcode", "e_mail", "answers_to"}


def test_an_answer_a_row_is_asked_about(tmp_path: Path) -> None:
    text = "id,item,score\n" + "".join(f"P{i},q{j},{j % 3}\n" for i in IDS for j in range(4))
    drafted(tmp_path / "s", *written(tmp_path / "given", long_csv=text))
    assert part(tmp_path / "s", "long")["long_format"] == {"question": "item", "answer": "score"}
    assert "Each row looks like one answer (item: score)" in text_of(tmp_path / "s")


def test_titles_notes_and_a_file_without_names(tmp_path: Path) -> None:
    table = "Register of 2024;;;\n;;;\nid;town;age;sex\n" + "".join(
        f"P{i};North;{i},5;f\n" for i in IDS
    ) + "Source: own count;;;\n"  # fmt: skip
    bare = "".join(f"{i},{i % 3},{i % 5}\n" for i in IDS)
    files = written(tmp_path / "given", register_csv=table, bare_csv=bare)
    study = drafted(tmp_path / "s", *files)
    register, plain = study.files["register"], study.files["bare"]
    assert (register.header.skip, register.last_line, register.separator) == (2, 23, ";")
    assert register.decimal == ","
    assert (plain.header.rows, plain.header.columns) == (0, ("column_1", "column_2", "column_3"))


def test_sources_are_listed_and_data_kept_out_of_git(tmp_path: Path) -> None:
    files = three(tmp_path / "given")
    (tmp_path / "s").mkdir()
    (tmp_path / "s/.gitignore").write_text("notes.txt", encoding="utf-8")
    drafted(tmp_path / "s", *files)
    sources = read_sources(tmp_path / "s/data/raw/SOURCES.yaml")
    assert {n: s.sha256 for n, s in sources.items()} == {p.name: sha256_of(p) for p in files}
    assert sources["people.csv"].row == "one person"
    lines = (tmp_path / "s/.gitignore").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "notes.txt"
    assert {"data/raw/*", "data/processed/", "results/", "*.key"} <= set(lines)


def test_files_that_lie_there_already_are_left_alone(tmp_path: Path) -> None:
    files = written(tmp_path / "s/data/raw/2024", people_csv=PEOPLE)
    times = [path.stat().st_mtime_ns for path in files]
    study = drafted(tmp_path / "s", *files)
    assert study.files["people"].path == "data/raw/2024/people.csv"
    assert [path.stat().st_mtime_ns for path in files] == times
    assert list(read_sources(tmp_path / "s/data/raw/SOURCES.yaml")) == ["2024/people.csv"]


def test_the_same_files_give_the_same_draft(tmp_path: Path) -> None:
    files = three(tmp_path / "given")
    for folder in ("a", "b"):
        drafted(tmp_path / folder / "study", *files)
    made = ("config.yaml", "schema.json", ".gitignore", "data/raw/SOURCES.yaml")
    a, b = ([(tmp_path / f / "study" / name).read_bytes() for name in made] for f in "ab")
    assert a == b


@pytest.mark.parametrize(
    "text", ["yes", "no", "12", "1e5", "12m", "a: b", "# x", "-", "", " a", "{x}", "it's", "ÿ", "~",
             "0x1f", "null", "a\tb", "5e3", "2024-01-01", "1_000", "@x", "%d", "*a", "&a", "a #b"]
)  # fmt: skip
def test_every_text_comes_back_as_it_was(text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    line = f"a: {flow(text)}\nb: {flow([text, {text or 'k': text}])}\n"
    path.write_text(line, encoding="utf-8")
    expected = {"a": text, "b": [text, {text or "k": text}]}
    assert read_yaml(path) == expected
    assert yaml.safe_load(line) == expected


@pytest.mark.parametrize(
    ("words", "ordered"),
    [
        (["18-34", "50-64", "35-49", "65+"], ["18-34", "35-49", "50-64", "65+"]),
        (["18-34", "100 and over", "<18", "35-99"], ["<18", "18-34", "35-99", "100 and over"]),
        ([">65", "Under 50", "50-65"], ["Under 50", "50-65", ">65"]),
        (["2 cars", "none", "1 car"], ["2 cars", "none", "1 car"]),
        (["renter", "owner"], ["renter", "owner"]),
    ],
)
def test_categories_that_begin_with_numbers_stand_in_their_order(
    words: list[str], ordered: list[str], tmp_path: Path
) -> None:
    often = "|".join(word for n, word in enumerate(words) for _ in range(len(words) - n))
    text = rows("id,site,band", "P{i}", "North|South", often)
    study = drafted(tmp_path / "s", *written(tmp_path / "given", people_csv=text))
    assert list(study.files["people"].variables["band"].values or ()) == ordered


def test_categories_stand_in_the_order_of_the_first_file(tmp_path: Path) -> None:
    files = written(
        tmp_path / "given",
        people_csv=rows("id,site", "P{i}", "North|South"),
        baseline_csv=rows("id,mood,day", "P{i}", "good|good|bad|fair|fair|fair", "Mon|Tue"),
        after_csv=rows("id,mood,day", "P{i}", "bad|bad|bad|new|good|fair", "Sat|Sun"),
    )
    study = drafted(tmp_path / "s", *files)
    orders = {name: study.files[name].variables for name in ("baseline", "after")}
    assert list(orders["baseline"]["mood"].values or ()) == ["fair", "good", "bad"]
    assert list(orders["after"]["mood"].values or ()) == ["fair", "good", "bad", "new"]
    assert list(orders["after"]["day"].values or ()) == ["Sun", "Sat"]


@pytest.mark.parametrize(
    ("text", "name", "position"),
    [
        ("outcomes_baseline", "baseline", 0),
        ("outcomes 6m", "6m", 6),
        ("follow-up 12 months", "12_months", 12),
        ("Survey Wave 2", "wave2", 2),
        ("T1", "t1", 1),
        ("census 2011", "2011", 2011),
        ("post", "post", None),
        ("people", None, None),
        ("amount", None, None),
    ],
)
def test_the_moment_that_a_name_says(text: str, name: str | None, position: float | None) -> None:
    found = moment_in(text)
    assert (found and found.name, found and found.position) == (name, position)


def test_moments_stand_in_order_each_at_its_own_position() -> None:
    words = ["after", "12m", "baseline", "pre", "1 year"]
    found, unit = in_order(m for m in map(moment_in, words) if m)
    assert unit == "months"
    assert [moment.name for moment in found] == ["baseline", "pre", "12m", "1_year", "after"]
    positions = [moment.position for moment in found]
    assert positions == [0, 1, 12, 13, 14]


def test_the_command_says_what_to_do_next(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new-study", str(tmp_path / "s"), *map(str, three(tmp_path / "given"))]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert "questions stand in it" in shown[0] and shown[1].startswith("next: answer them")


def test_one_slip_among_answers_hides_no_questionnaire(tmp_path: Path) -> None:
    """Nine columns phq1 to phq9 in which one of twelve people has a 4: PHQ-9 all the same. Two
    slips in one column of so few are no slip any more."""
    answers = [[(person + item) % 4 for item in range(9)] for person in range(12)]
    for slips, drawn in ((1, {"phq9": "phq{item}"}), (2, {})):
        for person in range(slips):
            answers[person][2] = 4
        head = "person," + ",".join(f"phq{item}" for item in range(1, 10))
        lines = [f"A{n:02}," + ",".join(map(str, row)) for n, row in enumerate(answers)]
        content = "\n".join([head, *lines]) + "\n"
        paths = written(tmp_path / f"raw_{slips}", answers_csv=content)
        made = drafted(tmp_path / f"study_{slips}", *paths)
        (file,) = made.files.values()
        assert dict(file.instruments) == drawn


def test_weighted_waves_are_compared_by_their_weights(tmp_path: Path) -> None:
    """A column of weights says how respondents were sampled: the draft does not pass over it."""
    waves = {
        f"survey_wave{wave}_csv": "id,site,weight,ucla_1,ucla_2,ucla_3\n" + "".join(
            f"r{wave}{i},{['North', 'South'][i % 2]},{0.7 + i % 5 / 4},{1 + i % 3},{1 + i % 2},2\n"
            for i in range(24)
        )
        for wave in (1, 2)
    }  # fmt: skip
    study = drafted(tmp_path / "s", *written(tmp_path / "in", **waves))
    assert {name: model.kind for name, model in study.models.items()} == {"survey_change": "survey"}
    (outcome,) = study.outcomes.values()
    assert outcome.label.endswith(", residents")


@pytest.mark.parametrize(
    ("text", "name"),
    [("Höxter", "hoexter"), ("U\u0308berlingen", "ueberlingen"), ("Straße", "strasse"),
     ("Łódź", "lodz"), ("São Paulo", "sao_paulo"), ("PHQ9 Q3", "phq9_q3"), ("名前", "")],
)  # fmt: skip
def test_letters_with_marks_are_written_without_them(text: str, name: str) -> None:
    assert slug(text) == name


def test_a_code_below_zero_in_one_item_is_asked_about(tmp_path: Path) -> None:
    """No item is answered by it; 99 in one item may be a slip of the pen."""
    rows = "id,site,ucla_1,ucla_2,ucla_3\n" + "".join(
        f"P{i},{['North', 'South'][i % 2]},{1 + i % 3},{-9 if i == 5 else 1 + i % 2},2\n"
        for i in range(40)
    )
    drafted(tmp_path / "s", *written(tmp_path / "in", survey_wave1_csv=rows))
    assert part(tmp_path / "s", "survey_wave1")["missing"] == [-9]
    assert "Does -9 mean: no answer?" in text_of(tmp_path / "s")


def test_of_two_orders_of_day_and_month_one_is_drafted_and_asked_about(tmp_path: Path) -> None:
    """A study file may not list both: the first would decide which day a cell means."""
    bad = Path(__file__).resolve().parents[1] / "bad_input/csv/date_with_the_month_first.csv"
    assert main(["new-study", str(tmp_path / "d"), str(bad)]) == 0
    text = (tmp_path / "d/config.yaml").read_text(encoding="utf-8")
    asked = "? Some are written as %d/%m/%Y alone, others as %m/%d/%Y: which day does a date mean?"
    assert asked in text and '"%m/%d/%Y"' not in text


@pytest.mark.parametrize("registered", [True, False])
def test_weights_and_places_of_people_are_drafted_where_a_study_asks_for_them(
    tmp_path: Path, registered: bool
) -> None:
    """Of the register; elsewhere they would be read by nothing, and are refused."""
    places = [f"N{i % 6},L{i % 5}" for i in range(60)]
    rows = [f"P{i:03},{'North' if i % 2 else 'South'},{20 + i}" for i in range(60)]
    head, both = "person_id,site,age", ",neighbourhood,link_worker"
    if registered:
        head, rows = head + both, [f"{a},{b}" for a, b in zip(rows, places, strict=True)]
    answers = [f"P{i:03},{own},{0.5 + i / 60},{i % 3 + 1},1,2" for i, own in enumerate(places)]
    after = "\n".join([f"person_id{both},weight,ucla_1,ucla_2,ucla_3", *answers])
    files = {"people.csv": "\n".join([head, *rows]), "baseline.csv": after, "6_months.csv": after}
    for name, text in files.items():
        (tmp_path / name).write_text(text + "\n", encoding="utf-8")
    assert main(["new-study", str(tmp_path / "d"), *(str(tmp_path / name) for name in files)]) == 0
    study, faults = checked(tmp_path / "d")
    assert faults == [] and study is not None
    register, later = study.files["people"], study.files["baseline"]
    assert register.lists_people and (register.neighbourhood is not None) == registered
    assert (later.neighbourhood is not None) == (later.link_worker is not None) == registered
    assert later.weight is None and study.models["did_change"].kind == "did"
