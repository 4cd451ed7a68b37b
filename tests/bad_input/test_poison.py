"""Words that a page or a spreadsheet would run: they stay words, wherever they come out."""

import csv
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import etree, html

from bad_input.test_large import jobs
from browsing import chromium, needs_chromium, opened, scrolls_sideways, violations
from cesp_analysis.cli import main
from small_study import Study, inside


def poison(number: int) -> str:
    """A formula and HTML that runs, a template, mathematics; told apart by its number."""
    return f"=<img src=x onerror=alert({number})>" + ("" if number % 3 else "\"'&{{7*7}}$x$")


OWN = """
name: own
response: any
items:
  - {code: 1, low: 1, high: 3}
scores:
  - {code: total, items: [1], method: value, range: [1, 3], direction: higher_is_worse,
     unit: points}
worked_example: {answers: {1: 2}, scores: {total: 2}, source: made up}
"""


def poisoned(folder: Path) -> dict[int, str]:
    """A study with poison in every field that holds words of people; number → where it stands."""
    places: dict[int, str] = {}

    def add(section: Any, key: str, place: str) -> None:
        places[len(places) + 101] = place
        section[key] = poison(len(places) + 100)

    study = Study(folder)
    config = study.config
    for key in ("title", "about", "subtitle"):
        add(config["study"], key, f"study.{key}")
    for top in ("arms", "sites", "times", "covariates", "outcomes", "models"):
        for name, entry in config[top].items():
            add(entry, "label", f"{top}.{name}.label")
    for name, entry in config["outcomes"].items():
        add(entry, "unit", f"outcomes.{name}.unit")
        entry["mid"] = {"value": 1}
        add(entry["mid"], "source", f"outcomes.{name}.mid.source")
    add(config, "time_unit", "time_unit")
    people = config["files"]["people"]
    for name, entry in people["variables"].items():
        for key in ("label", "unit"):
            add(entry, key, f"variables.{name}.{key}")
    people["derived"] = {"old": {"expression": "age * 2"}}
    add(people["derived"]["old"], "label", "derived.old.label")
    config["covariates"]["sex"] = {"variable": "sex"}
    add(config["covariates"]["sex"], "label", "covariates.sex.label")
    config["covariates"]["late"] = {"variable": "score", "measured": "after"}
    for key in ("label", "post_baseline_reason"):
        add(config["covariates"]["late"], key, f"covariates.late.{key}")
    config["models"]["did"]["covariates"] = ["age", "late"]
    config["flow"] = {"old": {"file": "people", "where": "age > 32", "reason": "sex"}}
    add(config["flow"]["old"], "label", "flow.label")
    own = yaml.safe_load(OWN)
    for entry, key in ((own, "title"), (own["items"][0], "label"), (own["scores"][0], "label")):
        add(entry, key, f"instrument: {key}")
    for key in ("source", "copyright", "missing_rule", "response"):
        add(own, key, f"instrument: {key}")
    config["instruments"] = {"own": {"path": "own.yaml"}}
    config["files"]["after"]["instruments"]["own"] = "u_{item}"
    config["outcomes"]["own"] = config["outcomes"]["lonely"] | {"score": "own.total"}
    config["outcomes"]["own"]["times"] = ["after"]
    add(config["outcomes"]["own"], "label", "outcomes.own.label")
    (folder / "own.yaml").write_text(yaml.safe_dump(own), encoding="utf-8")
    published: dict[str, str] = {"quantity": "did/score/coefficient/(intercept)", "published": "1"}
    published |= {"tolerance": "9", "tolerance_is": "absolute"}
    for key in ("source", "reason"):
        add(published, key, f"published: {key}")
    with (folder / "expected.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([published.keys(), published.values()])
    config["published"] = {"path": "expected.csv"}
    words: dict[str, str] = {}
    for name in ("sex", "near", "id", "site", "column", "answer"):
        add(words, name, f"cell: {name}")
    people["variables"]["sex"]["values"] = [words["sex"], "m"]
    quoted = {name: '"' + word.replace('"', '""') + '"' for name, word in words.items()}
    text = str(study.files["people.csv"]).replace(",f\n", f",{quoted['sex']}\n")
    text = text.replace(",n1,", f",{quoted['near']},").replace("P12,South", f"P12,{quoted['site']}")
    study.files["people.csv"] = text
    before = str(study.files.pop("before.csv")).replace("P05", quoted["id"])
    before = before.replace("u_3\n", f"u_3,{quoted['column']}\n").replace(",2\n", ",2,x\n")
    before = before.replace("P03,2024-01-13,13,", f"P03,2024-01-13,{quoted['answer']},")
    hostile = "be<img src=x onerror=alert(100)>fore.csv"
    places[100] = "path"
    study.files[hostile] = before
    config["files"]["before"]["path"] = f"data/raw/{hostile}"
    study.write()
    path = folder / "data/raw/SOURCES.yaml"
    sources = yaml.safe_load(path.read_text())
    for name in ("supplier", "row", "note", "licence"):
        add(sources["files"]["after.csv"], name, f"SOURCES: {name}")
    sources["files"]["after.csv"]["url"] = "javascript:alert(99)"
    path.write_text(yaml.safe_dump(sources, allow_unicode=True))
    correction = {"file": "after", "where": {"id": "P04"}, "column": "u_1", "expect": "2"}
    add(correction, "value", "CORRECTIONS: value")
    add(correction, "why", "CORRECTIONS: why")
    path.with_name("CORRECTIONS.yaml").write_text(yaml.safe_dump({"corrections": [correction]}))
    return places


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[int, str]]:
    """The poisoned study, run to its two reports; number → where that poison stands."""
    folder = tmp_path_factory.mktemp("hostile")
    places = poisoned(folder)
    with inside(folder), warnings.catch_warnings():
        # long labels leave a figure no room
        warnings.filterwarnings("ignore", "constrained_layout not applied")
        for job in jobs(folder, "results/report/index.html", "results/public/report.json"):
            assert main(job) == 0
    return folder, places


