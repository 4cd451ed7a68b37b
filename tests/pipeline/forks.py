"""Jobs of the tests' runs as forks of one process for all runs of a program.

A run starts such a process for itself (cesp_analysis.forks); here one serves hundreds of runs, and
the word `cesp` is a bash function that asks it without starting the console command, which alone
would cost more than most jobs of a small study. CI's own runs, and those of tests/bad_input, use
the real `cesp`.
"""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from cesp_analysis.forks import APART, HOW, WHERE

_servers: dict[tuple[Path, int], str] = {}
"""Program and when its source was last changed → the address of the process that has it."""


def serving(program: Path, address: str) -> "subprocess.Popen[bytes]":
    """The process that forks for jobs of `program`, ready; its address ends with a file's name."""
    calm = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
    server = subprocess.Popen(
        [sys.executable, "-P", "-m", "cesp_analysis.fork_server", address],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # as cesp_analysis.pipeline.environment: what counts when Python begins
        env=os.environ | calm | {"PYTHONUTF8": "1", "PYTHONHASHSEED": "0"}
        | {"PYTHONPATH": str(program / "src")},
    )  # fmt: skip
    assert server.stdout is not None
    assert server.stdout.readline() == b"ready\n"
    return server


def forked(program: Path) -> dict[str, str]:
    """The environment in which `cesp` is a fork of a process that runs `program`'s source."""
    changed = max(path.stat().st_mtime_ns for path in (program / "src").rglob("*.py"))
    if (program, changed) not in _servers:
        folder = tempfile.mkdtemp(prefix="cesp ")
        address = f"{folder}/forks"
        server = serving(program, address)
        atexit.register(shutil.rmtree, folder)
        atexit.register(server.communicate)  # closes its standard input, and waits
        _servers[program, changed] = address
    words = f"'{sys.executable}' -IS '{program}/src/cesp_analysis/forks.py' ask"
    return {
        HOW: APART,
        WHERE: _servers[program, changed],
        "BASH_FUNC_cesp%%": f'() {{ {words} "$@"; }}',
    }
