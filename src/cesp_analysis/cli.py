"""`cesp STEP --name value`: every step of the pipeline, and what else a person may ask for."""

import os
import sys
from itertools import dropwhile, takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cesp_analysis.forks import asked
from cesp_analysis.steps import FIRST_OF_PEOPLE, STEPS

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence


FEW_COLLECTIONS = 100_000
"""New objects until garbage is looked for: imports make most and keep them; 5% of a small job."""
REST = "*"
"""What a command hands on as it stands: options of another program are none of its own."""


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
    rest = given.pop(REST, [])
    try:
        if str(given.get("spec", "")).startswith("@"):  # a file's text, too long for a word
            from cesp_analysis.long_specs import spec_of

            given["spec"] = spec_of(given["spec"])
        return function(*positional, *rest, **given) or 0
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
        if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
            parser.add_argument(REST, nargs=argparse.REMAINDER, metavar=name.upper())
            continue
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
    lines = ["usage: cesp STEP --name value …", "", "cesp STEP --help says what each takes."]
    steps = takewhile(lambda step: step != FIRST_OF_PEOPLE, STEPS)
    people = dropwhile(lambda step: step != FIRST_OF_PEOPLE, STEPS)
    for title, names in (("For people", people), ("Steps of a run, by snakemake", steps)):
        lines += [
            "",
            f"{title}:",
            *(f"  {one:20} {_first_line(*STEPS[one].split(':'))}" for one in names),
        ]
    return "\n".join(lines)


def _first_line(module: str, name: str) -> str:
    """The first sentence of what a command says of itself; read, not imported, which takes long."""
    import ast
    from importlib.util import find_spec

    found = find_spec(module)
    assert found is not None and found.origin is not None
    tree = ast.parse(Path(found.origin).read_text(encoding="utf-8"))
    (own,) = [one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == name]
    said = " ".join((ast.get_docstring(own) or "").split("\n\n")[0].split())
    return said.split(". ")[0].rstrip(".")
