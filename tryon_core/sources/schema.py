"""The manifest's JSON Schema: `python -m tryon_core.sources.schema > data_manifests/manifest.schema.json`."""

import json
from typing import Any

from .manifest_line import ManifestLine


def schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of one line, as the checks of its fields have it."""
    model = ManifestLine.model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A line of a sample manifest",
        "type": "object",
        "properties": {key: _untitled(field) for key, field in model["properties"].items()},
        "required": model["required"],
        "additionalProperties": False,
    }


def _untitled(field: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in field.items() if name != "title"}


def text() -> str:
    """The schema as the file holds it."""
    return json.dumps(schema(), indent=2) + "\n"


if __name__ == "__main__":
    print(text(), end="")
