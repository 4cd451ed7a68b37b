"""`snakemake --logger cesp`: one line per job, and the analyst's message last on the screen.

Snakemake's own log under .snakemake/log stays complete; this handler only decides what the
terminal shows. It keeps failures until `close`, which Snakemake calls when it has said all it has
to say, so nothing can follow them.
"""

import os
import re
import sys
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from logging import WARNING, LogRecord
from pathlib import Path
from typing import Any

from snakemake_interface_logger_plugins.base import LogHandlerBase

from snakemake_logger_plugin_cesp.words import (
    FULL,
    by_message,
    count,
    cut,
    duration,
    error_in_words,
    few_of,
    in_words,
    is_full,
    pages_in,
    purposes_of,
)

FEW = 3
"""A run of so few jobs ends with what they wrote, a longer one without report with its last."""
TARGET = "all"
"""The rule that only names what is wanted: it runs nothing and is not counted."""
FAULT = "this is a fault of the program; please report it with the file "
CLOSING = "write"
"""The rule whose log says how the study went; a run that made it ends with that."""
NOTHING = "nothing to do: everything is up to date"
NOISE = ("Assuming unrestricted", "Building DAG of jobs", "Nothing to be done", "Exiting because")
TELLING = ("Will exit after", "Terminating processes", "Trying to restart", "Waiting at most")
"""Plain messages from a run that a person waiting for it wants; other plain ones are left out."""
EXIT = re.compile(r"returned non-zero exit status (\d+)|died with <Signals\.(\w+)")


@dataclass(frozen=True)
class Job:
    """What is remembered of a job from its start to the end of the run."""

    name: str
    purpose: str
    logs: list[str]
    shell: str
    started: float


