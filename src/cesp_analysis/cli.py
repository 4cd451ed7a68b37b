"""`cesp STEP --name value`: every step of the pipeline, and what else a person may ask for."""

import os
import sys
from typing import TYPE_CHECKING, Any

from cesp_analysis.forks import asked

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

STEPS: dict[str, str] = {
    "intake": "cesp_analysis.intake.intake:intake",
    "clean": "cesp_analysis.clean.clean:clean",
    "check": "cesp_analysis.clean.check:check",
    "score": "cesp_analysis.instruments.scoring:score",
    "external": "cesp_analysis.survey.external:external",
    "networks": "cesp_analysis.survey.networks:networks",
    "panel": "cesp_analysis.panel.panel:panel",
    "weigh": "cesp_analysis.survey.weigh:weigh",
    "replicate": "cesp_analysis.survey.replicate:replicate",
    "impute": "cesp_analysis.missing.impute:impute",
    "sensitivity": "cesp_analysis.missing.sensitivity:sensitivity",
    "fit": "cesp_analysis.models.fit:fit",
    "imputed_values": "cesp_analysis.missing.imputed_values:imputed_values",
    "fmi": "cesp_analysis.missing.fmi:fmi",
    "collect": "cesp_analysis.models.collect:collect",
    "balance": "cesp_analysis.models.balance_table:balance",
    "standardise": "cesp_analysis.models.standardise:standardise",
    "ladder": "cesp_analysis.few_sites.ladder:ladder",
    "plan": "cesp_analysis.analysis_plan.plan:plan",
    "specification_curve": "cesp_analysis.analysis_plan.curve:specification_curve",
    "published": "cesp_analysis.models.published:published",
    "dictionary": "cesp_analysis.describe.dictionary:dictionary",
    "account": "cesp_analysis.describe.account:account",
    "linking": "cesp_analysis.describe.linking:linking",
    "follow_up": "cesp_analysis.describe.follow_up:follow_up",
    "answered": "cesp_analysis.describe.answered:answered",
    "contamination": "cesp_analysis.describe.contamination:contamination",
    "flow": "cesp_analysis.describe.flow:flow",
    "baseline": "cesp_analysis.describe.baseline:baseline",
    "missing": "cesp_analysis.describe.missing:missing",
    "means": "cesp_analysis.describe.means:means",
    "changes": "cesp_analysis.describe.changes:changes",
    "survey_response": "cesp_analysis.survey.response:survey_response",
    "survey_means": "cesp_analysis.survey.means:survey_means",
    "completeness": "cesp_analysis.survey.completeness:completeness",
    "rates": "cesp_analysis.feasibility.rates:rates",
    "progression": "cesp_analysis.feasibility.progression:progression",
    "agreement": "cesp_analysis.survey.agreement:agreement",
    "measure": "cesp_analysis.measurement.measure:measure",
    "fidelity": "cesp_analysis.fidelity.fidelity:fidelity",
    "dose": "cesp_analysis.fidelity.dose:dose",
    "activity": "cesp_analysis.fidelity.activity:activity",
    "release": "cesp_analysis.disclosure.release:release",
    "draw": "cesp_analysis.figures.draw:draw",
    "draw_residuals": "cesp_analysis.figures.draw_residuals:draw_residuals",
    "tick": "cesp_analysis.checklists.tick:tick",
    "trace": "cesp_analysis.provenance.trace:trace",
    "trace_public": "cesp_analysis.provenance.trace:trace_public",
    "write": "cesp_analysis.report.write:write",
    "render": "cesp_analysis.report.render:render",
    "word": "cesp_analysis.report.word:word",
    "pdf": "cesp_analysis.report.pdf:pdf",
    "crate": "cesp_analysis.provenance.crate:crate",
    "manifest": "cesp_analysis.provenance.manifest:manifest",
    "attack": "cesp_analysis.disclosure.attack:attack",
    "show": "cesp_analysis.models.show:show",
    "explain": "cesp_analysis.provenance.explain:explain",
    "verify": "cesp_analysis.provenance.verify:verify",
    "compare": "cesp_analysis.provenance.compare:compare",
    "export": "cesp_analysis.export.export:export",
    "describe": "cesp_analysis.intake.look:describe",
    "new-study": "cesp_analysis.new_study.new_study:new_study",
    "lock-plan": "cesp_analysis.analysis_plan.lock_plan:lock_plan",
    "pseudonym": "cesp_analysis.intake.pseudonym:pseudonym",
    "checksum": "cesp_analysis.intake.intake:checksum",
    "instruments": "cesp_analysis.instruments.pages:instruments",
    "schema": "cesp_analysis.study.schema:schema",
    "simulate-study": "cesp_analysis.simulate.study:simulate",
}
"""Command → module and function; imported only when it is called."""

