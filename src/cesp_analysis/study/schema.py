"""`cesp schema`: the JSON schema of config.yaml, by which editors complete and check it."""

from pathlib import Path
from typing import Any

from cesp_analysis.contracts import write_json
from cesp_analysis.study.study import Study


def schema(out: Path = Path("docs/schema.json")) -> None:
    """Write the JSON schema of config.yaml, made from the types that read it."""
    write_json(schema_of_study(), out)


def schema_of_study() -> dict[str, Any]:
    """The schema; what the reader fills in itself is left out."""
    data = Study.model_json_schema()
    definitions = data["$defs"]
    for definition in definitions.values():
        context = definition.get("properties", {}).get("study", {})
        if "Context" in str(context):
            del definition["properties"]["study"]
    used = str(data)
    data["$defs"] = {name: part for name, part in definitions.items() if f"/{name}'" in used}
    return data
