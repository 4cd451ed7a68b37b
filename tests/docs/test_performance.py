"""All benchmarks by one command: goals, what is kept, failures, the page."""

import re
import sys
from pathlib import Path

import goals
import measured
import performance_page
import pytest
import run_all

ROOT = Path(__file__).resolve().parents[2]
BENCHMARKS = ROOT / "benchmarks"
PRINTED = (
    "some words\nratio a_vs_b 12.5\nmeasure a_seconds 1.5e-05 s\nmeasure x 3 of 4 days\nratio b"
)


def found(name: str = "a_vs_b", value: str = "12.5", unit: str = "", **told: str) -> measured.Found:
    """One number of benchmark `one`, but for what is told."""
    given = {
        "date": "2026-01-01", "load": "0.1", "project": "1 abc", "machine": "M", "versions": "V",
    }  # fmt: skip
    return measured.Found("one", name, value, unit, **(given | told))


TABLE = {
    "one": goals.Benchmark(
        "one",
        "something",
        {
            "a_vs_b": goals.Measure("a_vs_b", "b's time over ours", at_least=10),
            "a_seconds": goals.Measure("a_seconds", "ours", "s", at_most=2, limit="reading"),
            "a_size": goals.Measure("a_size", "its size", "MB"),
        },
    )
}


def test_every_script_is_declared_and_every_declared_one_is_there() -> None:
    """A new one: add it to benchmarks/goals.yaml."""
    named = [*goals.declared(), *goals.simulations(), *goals.parts()]
    assert sorted(named) == sorted(path.stem for path in BENCHMARKS.glob("*.py"))


def test_measures_that_a_benchmark_prints_are_declared() -> None:
    """Names that are put together when it runs are not seen here."""
    for name, one in goals.declared().items():
        text = (BENCHMARKS / f"{name}.py").read_text(encoding="utf-8")
        plain = re.findall(r'f"(?:ratio|measure) ([a-z0-9_]+) ', text)
        assert set(plain) <= set(one.measures), name
        assert one.measures and all(m.meaning for m in one.measures.values()), name


@pytest.mark.parametrize(
    ("bounds", "value", "met"),
    [
        ({"at_least": 10}, 10, True), ({"at_least": 10}, 9.99, False),
        ({"at_most": 2}, 2, True), ({"at_most": 2}, 2.01, False), ({}, 1e9, True),
    ],
)  # fmt: skip
def test_a_goal_is_met_on_its_side(bounds: dict[str, float], value: float, met: bool) -> None:
    measure = goals.Measure("m", "of something", "s", **bounds)
    assert measure.met(value) is met and measure.judged is bool(bounds)


def test_goals_in_words() -> None:
    assert goals.Measure("m", "", "trials", at_least=150_000).goal == "at least 150,000 trials"
    assert goals.Measure("m", "", "s", at_most=0.2).goal == "at most 0.2 s"


def test_numbers_are_read_from_what_is_printed() -> None:
    assert measured.numbers(PRINTED) == [
        ("a_vs_b", "12.5", ""), ("a_seconds", "1.5e-05", "s"), ("x", "3", "of 4 days"),
    ]  # fmt: skip


def test_what_was_measured_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "measured.csv"
    lines = [found(), found(measured.FAILED, "", 'a "quote", and more')]
    measured.write(lines, path)
    assert measured.read(path) == lines and measured.read(tmp_path / "none.csv") == []


