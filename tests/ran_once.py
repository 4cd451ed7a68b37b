"""Steps that were run of the same files with the same words in this process, not run again.

Hundreds of tests begin with one study of the same raw files and ask something of a later step.
What an earlier test's commands wrote is put there instead, if all files that they may read and all
words, theirs and those of the commands before, are the same. Never shared: within one test (two
runs that it compares are two runs), with a test that puts other code in the place of a step's
(`monkeypatch`), in a folder with results, of a command that said something or did not succeed, or
wrote elsewhere than results go.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

MADE = ("data/processed", "results")
MOST = 600
"""Commands whose files are kept, the latest: some 50 kB each."""

Files = dict[str, tuple[bytes, int]]
Stamps = dict[str, tuple[int, int, int]]
Step = Callable[[list[str]], tuple[int, str]]


@dataclass
class Store:
    """Key of a command and all before it → the files that it wrote, with their modes."""

    kept: OrderedDict[str, Files] = field(default_factory=OrderedDict)
    here: set[str] = field(default_factory=set)
    """Keys that the test at work has run or been given."""
    shared: bool = False
    last: "Chain | None" = None
    """The commands that the test at work ran last."""

    def begin(self, shared: bool) -> None:
        """A test begins; `shared`: whether it may be given what others ran."""
        self.here.clear()
        self.shared = shared
        self.last = None

    def goes_on(self) -> "Chain":
        """The commands that were run here last, if all is as they left it; else none before."""
        if self.last is not None and self.last.goes_on():
            return self.last
        return Chain()


STORE = Store()


class Chain:
    """The commands of one run in the working folder."""

    def __init__(self) -> None:
        self.live = STORE.shared and not any(Path(place).exists() for place in MADE)
        self.key = _files_of(Path()) if self.live else ""
        self.folder, self.left = Path.cwd(), Stamps()
        STORE.last = self

    def goes_on(self) -> bool:
        """Whether the working folder is this chain's, and every file as it left it."""
        return self.live and Path.cwd() == self.folder and _stamps() == self.left

    def run(self, command: list[str], run: Step) -> tuple[int, str]:
        """Status and what is shown: of an earlier run or, by `run`, of this one."""
        if not self.live:
            return run(command)
        self.key = hashlib.sha256(repr((self.key, command)).encode()).hexdigest()
        if self.key not in STORE.here and (found := STORE.kept.get(self.key)) is not None:
            STORE.here.add(self.key)
            STORE.kept.move_to_end(self.key)
            _put(found)
            self.left = _stamps()
            return 0, ""
        before = _stamps()
        status, shown = run(command)
        self.left = _stamps()
        new = {path for path, stamp in self.left.items() if before.get(path) != stamp}
        self.live = (status, shown) == (0, "") and all(path.startswith(MADE) for path in new)
        if self.live:
            STORE.here.add(self.key)
            STORE.kept[self.key] = {
                path: (Path(path).read_bytes(), Path(path).stat().st_mode) for path in new
            }
            if len(STORE.kept) > MOST:
                STORE.kept.popitem(last=False)
        return status, shown


def _files_of(folder: Path) -> str:
    """Every file below but config.yaml, which no step opens (its part is a word), as one sum."""
    own = hashlib.sha256()
    files = (one for one in folder.rglob("*") if one.is_file() and one != folder / "config.yaml")
    for path in sorted(files):
        content = path.read_bytes()
        own.update(f"{path}\0{path.stat().st_mode}\0{len(content)}\0".encode())
        own.update(content)
    return own.hexdigest()


def _stamps() -> Stamps:
    """Every file below → inode, time and size."""
    return {
        str(path): (stat.st_ino, stat.st_mtime_ns, stat.st_size)
        for path in Path().rglob("*")
        if path.is_file()
        for stat in [path.stat()]
    }


def _put(files: Files) -> None:
    for name, (content, mode) in files.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(mode)
