"""Licences of the packages in the lock: docs/licences.md, written by `python tests/licences.py`.

A licence is what the installed package says of itself: its SPDX expression, else its field, its
classifier, or the first line of its licence file. What a wheel carries of others is looked for in
its licence files, and said by hand (CARRIED, MENTIONED): a test holds that none is passed over.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "licences.md"
ELSEWHERE = {"colorama": "BSD-3-Clause", "pyreadline3": "BSD-3-Clause"}
"""Installed on Windows alone, so that their metadata are not here: as their projects say."""
WORDS = {
    "apache license, version 2.0": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "2-clause bsd": "BSD-2-Clause",
    "bsd 3-clause license": "BSD-3-Clause",
    "bsd license": "BSD",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
    "gnu general public license (gpl)": "GPL",
    "public domain": "public domain",
}
"""How packages write a licence → its SPDX name."""
COPYLEFT = re.compile(r"\b[AL]?GPL|\bMPL|\bEPL|\bEUPL|\bCDDL")
OF_TEXT = re.compile(
    r"GNU (?:LESSER |LIBRARY |AFFERO )?GENERAL PUBLIC|MOZILLA PUBLIC|ECLIPSE PUBLIC|\bL?GPL\b", re.I
)
CARRIED = {
    "axe-playwright-python": "axe-core (MPL-2.0), a script that the tests run in a browser",
    "numpy": "libgfortran, libquadmath (GPL-3.0 with GCC's runtime exception; LGPL)",
    "pikepdf": "parts of GCC's runtime (GPL-3.0 with the runtime exception)",
    "pillow": "libraries under the LGPL, linked as files of their own",
    "pulp": "the solver CBC (EPL-2.0), a program of its own; Snakemake alone may call it",
    "scipy": "libgfortran, libquadmath (GPL-3.0 with GCC's runtime exception; LGPL)",
    "setuptools": "autocommand (LGPL-3.0); it builds the package, and is no part of it",
}
"""Copyleft that a wheel carries beside the package's own licence."""
MENTIONED = {
    "black": "Python's own licence, which says that it fits the GPL",
    "certifi": "its own licence's text",
    "docutils": "of its parts one, for the editor Emacs, is under the GPL; the wheel has it not",
    "et-xmlfile": "Python's own licence, which says that it fits the GPL",
    "gitdb": "a remark on test data that the wheel has not",
    "hypothesis": "its own licence's text",
    "librt": "Python's own licence, which says that it fits the GPL",
    "lxml": "files for its tests, which the wheel has not",
    "matplotlib": "a remark on fonts, which are under another licence",
    "mypy": "Python's own licence, which says that it fits the GPL",
    "pandas": "Python's own licence, which says that it fits the GPL",
    "pathspec": "its own licence's text",
    "playwright": "Node's licences, of which one may be taken as the GPL or as another",
    "typing-extensions": "Python's own licence, which says that it fits the GPL",
}
"""Why licence files speak of copyleft though the wheel carries nothing else under one."""
BEGINNING = """# Licences of what is installed

Made by `python tests/licences.py` from the lock (`requirements.lock`) and what each package says of
itself; a test holds it. The project's own code is under the MIT licence; data are not
([README](../README.md#data-and-licences)).

**What copyleft means here.** No package that a run needs is itself under the GPL, LGPL or AGPL.
Those under MPL-2.0 are used unchanged, as packages that pip installs from their own publishers:
MPL-2.0 holds for their own files, so the project's code stays MIT, and whoever passes on an
environment with them (a container, a folder of wheels) passes on those packages' sources or says
where they are. A change to one of their files would have to be published; there is none. What
wheels carry from GCC is under its runtime exception, which lets any program use it; LGPL libraries
lie there as files that can be replaced. Nothing of these is in this repository or in a wheel of the
project. Data of some examples and tests are under GPL-2 (README):
they are data beside the program, each named with its licence in a `SOURCES.yaml`; whoever passes
these files on does so under GPL-2.
"""