EXECUTES = {"script", "img", "iframe", "object", "embed", "link", "base", "form", "meta", "input"}
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def test_words_in_labels_and_cells_are_words_on_the_page(
    hostile: tuple[Path, dict[int, str]],
) -> None:
    folder, places = hostile
    source = (folder / "results/report/index.html").read_text(encoding="utf-8")
    page = html.document_fromstring(source)
    elements = [element for element in page.iter() if isinstance(element.tag, str)]
    metas = [element.attrib for element in elements if element.tag == "meta"]
    named = [meta.get("charset") or meta.get("name") or meta.get("http-equiv") for meta in metas]
    assert named == ["utf-8", "Content-Security-Policy", "viewport"]
    for element in elements:
        assert element.tag == "meta" or element.tag.lower() not in EXECUTES
        for name, value in element.attrib.items():
            assert not name.lower().startswith("on"), (element.tag, name)
            if name.rpartition("}")[2].lower() in ("href", "src", "action", "xlink:href"):
                assert value.startswith(("#", "../")), value
    shown = " ".join(page.itertext())
    assert "{{7*7}}$x$" in shown  # no template was filled in
    seen = {int(number) for number in re.findall(r"<img src=x onerror=alert\((\d+)\)>", shown)}
    told = {places[number] for number in seen}
    wanted = {"study.title", "study.about", "arms.control.label", "times.before.label", "path"}
    wanted |= {"outcomes.score.label", "models.did.label", "SOURCES: supplier", "flow.label"}
    wanted |= {"outcomes.own.label", "published: source"}
    wanted |= {"CORRECTIONS: why", "covariates.age.label", "outcomes.score.unit", "cell: sex"}
    assert wanted <= told, wanted - told
    for number in seen:
        if places[number] in wanted - {"path"}:
            assert poison(number) in shown


@needs_chromium
@pytest.mark.parametrize(("width", "media"), [(320, "light"), (1280, "dark")])
def test_nothing_runs_in_a_browser_and_the_page_stays_accessible(
    hostile: tuple[Path, dict[int, str]], width: int, media: str
) -> None:
    page = hostile[0] / "results/report/index.html"
    with chromium() as browser, opened(browser, page, width, 900, media) as shown:
        assert shown.title() == html.parse(str(page)).findtext(".//title")
        shown.evaluate("document.querySelectorAll('details').forEach(own => own.open = true)")
        assert violations(shown) == [] and not scrolls_sideways(shown)


def test_words_in_figures_are_words(hostile: tuple[Path, dict[int, str]]) -> None:
    figures = sorted((hostile[0] / "results/figures").glob("*.svg"))
    assert len(figures) >= 4
    held = 0
    for path in figures:
        root = etree.parse(str(path)).getroot()
        for element in root.iter(etree.Element):
            assert etree.QName(element).localname not in (*EXECUTES, "foreignObject", "image")
            assert not any(name.lower().startswith("on") for name in element.attrib)
        held += "<img src=x onerror=alert(" in " ".join(root.itertext())
    assert held >= 2


def cells(path: Path) -> Iterator[str]:
    """Every cell of a CSV as a spreadsheet program sees it, names of columns too."""
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.reader(stream):
            yield from row


def test_no_cell_of_any_table_is_run_by_a_spreadsheet(hostile: tuple[Path, dict[int, str]]) -> None:
    tables = sorted((hostile[0] / "results").rglob("*.csv"))
    assert len(tables) >= 12
    guards = 0
    for path in tables:
        for cell in cells(path):
            assert NUMBER.fullmatch(cell) or cell[:1] not in "=+-@\t\r\n＝＋－＠" or cell == ""
            guards += cell.startswith("'=<img src=x")
    assert guards >= 20
