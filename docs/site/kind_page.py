"""docs/reference/model_kinds.md: what each model kind is, from the classes that read and fit it."""

import sys
from collections.abc import Mapping

import yaml
from table_page import ROOT

from cesp_analysis.models.kinds import KINDS, class_of
from cesp_analysis.models.spec import ModelSpec

HEAD = """# Model kinds

What may stand behind `kind:` under `models:`; made by `python docs/site/write.py` from the classes
that read and fit them. How to choose: [add a model](../howto/add_a_model.md); how each was checked:
[validation](../validation.md).

Every kind has these settings: {shared}.
"""


def page() -> str:
    """The whole page."""
    shared = ", ".join(f"`{name}`" for name in ModelSpec.model_fields if name != "study")
    with (ROOT / "config.yaml").open(encoding="utf-8") as stream:
        models = yaml.safe_load(stream)["models"]
    return "\n".join([HEAD.format(shared=shared), *(described(kind, models) for kind in KINDS)])


def described(kind: str, models: Mapping[str, Mapping[str, object]]) -> str:
    """The part of one kind; `models` are the root study's."""
    own = class_of(kind)
    text = (sys.modules[own.__module__].__doc__ or "").strip()
    first, *rest = [" ".join(one.split()) for one in text.split("\n\n")]
    named = first.partition(": ")[2]
    settings = [name for name in own.model_fields if name not in ModelSpec.model_fields]
    used = [f"`{name}`" for name, entry in models.items() if entry["kind"] == kind]
    link = f"../study_file.md#modelsname-kind-{kind}"
    return "\n\n".join(
        [
            f"## {kind}",
            named[:1].upper() + named[1:],
            *rest,
            f"Settings of its own ([what each may be]({link})): "
            f"{', '.join(f'`{name}`' for name in settings) or 'none'}.",
            f"In the root study: {', '.join(used) or 'none; see the how-to pages'}."
            f" Source: `{own.__module__.replace('.', '/')}.py`.",
            "",
        ]
    )