class LogHandler(LogHandlerBase):
    """Shows one run; everything it needs to know comes from Snakemake's records."""

    writes_to_stream = True
    writes_to_file = False
    has_filter = True  # Snakemake's filter would hide failures under --quiet
    has_formatter = False  # Snakemake's formatter serves --verbose
    needs_rulegraph = False

    def __post_init__(self) -> None:
        options = self.common_settings
        quiet = {choice.name for choice in options.quiet or ()}
        self.dryrun, self.verbose = options.dryrun, options.verbose or options.debug_dag
        self.silent, self.quiet = "ALL" in quiet, bool(quiet & {"ALL", "PROGRESS", "RULES"})
        self.stream = sys.stdout if options.stdout else sys.stderr
        self.live = self.stream.isatty() and os.environ.get("TERM") != "dumb"
        self.colour = self.live and not options.nocolor and not os.environ.get("NO_COLOR")
        self.folder, self.own_log = Path(), ".snakemake/log/"
        self.began: float | None = None
        self.total = self.done = self.uncounted = 0
        self.running, self.wrote = dict[int, Job](), deque[tuple[Job, str]](maxlen=FEW)
        self.status, self.closing, self.rendered = "", "", False
        self.purposes, self.stopped = dict[str, str](), dict[int, tuple[Job, str]]()
        self.exits, self.errors = dict[str, str](), list[str]()
        self.idle = self.over = False

    def emit(self, record: LogRecord) -> None:
        event = getattr(record, "event", None)
        try:
            if self.verbose and (event != "debug_dag" or self.common_settings.debug_dag):
                self.say(self.format(record))
            getattr(self, f"on_{event}", self.on_other)(record)
        except (AttributeError, KeyError, OSError, TypeError, ValueError):
            self.handleError(record)  # a record of another shape must not end the display

    def on_workflow_started(self, record: Any) -> None:
        self.began, self.folder = record.created, Path.cwd()  # the study's folder, by --directory
        self.purposes = dict(purposes_of(Path(record.snakefile_main)))

    def on_run_info(self, record: Any) -> None:
        first = not self.total
        self.uncounted = record.stats.get(TARGET, 0)
        self.total = record.stats["total"] - self.uncounted
        self.idle = not self.total
        if first and not (self.idle or self.dryrun or self.quiet):
            self.say(f"{count(self.total)} to run")

    def on_job_info(self, record: Any) -> None:
        if record.rule_name == TARGET:
            return
        name = " ".join([record.rule_name, *(str(v) for v in record.wildcards.values())])
        purpose = record.rule_msg or self.purposes.get(record.rule_name, "")
        command = record.shellcmd or ""
        self.running[record.jobid] = Job(name, purpose, record.log, command, record.created)
        if self.dryrun and not self.quiet:
            made = record.output
            self.say(f"{name} → {few_of(made)}\n    {in_words(record.reason, made)}")
        self.show_status()

    def on_shellcmd(self, record: Any) -> None:
        command = getattr(record, "cmd", None) or getattr(record, "shellcmd", None)
        if command and self.common_settings.printshellcmds and not (self.quiet or self.verbose):
            self.say(f"    {command.strip()}")

    def on_job_finished(self, record: Any) -> None:
        job = self.running.pop(record.job_id, None)
        if job is None:
            return
        self.done += 1
        self.stopped.pop(record.job_id, None)  # a restart went well
        self.wrote.append((job, self.text_of(job.logs)))
        if job.name == CLOSING:
            self.closing = self.text_of(job.logs)
        self.rendered |= job.name == "render"
        if not self.quiet:
            took = duration(record.created - job.started)
            self.say(f"{self.progress()}  {job.name:22} {self.dim(job.purpose)} ({took})")
        self.show_status()

    def on_progress(self, record: Any) -> None:
        self.total = max(self.total, record.total - self.uncounted)  # checkpoints add jobs

    def on_job_error(self, record: Any) -> None:
        job = self.running.pop(record.jobid, None) or Job(
            record.rule_name, "", record.log, record.shellcmd or "", record.created
        )
        self.stopped[record.jobid] = job, self.text_of(job.logs) or self.text_of(record.log)
        if not self.quiet:
            self.say(f"{'stopped':>{len(self.progress())}}  {job.name}")
        self.show_status()

    def on_error(self, record: Any) -> None:
        message = record.getMessage()
        if status := EXIT.search(message):
            self.exits[message] = f"exit code {status[1]}" if status[1] else f"killed: {status[2]}"
        elif "At least one job did not complete" not in message:
            self.errors.append(error_in_words(message))

    def on_other(self, record: LogRecord) -> None:
        message = record.getMessage()
        if message.startswith("Complete log"):
            self.own_log += Path(message).name
        self.idle |= message.startswith("Nothing to be done")
        wanted = not self.began or record.levelno >= WARNING or message.startswith(TELLING)
        known = message.startswith(NOISE) or getattr(record, "event", None) or message == "None"
        if wanted and not known and not self.verbose and not self.silent:
            self.say(message)

    def close(self) -> None:
        """Say how the run ended; Snakemake calls this last, and more than once."""
        if not self.over and not self.silent:
            self.over = True
            self.erase()
            for line in self.ending():
                self.say(line)
        super().close()

    def ending(self) -> Iterator[str]:
        """The last lines: the count, then errors of Snakemake, then what each failed job said."""
        if self.dryrun and self.total and not self.errors:
            yield f"{count(self.total)} would run"
        elif self.total and not self.dryrun and (self.stopped or not self.quiet):
            yield self.summary()
        elif self.idle and not self.quiet:
            yield NOTHING
        yield from () if self.verbose else dict.fromkeys(self.errors)
        said = [(job.name, self.message_of(job, text)) for job, text in self.stopped.values()]
        for message, names in by_message(said).items():
            yield from ("", self.red(f"{names} stopped:"), message)
        if self.stopped or self.errors or self.quiet:
            return
        if self.closing and self.total > FEW:
            yield self.closing
        elif self.wrote and self.done == self.total and (self.total <= FEW or not self.uncounted):
            yield from self.logs_of_few()
        yield from pages_in(self.folder) if self.idle or self.rendered else ()

    def logs_of_few(self) -> Iterator[str]:
        few, last = self.total <= FEW, self.wrote[-1][0].name.split()[0]
        wrote = [one for one in self.wrote if one[1] and (few or one[0].name.split()[0] == last)]
        for job, text in wrote:
            yield "" if len(wrote) == 1 else f"\n{job.name}:"
            yield text

    def summary(self) -> str:
        took = duration(time.time() - (self.began or time.time()))
        line = f"{self.done} of {count(self.total)} done in {took}"
        return line + (f", {len(self.stopped)} stopped" if self.stopped else "")

    def message_of(self, job: Job, text: str) -> str:
        if "Traceback (most recent call last)" in text:
            return f"{text}\n{FAULT}{self.own_log}"
        if not text and is_full(self.folder, self.errors + [s for _, s in self.stopped.values()]):
            return FULL
        found = (said for message, said in self.exits.items() if job.shell in message)
        code = next(found, "no exit code")
        return text or f"it wrote no message; its command was ({code}):\n{cut(job.shell, 300)}"

    def text_of(self, logs: list[str]) -> str:
        paths = [self.folder / log for log in logs]
        texts = [p.read_text("utf-8", errors="replace") for p in paths if p.is_file()]
        return "\n".join(text.strip("\n") for text in texts if text.strip())

    def progress(self) -> str:
        return f"{self.done:>{len(str(self.total))}} of {self.total}"

    def say(self, line: str) -> None:
        """Print a line; what the terminal's encoding lacks becomes '?', for an error is silence."""
        self.erase()
        encoding = self.stream.encoding or "utf-8"
        print(line.encode(encoding, "replace").decode(encoding), file=self.stream, flush=True)

    def show_status(self) -> None:
        """One line that is written over: what is done and what runs now."""
        if self.live and self.running and not (self.dryrun or self.quiet):
            now = ", ".join(job.name for job in self.running.values())
            width = os.get_terminal_size(self.stream.fileno()).columns or 80
            self.erase()
            self.status = cut(f"{self.progress()} done; running: {now}", width - 1)
            print(self.status, end="", file=self.stream, flush=True)

    def erase(self) -> None:
        if self.status:
            print("\r" + " " * len(self.status) + "\r", end="", file=self.stream)
            self.status = ""

    def red(self, text: str) -> str:
        return f"\033[31m{text}\033[0m" if self.colour else text

    def dim(self, text: str) -> str:
        return f"\033[2m{text}\033[0m" if self.colour else text
