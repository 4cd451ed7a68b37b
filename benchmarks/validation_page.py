"""What the simulations share: their batches on two processes, their sections of the page.

Each writes its own section of docs/validation.md. Batches have seeds of their own, so that the
numbers do not depend on how many processes there are.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TypeVar

PAGE = Path(__file__).resolve().parents[1] / "docs" / "validation.md"
LAST = "\n`make test` and `make test-long` run"
"""How the page's last paragraph begins: new sections stand before it."""
PROCESSES = 2

Found = TypeVar("Found")


def in_batches(
    batch: Callable[[int, int, int], Found], replicates: Sequence[int], size: int
) -> list[list[Found]]:
    """Design → what `batch(design, studies, seed)` found, batch by batch, in order.

    replicates: how many studies of each design.
    """
    with ProcessPoolExecutor(PROCESSES) as pool:
        jobs = [
            [
                pool.submit(batch, design, min(size, whole - start), seed)
                for seed, start in enumerate(range(0, whole, size))
            ]
            for design, whole in enumerate(replicates)
        ]
        return [[job.result() for job in own] for own in jobs]


def write_section(title: str, new: str) -> None:
    """Put a section, its title line first, in the place of the old one."""
    PAGE.write_text(placed(PAGE.read_text(encoding="utf-8"), title, new), encoding="utf-8")


def placed(page: str, title: str, new: str) -> str:
    """The page with its section replaced, or put before the last paragraph."""
    own = new.rstrip("\n")
    if f"{title}\n" in page:
        before, _, rest = page.partition(f"{title}\n")
        following = [at for mark in ("\n## ", LAST) if (at := rest.find(mark)) >= 0]
        return f"{before}{own}\n{rest[min(following) :]}"
    before, mark, after = page.partition(LAST)
    return f"{before}\n{own}\n{mark}{after}"
