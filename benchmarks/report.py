"""The report from finished results: `make benchmark NAME=report` (after `make study`).

The steps write, render, word and pdf of the root study by the rules' own commands, each in a
process of its own, imports counted, on a copy of its results; all of it twice, which must give the
same bytes. Then the page in the machine's Chromium, from its file.
"""

import hashlib
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from feasibility_root import commands

ROOT = Path(__file__).resolve().parents[1]
STEPS = ("write", "render", "word", "pdf")
FORMS = ("index.html", "report.docx", "report.pdf")
OPENED = 5


def main(study: Path = ROOT) -> None:
    """Print seconds and sizes; SystemExit: other bytes the second time, or the page complains."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "study"
        copied(study, folder)
        told = printed_commands(folder)
        first, second = once(folder, told), once(folder, told)
        if first[1] != second[1]:
            raise SystemExit(f"other bytes the second time: {first[1]} {second[1]}")
        seconds = {step: min(first[0][step], second[0][step]) for step in STEPS}
        for form in FORMS:
            size = (folder / "results/report" / form).stat().st_size / 1e6
            print(f"measure report_{form.rpartition('.')[2]}_size {size:.2f} MB")
        print(f"measure report_html_seconds {seconds['write'] + seconds['render']:.2f} s")
        print(f"measure report_word_pdf_seconds {seconds['word'] + seconds['pdf']:.2f} s")
        opening(folder / "results/report/index.html")


def copied(study: Path, folder: Path) -> None:
    """What the steps read of a study that was run."""
    if not (study / "results/report/report.json").is_file():
        raise SystemExit(f"{study}/results/report: no report there; run make study first")
    for part in ("data", "results"):
        made = shutil.ignore_patterns("logs", "processed")
        shutil.copytree(study / part, folder / part, ignore=made)
    for part in ("config.yaml", "analysis_plan.lock.json"):
        if (study / part).is_file():
            shutil.copy(study / part, folder / part)


def printed_commands(folder: Path) -> dict[str, list[str]]:
    """The rules' own commands of the steps."""
    words = ["snakemake", "-s", str(ROOT / "Snakefile"), "-d", str(folder), "-n", "-p"]
    forms = [f"results/report/{form}" for form in FORMS]
    done = subprocess.run([*words, "--cores", "1", "--forceall", *forms], env=environment(),
                          check=False, capture_output=True, text=True)  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return commands(done.stdout + done.stderr)


def environment() -> dict[str, str]:
    """With the program's commands on the path."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path}


def once(folder: Path, told: dict[str, list[str]]) -> tuple[dict[str, float], dict[str, str]]:
    """Seconds of each step, and the checksum of each form."""
    seconds, before = {}, cpu()
    for step in STEPS:
        since = time.perf_counter()
        subprocess.run(["cesp", *told[step]], cwd=folder, check=True, env=environment(),
                       stdout=subprocess.DEVNULL)  # fmt: skip
        seconds[step] = time.perf_counter() - since
    each = ", ".join(f"{step} {took:.2f}" for step, took in seconds.items())
    print(f"seconds: {each}; of the processor, all together {cpu() - before:.2f}")
    made = {form: (folder / "results/report" / form).read_bytes() for form in FORMS}
    return seconds, {form: hashlib.sha256(held).hexdigest() for form, held in made.items()}


def cpu() -> float:
    """Seconds of the processor that ended processes took."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def opening(page: Path) -> None:
    """How long the page takes to open: from navigation to DOMContentLoaded, and to its load."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        print("no Chromium here: the page was not opened")
        return
    from playwright.sync_api import sync_playwright

    said: list[str] = []
    took: list[dict[str, float]] = []
    with sync_playwright() as player:
        own = player.chromium.launch(
            executable_path=browser, args=["--no-sandbox"] if os.geteuid() == 0 else []
        )
        for _ in range(OPENED):
            tab = own.new_page(viewport={"width": 1280, "height": 900})
            tab.on("console", lambda message: said.append(message.text))
            tab.on("pageerror", lambda error: said.append(str(error)))
            tab.goto(page.as_uri())
            took.append(tab.evaluate("performance.getEntriesByType('navigation')[0].toJSON()"))
            tab.close()
        own.close()
    if said:
        raise SystemExit(f"the page says: {said}")
    for name, entry in (("content", "domContentLoadedEventEnd"), ("page", "loadEventEnd")):
        middle = statistics.median(one[entry] for one in took) / 1000
        print(f"measure {name}_opens_seconds {middle:.2f} s")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else ROOT)
