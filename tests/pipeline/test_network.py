"""No step asks for anything from outside: a study runs where there is no network, and no part of
the run so much as tries to reach one.

The root study runs without a network in CI (`.ci/run`, lane 2), with the same bytes as with one.
"""

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from running import ROOT, command

from small_study import Study

EMPTY = ["unshare", "--map-root-user", "--net"]
"""A command behind these words has no network, not even the machine itself."""
WATCH = r'''
import json, os, sys

def watched(event, given):
    """Write down who looks up a name, or speaks to an address that is no file."""
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "urllib.Request"):
        said = repr(given)
    elif event in ("socket.connect", "socket.sendto") and isinstance(given[1], tuple):
        said = repr(given[1])
    else:
        return
    with open(os.environ["WATCHED"], "a", encoding="utf-8") as file:
        file.write(json.dumps([event, said, sys.argv[:3]]) + "\n")

sys.addaudithook(watched)
'''
REACH = "import socket; exit(0 if socket.socket().connect_ex(('192.0.2.1', 80)) else 3)"
"""192.0.2.1 is nobody's (RFC 5737): here it is only to be seen that it was tried."""


def empty_network() -> list[str]:
    """The words; the test is skipped where the system does not let a user make such a place."""
    if sys.platform != "linux" or shutil.which("unshare") is None:
        pytest.skip("there is no unshare (util-linux) to take the network away")
    done = subprocess.run([*EMPTY, "true"], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"this system lets no user make a network of his own: {done.stderr.strip()}")
    return EMPTY


@pytest.fixture
def watching(tmp_path: Path) -> dict[str, str]:
    """An environment in which every Python writes down whom it tries to reach."""
    folder = tmp_path / "watch"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    path = os.pathsep.join([str(folder), str(ROOT / "src")])
    return os.environ | {"PYTHONPATH": path, "WATCHED": str(tmp_path / "tried.jsonl")}


def tried(watching: dict[str, str]) -> list[object]:
    """What was written down."""
    path = Path(watching["WATCHED"])
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_who_tries_is_written_down(watching: dict[str, str]) -> None:
    """The watch itself: it sees what it is there for, and there is nothing to be reached."""
    words = empty_network()
    done = subprocess.run([*words, sys.executable, "-c", REACH], env=watching, check=False)
    assert done.returncode == 0  # connect_ex gave an error's number
    ((event, said, _),) = tried(watching)  # type: ignore[misc]
    assert (event, said) == ("socket.connect", "('192.0.2.1', 80)")


def test_a_study_runs_where_there_is_no_network(tmp_path: Path, watching: dict[str, str]) -> None:
    words = empty_network()
    study = Study(tmp_path / "study")
    study.write()
    done = subprocess.run(
        [*words, *command(ROOT, study.folder)],
        env=watching | {"XDG_CACHE_HOME": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert (study.folder / "results/report/index.html").is_file()
    assert tried(watching) == []
    for folder in ("results", "data/processed"):  # closed to others, as tests/test_permissions.py
        assert (study.folder / folder).stat().st_mode & 0o007 == 0


def test_no_module_can_speak_to_a_network() -> None:
    """Sockets are files of this machine alone, in the two modules of forks."""
    speaking = {"socket", "ssl", "http", "urllib", "ftplib", "smtplib", "requests", "urllib3",
                "asyncio", "xmlrpc", "telnetlib", "socketserver"}  # fmt: skip
    found = set()
    for path in (ROOT / "src").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else (
                [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            )  # fmt: skip
            if {name.partition(".")[0] for name in names} & speaking:
                found.add(path.name)
    assert found == {"forks.py", "fork_server.py"}
    for name in found:
        text = (ROOT / "src" / "cesp_analysis" / name).read_text(encoding="utf-8")
        assert text.count("AF_INET") == 0
        assert text.count("socket.socket(") == text.count("socket.socket(socket.AF_UNIX")
