"""Every sentence that the program can say, on two pages: `python tests/words.py`.

docs/words/messages.md has what commands say (mistakes, remedies, questions of a draft);
docs/words/report.md what reports and figures say. What stands for a value is shown as {name}. They
are there to be read in one sitting; tests/test_docs.py holds them to the code.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "cesp_analysis"
OF_REPORTS = re.compile(
    r"^(report|figures|checklists)/|words?\.py$|_words_|withheld|/(notes|warnings|method)\w*\.py$"
)
WORDS = 4
"""A text of fewer words is a label."""
CODE = re.compile(r"\(\?[:!<]|\\[bSd]|\w\[\w+[,\]]|^<\w+|\{\{")
"""Patterns, types, mark-up."""
NOT_SAID = {"description", "about", "text", "category", "number", "whole", "count", "Field"}
"""Calls and keywords whose texts stand in the reference of config.yaml and of tables."""
PAGES = {
    "messages": "What commands say",
    "report": "What reports and figures say",
}


def said_in(path: Path) -> Iterator[str]:
    """The texts of a source file, in its order, docstrings and references apart."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    left_out = {id(found) for node in ast.walk(tree) if (found := _docstring(node))}
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            left_out.add(id(node.value))
        if isinstance(node, ast.Call) and _name(node.func) in NOT_SAID:
            left_out |= {id(one) for one in ast.walk(node)}
    texts = []
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and id(node) not in left_out:
            left_out |= {id(one) for one in ast.walk(node)}
            texts.append((node.lineno, node.col_offset, _template(node)))
        elif isinstance(node, ast.Constant) and id(node) not in left_out:
            texts.append((node.lineno, node.col_offset, str(node.value)))
    for _, _, text in sorted(texts):
        plain = " ".join(text.split())
        if len(re.findall(r"[A-Za-z’']{2,}", plain)) >= WORDS and not CODE.search(plain):
            yield plain


def _docstring(node: ast.AST) -> ast.AST | None:
    if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body:
        first = node.body[0]
        if isinstance(first, ast.Expr):
            return first.value
    return None


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _template(text: ast.JoinedStr) -> str:
    """The text with {name} for each value: the last word of what is put there."""
    parts = []
    for one in text.values:
        if isinstance(one, ast.Constant):
            parts.append(str(one.value))
        elif isinstance(one, ast.FormattedValue):
            parts.append("{" + _last_word(one.value) + "}")
    return "".join(parts)


def _last_word(value: ast.expr) -> str:
    words = re.findall(r"[A-Za-z_]\w*", ast.unparse(value))
    return words[-1] if words else "…"


def page(name: str) -> str:
    """One page: a heading a file, a line a text, each text once."""
    lines = [f"# {PAGES[name]}", "", "Made by `python tests/words.py` from the source."]
    seen: set[str] = set()
    for path in sorted(SOURCE.rglob("*.py")):
        file = str(path.relative_to(SOURCE))
        if bool(OF_REPORTS.search(file)) != (name == "report"):
            continue
        new = [text for text in dict.fromkeys(said_in(path)) if text not in seen]
        seen |= set(new)
        if new:
            lines += ["", f"## {file}", "", *("- " + text.replace("](", "] (") for text in new)]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write both pages."""
    for name in PAGES:
        to = ROOT / "docs" / "words" / f"{name}.md"
        to.parent.mkdir(exist_ok=True)
        to.write_text(page(name), encoding="utf-8")


if __name__ == "__main__":
    main()
