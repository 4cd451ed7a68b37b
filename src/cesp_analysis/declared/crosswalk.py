"""How one file asks a question that other files ask otherwise: renamed, re-coded or not at all."""

from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, Field, WithJsonSchema

from cesp_analysis.declared.base import Frozen

Mode = Literal["paper", "web", "face_to_face", "telephone"]
MODES: tuple[str, ...] = get_args(Mode)


def _texts(values: object) -> object:
    """Keys and codes as text, however YAML reads them."""
    if isinstance(values, dict):
        return {str(key): str(value) for key, value in values.items()}
    return values


_WORD = {"anyOf": [{"type": "string"}, {"type": "number"}]}
Recode = Annotated[
    dict[str, str],
    BeforeValidator(_texts),
    WithJsonSchema({"type": "object", "additionalProperties": _WORD}),
]


class Asked(Frozen):
    """One question as this file has it; what is not said is as the form says."""

    column: str | None = Field(default=None, description="The raw column, as this file names it.")
    values: Recode | None = Field(
        default=None,
        description="Raw code in this file → the study's code. Codes that are not listed are set to"
        " missing and named.",
    )
    reversed: bool = Field(
        default=False,
        description="true: this file has the scale the other way round: lowest and highest code of"
        " the range change places, and so do those between.",
    )
    asked: bool = Field(
        default=True,
        description="false: this file did not ask it; it is missing there and counts as not asked.",
    )

    def recode(self) -> str:
        """What is done to the codes, in words; blank: they stay as they are."""
        if not self.asked:
            return "not asked"
        if self.reversed:
            return "reversed"
        return ", ".join(f"{raw} → {code}" for raw, code in (self.values or {}).items())


AS_DECLARED = Asked()
"""A question that no crosswalk mentions."""
