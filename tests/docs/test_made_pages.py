"""Pages that are made from the program are what would be made now; the index lists every page."""

import ast
import re
from pathlib import Path

import few_sites_page
import page_links
import pytest
import room_graph
import table_page
import write
from page_commands import ROOT, pages

INDEX = ROOT / "docs" / "index.md"
DRAWN = {"results/figures/{figure}.csv", "results/public/figures/{figure}.csv"}
"""The numbers of one drawing: columns are that figure's own."""
RELEASED = {"results/public/models/{model}/means.csv"}
"""Copies of others with fewer columns; docs/howto/release.md says which."""


@pytest.mark.parametrize("page", write.PAGES)
def test_a_page_is_what_the_program_says(page: str) -> None:
    """After a change: python docs/site/write.py."""
    assert (ROOT / page).read_text(encoding="utf-8") == write.PAGES[page]()


def test_the_index_lists_every_page_once() -> None:
    """Instruments are listed on their own page."""
    listed = page_links.listed(INDEX.read_text(encoding="utf-8"))
    there = {page.relative_to(ROOT).as_posix() for page in pages()}
    own = {path for path in there if re.match(r"docs/instruments/[a-z]", path)}
    assert sorted(listed) == sorted(there - own - {"docs/index.md"})


def test_headings_of_the_index_become_parts_of_the_contents() -> None:
    made = page_links.with_contents(
        "# A\n\nWords.\n\n## First\n\n- [b](howto/b.md): c\n- [d](../D.md)\n"
    )
    assert made.startswith("# A\n\nWords.\n\n## First\n\n- [b](howto/b.md): c\n")
    assert ":caption: First\n\n/docs/howto/b\n/D\n```" in made


def test_links_that_a_built_page_cannot_follow_are_led_elsewhere() -> None:
    source = ["[a](tests/reference) [b](examples) [c](LICENSE) [d](https://a.org/b)"]
    page_links.as_read(None, "README", source)
    assert source == ["[a](tests/reference/README.md) b [c](LICENSE) [d](https://a.org/b)"]


def test_every_table_of_a_rule_is_on_the_page() -> None:
    page = (ROOT / "docs/reference/tables.md").read_text(encoding="utf-8")
    named = set(table_page.files_on(page))
    made = set(table_page.makers())
    assert made - named == DRAWN | RELEASED
    assert len(made) > 120
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "rules").glob("*.smk"))
    text += (ROOT / "Snakefile").read_text(encoding="utf-8")
    assert [file for file in sorted(named - made) if f'"{file}"' not in text] == []


def test_a_graph_of_rooms_is_drawn() -> None:
    graph = "graph BT\n  b --> a\n  c --> b\n  c --> a\n"
    assert room_graph.in_order([("b", "a"), ("c", "b"), ("c", "a")]) == ["a", "b", "c"]
    assert room_graph.drawn(graph).count("<path") == 3
    with pytest.raises(ValueError, match="lead to one another: \\['a', 'b'\\]"):
        room_graph.in_order([("a", "b"), ("b", "a")])


def test_numbers_of_few_sites_are_those_of_the_simulations() -> None:
    page = (ROOT / "docs/few_sites_explained.md").read_text(encoding="utf-8")
    validation = (ROOT / "docs/validation.md").read_text(encoding="utf-8")
    assert "{" not in page.replace("{model}", "")
    rows = [line for line in page.splitlines() if re.match(r"\| (60|100|200) \|", line)]
    assert len(rows) == 6 and all(line in validation for line in rows)
    with pytest.raises(ValueError, match="no section 'Nothing'"):
        few_sites_page.table(validation, "Nothing", "rung")
    with pytest.raises(ValueError, match="no table that begins with 'x'"):
        few_sites_page.table(validation, few_sites_page.SIMULATED, "x")


def test_what_builds_the_pages_imports_nothing_of_the_pipeline() -> None:
    """`make docs` has an environment of its own, without the pipeline."""
    for name in ("conf", "page_links", "room_graph"):
        tree = ast.parse(Path(ROOT, "docs/site", f"{name}.py").read_text(encoding="utf-8"))
        modules = {getattr(node, "module", None) or alias.name
                   for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)
                   for alias in node.names}  # fmt: skip
        assert modules <= {"sys", "re", "tomllib", "pathlib", "html", "page_links", "room_graph"}


def test_the_lock_of_the_pages_has_hashes_and_no_address() -> None:
    lock = (ROOT / "requirements-docs.lock").read_text(encoding="utf-8")
    named = re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE)
    assert {"sphinx", "myst-parser", "furo"} <= set(named)
    assert "://" not in lock and "index-url" not in lock.replace("--no-emit-index-url", "")
    for block in re.split(r"^(?=[a-z0-9-]+==)", lock, flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in block
