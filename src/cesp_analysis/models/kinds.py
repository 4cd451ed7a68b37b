"""The model kinds: a name in config.yaml and the class that reads and fits it."""

import json
from importlib import import_module
from typing import Annotated, Any, Union

from pydantic import Field

from cesp_analysis.models.spec import ModelSpec

KINDS: dict[str, str] = {
    "did": "cesp_analysis.models.did:Did",
    "ancova": "cesp_analysis.models.ancova:Ancova",
    "weighted_did": "cesp_analysis.models.weighted_did:WeightedDid",
    "dr_did": "cesp_analysis.models.dr_did:DrDid",
    "group_time": "cesp_analysis.models.group_time:GroupTime",
    "glm": "cesp_analysis.models.glm:Glm",
    "ordinal": "cesp_analysis.models.ordinal:Ordinal",
    "mixed": "cesp_analysis.models.mixed:Mixed",
    "mmrm": "cesp_analysis.models.mmrm:Mmrm",
    "survey": "cesp_analysis.models.survey:Survey",
}


def class_of(kind: str) -> type[ModelSpec]:
    """The class that reads and fits models of this kind."""
    module, name = KINDS[kind].split(":")
    return getattr(import_module(module), name)  # type: ignore[no-any-return]


def read_model(spec: str) -> Any:
    """A model from its resolved spec (JSON); imports only the kind that it names."""
    data = json.loads(spec)
    return class_of(data["kind"]).model_validate(data)


def any_kind() -> Any:
    """The type of one entry under `models:`; `kind` says which class reads it."""
    classes = tuple(class_of(kind) for kind in KINDS)
    return Annotated[Union[classes], Field(discriminator="kind")]  # noqa: UP007


def module_of(kind: str) -> str:
    """The module that a model kind is made of."""
    return KINDS[kind].split(":")[0]
