"""`cesp schema`: the JSON schema of config.yaml, and the page that lists its settings."""

from functools import cache
from pathlib import Path
from typing import Any

from cesp_analysis.study.study import Study
from cesp_analysis.whole_files import write_json, write_text


def schema(out: Path = Path("docs/schema.json"), page: Path = Path("docs/study_file.md")) -> None:
    """Write the JSON schema of config.yaml and the page of its settings, made from its types."""
    from cesp_analysis.study.reference_page import reference_page

    write_json(schema_of_study(), out)
    write_text(reference_page(), page)


@cache
def schema_of_study() -> dict[str, Any]:
    """The schema, made once a process and not to be changed; what the reader fills in itself is
    left out."""
    data = Study.model_json_schema()
    definitions = data["$defs"]
    for definition in definitions.values():
        context = definition.get("properties", {}).get("study", {})
        if "Context" in str(context):
            del definition["properties"]["study"]
    used = str(data)
    data["$defs"] = {name: part for name, part in definitions.items() if f"/{name}'" in used}
    return data