def test_new_numbers_take_the_place_of_old_and_a_failure_of_none() -> None:
    old = [found(), found("a_seconds", "3", "s")]
    new = [found(value="20")]
    assert measured.kept(old, "one", new) == new
    failed = [found(measured.FAILED, "", "no R")]
    assert {one.measure for one in measured.kept(old, "one", failed)} == {
        "a_vs_b", "a_seconds", measured.FAILED,
    }  # fmt: skip
    assert measured.kept([*old, *failed], "one", new) == new
    other = measured.Found("another", *[""] * 8)
    assert measured.kept([other], "one", new) == [other, *new]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three scripts: one that measures, one that fails, one that says nothing."""
    (tmp_path / "one.py").write_text("print('ratio a_vs_b 12.5')")
    (tmp_path / "bad.py").write_text(
        "print('ratio a_vs_b 3')\nraise SystemExit('no R here\\nRscript is not installed')"
    )
    (tmp_path / "mute.py").write_text("")
    names = ("one", "bad", "mute")
    table = {name: goals.Benchmark(name, "x", TABLE["one"].measures) for name in names}
    csv = tmp_path / "measured.csv"
    read, write = measured.read, measured.write
    monkeypatch.setattr(run_all, "HERE", tmp_path)
    monkeypatch.setattr(goals, "declared", lambda: table)
    monkeypatch.setattr(goals, "simulations", lambda: {"long": "hours"})
    monkeypatch.setattr(measured, "read", lambda: read(csv))
    monkeypatch.setattr(measured, "write", lambda lines: write(lines, csv))
    page = tmp_path / "page.md"
    made = performance_page.page
    monkeypatch.setattr(
        performance_page, "write", lambda: page.write_text(made(goals.declared(), measured.read()))
    )
    return tmp_path


def test_a_failure_is_told_and_the_others_go_on(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_all.main([]) == 1
    said = capsys.readouterr().out
    assert "failed: bad: Rscript is not installed" in said
    assert "failed: mute: ended without a number" in said
    page = (folder / "page.md").read_text(encoding="utf-8")
    assert "- `bad`, " in page and "Of 6 goals 1 are met, 1 missed, 4 not measured yet" in page


def test_a_run_goes_on_where_it_was_stopped(folder: Path) -> None:
    assert run_all.chosen((), simulations=False, again=False) == ["one", "bad", "mute"]
    assert run_all.main(["--only", "one"]) == 0
    assert run_all.chosen((), simulations=False, again=False) == ["bad", "mute"]
    assert run_all.chosen((), simulations=False, again=True) == ["one", "bad", "mute"]
    assert run_all.chosen((), simulations=True, again=False) == ["bad", "mute", "long"]
    run_all.main(["--only", "bad"])
    assert "bad" in run_all.chosen((), simulations=False, again=False)
    with pytest.raises(SystemExit, match="no such benchmark: nothing; there are one, bad"):
        run_all.chosen(["nothing"], simulations=False, again=False)


def test_one_that_never_ends_is_stopped(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "one.py").write_text("import time\ntime.sleep(60)")
    monkeypatch.setattr(run_all, "HOURS", 0.5 / 3600)
    (line,) = run_all.once(folder / "one.py")
    assert line.measure == measured.FAILED and line.unit.startswith("stopped after ")


def test_the_page_says_what_is_met_missed_and_not_measured() -> None:
    lines = [found(), found("a_seconds", "3", "s"), found("a_size", "1234", "MB", machine="N")]
    page = performance_page.page(TABLE, lines)
    assert "Of 2 goals 1 are met, 1 missed.\n" in page
    assert "| at least 10 | 12.5 | yes | 0.1 | 2026-01-01 | 1 abc | 1 |" in page
    assert "| at most 2 s | 3 s | **no**: reading | 0.1 |" in page
    assert "`a_size`: its size | 1,234 MB | 0.1 | 2026-01-01 | 1 abc | 2 |" in page
    assert "1. M. V.\n2. N. V.\n" in page
    none = performance_page.page(TABLE, [])
    assert "2 not measured yet (of `one`)" in none and "Nowhere yet." in none


def test_a_goal_missed_on_a_busy_machine_says_so() -> None:
    missed, busy = found(value="3"), found(value="3", load="2.5")
    assert "why is not known" in performance_page.page(TABLE, [missed])
    assert "other programs used the machine" in performance_page.page(TABLE, [busy])


def test_the_page_and_the_table_are_what_would_be_written_now() -> None:
    """After a change: make benchmarks OPTIONS=--page."""
    page = performance_page.PAGE.read_text(encoding="utf-8")
    assert page == performance_page.page(goals.declared(), measured.read())
    readme = performance_page.README.read_text(encoding="utf-8")
    assert readme == performance_page.with_table(readme)


def test_where_it_is_measured_is_said() -> None:
    assert re.match(r".+, \d+ cores, \d+ GB, \w+ \w+", measured.machine())
    assert measured.versions().startswith(f"Python {sys.version.split()[0]}, numpy ")
    assert re.match(r"\d+\.\d+\.\d+", measured.project()) and measured.load_now() >= 0