@dataclass(frozen=True)
class Package:
    """A package of the lock; what: study (a run needs it), tests or cluster."""

    name: str
    version: str
    licence: str
    what: str

    @property
    def copyleft(self) -> bool:
        """Whether its own licence is copyleft without a choice of another."""
        return bool(COPYLEFT.search(self.licence)) and "BSD" not in self.licence


@cache
def locked() -> tuple[tuple[str, str, frozenset[str]], ...]:
    """Name, version and who needs it, as the lock says."""
    found = []
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for entry in re.split(r"\n(?=\S)", text):
        if head := re.match(r"([A-Za-z0-9._-]+)(?:\[.*?\])?==(\S+)", entry):
            via = entry.partition("# via")[2].replace("#", " ").split("\n")
            found.append((*head.groups(), frozenset(word.strip() for word in via)))
    return tuple(found)  # type: ignore[arg-type]


def packages() -> list[Package]:
    """All of them, by name."""
    return [Package(n, v, licence_of(n), _what(n)) for n, v, _ in locked()]


@cache
def _what(name: str) -> str:
    """What needs a package: a run, else a cluster's profile, else the tests."""
    wanted = {"study": _asked("dependencies"), "cluster": _asked("slurm")}
    for what, roots in wanted.items():
        if _leads_to(name, roots, frozenset()):
            return what
    return "tests"


def _leads_to(name: str, roots: frozenset[str], seen: frozenset[str]) -> bool:
    (needed,) = [via for own, _, via in locked() if own == name]
    known = {own for own, *_ in locked()}
    return name in roots or any(
        _leads_to(other, roots, seen | {name}) for other in (needed & known) - seen
    )


@cache
def _asked(section: str) -> frozenset[str]:
    """The names in a list of pyproject.toml."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = project["dependencies"] if section == "dependencies" else (
        project["optional-dependencies"][section]
    )  # fmt: skip
    return frozenset(re.split(r"[=<>\[]", word)[0] for word in listed)


def licence_of(name: str) -> str:
    """The licence, by its SPDX name where it can be told."""
    try:
        said = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ELSEWHERE[name]
    if expression := said.get("License-Expression"):
        return str(expression)
    first = (said.get("License") or "").strip().split("\n")[0].strip()
    classed = [c.rpartition(" :: ")[2] for c in said.get_all("Classifier") or () if "License" in c]
    if first and len(first) < 40 and not classed:
        return _named(first)
    if classed:
        return " or ".join(sorted({_named(word) for word in classed}))
    files = list(licence_files(name))
    return _named(files[0].strip().split("\n")[0]) if files else _named(first)


def _named(words: str) -> str:
    return WORDS.get(words.lower().strip(), words)


def licence_files(name: str) -> Iterator[str]:
    """The texts of the licence files that a package was installed with."""
    for file in metadata.distribution(name).files or ():
        kind = file.suffix not in (".py", ".pyc", ".pyi")
        if kind and re.search(r"licen[sc]e|copying|notice", str(file), re.I):
            path = Path(str(file.locate()))
            if path.is_file():
                yield path.read_text(encoding="utf-8", errors="replace")


def speaks_of_copyleft(name: str) -> bool:
    """Whether a licence file of an installed package names such a licence."""
    return name not in ELSEWHERE and any(OF_TEXT.search(text) for text in licence_files(name))


def page() -> str:
    """docs/licences.md."""
    everything = packages()
    lines = [BEGINNING, "## Copyleft", "", "| package | licence | needed by | what of it |",
             "|---|---|---|---|"]  # fmt: skip
    for one in everything:
        if one.copyleft or one.name in CARRIED:
            what = CARRIED.get(one.name, "its own files")
            lines.append(f"| {one.name} | {one.licence} | {one.what} | {what} |")
    lines += ["", "## All", "", "| package | version | licence | needed by |", "|---|---|---|---|"]
    lines += [f"| {p.name} | {p.version} | {p.licence} | {p.what} |" for p in everything]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