FEW_COLLECTIONS = 100_000
"""New objects until garbage is looked for: imports make most and keep them; 5% of a small job."""


def main(arguments: "Sequence[str] | None" = None) -> int:
    """Run one command; 0 if it went well (or what a question's answer stands for), 1 after a
    mistake an analyst can fix."""
    from cesp_analysis.errors import CespError

    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or words[0] in {"-h", "--help"}:
        print(_overview())
        return 0 if words else 2
    if words[0] not in STEPS:
        from cesp_analysis.errors import no_such

        print(f"cesp: {no_such('step', words[0], list(STEPS))}", file=sys.stderr)
        return 2
    function = _function(words[0])
    given = vars(_parser(words[0], function).parse_args(words[1:]))
    positional = [given.pop(name) for name in _positional(function)]
    try:
        return function(*positional, **given) or 0
    except CespError as error:
        print(error, file=sys.stderr)
        return 1


def run() -> None:
    """The console command; a reader that goes away early (| head) is no fault."""
    status = asked(sys.argv[1:])
    if status is None:
        status = _alone()
    sys.exit(status)


def _alone() -> int:
    """Run the command in this process."""
    import gc

    from cesp_analysis.lock import take_part

    gc.set_threshold(FEW_COLLECTIONS)
    take_part()
    try:
        status = main()
        sys.stdout.flush()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        status = 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    return status


def _function(step: str) -> "Callable[..., int | None]":
    from importlib import import_module

    module, name = STEPS[step].split(":")
    return getattr(import_module(module), name)  # type: ignore[no-any-return]


def _positional(function: "Callable[..., int | None]") -> list[str]:
    import inspect

    parameters = inspect.signature(function).parameters.values()
    return [p.name for p in parameters if p.kind is inspect.Parameter.POSITIONAL_ONLY]


def _parser(step: str, function: "Callable[..., int | None]") -> "argparse.ArgumentParser":
    """Arguments from the function's signature: each parameter is `--name`."""
    import argparse
    import inspect

    parser = argparse.ArgumentParser(prog=f"cesp {step}", description=function.__doc__)
    for name, parameter in inspect.signature(function).parameters.items():
        required = parameter.default is inspect.Parameter.empty
        options: dict[str, Any] = {} if required else {"default": parameter.default}
        kind = parameter.annotation
        positional = name in _positional(function)
        options["type"] = _one_of(kind)
        if "list[" in str(kind):
            options["nargs"] = "+" if required else "*"
        flag = name if positional else f"--{name.replace('_', '-')}"
        if not positional:
            options |= {"required": required, "dest": name}
        elif not required:
            options |= {"nargs": "?"}
        parser.add_argument(flag, **options)
    return parser


def _one_of(kind: Any) -> Any:
    """The type of one word of a parameter: of `list[Path] | None` it is Path."""
    from types import NoneType
    from typing import get_args

    while inner := [part for part in get_args(kind) if part is not NoneType]:
        kind = inner[0]
    return kind


def _overview() -> str:
    lines = ["usage: cesp STEP --name value …", "", "cesp STEP --help says what a step does:"]
    for step, target in STEPS.items():
        lines.append(f"  {step:15} {target.split(':')[0].removeprefix('cesp_analysis.')}")
    return "\n".join(lines)
