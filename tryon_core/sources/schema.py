"""The manifest's JSON Schema: `python -m tryon_core.sources.schema > data_manifests/manifest.schema.json`."""

import json
from typing import Any

from ..records import SampleLine
from .manifest import DIGEST, KEYS

_PICTURE = "a path relative to the manifest, an absolute path, or s3://bucket/key"
MEANING = {  # key of a manifest line -> what it says
    "sample_id": "names the sample in records and file names; unique in the manifest",
    "person": f"picture of the person: {_PICTURE}",
    "garment": f"picture of the garment alone: {_PICTURE}",
    "truth": "picture of the person wearing the garment, for measuring only; no model sees it",
    "wish": "what is asked for, in words",
    "garment_type": "upper, dress, trousers, skirt, ...; free text",
    "difficulty": "easy, medium, hard; free text, used to select",
    "gender": "female, male; free text, used to select",
    "pattern": "plain, stripes, floral, ...; free text",
    "split": "tuning or reporting, ...; free text: what was tuned on some samples is reported on others",
    "sha256": "role -> SHA-256 of that picture's file, checked when it is read",
    "source": "where the pictures come from",
    "licence": "under which licence they may be used",
    "consent": "how the person shown agreed",
}


def schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of one line: SampleLine without the ETags, which a listing notes and nobody writes."""
    model = SampleLine.model_json_schema()
    properties = {key: _plain(model["properties"][key]) | {"description": MEANING[key]} for key in KEYS}
    for role in ("person", "garment"):
        properties[role]["minLength"] = 1
    properties["sha256"] |= {
        "propertyNames": {"enum": ["person", "garment", "truth"]},
        "additionalProperties": {"type": "string", "pattern": f"^{DIGEST}$"},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A line of a sample manifest",
        "type": "object",
        "properties": properties,
        "required": model["required"],
        "additionalProperties": False,
    }


def _plain(field: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in field.items() if name != "title"}


def text() -> str:
    """The schema as the file holds it."""
    return json.dumps(schema(), indent=2) + "\n"


if __name__ == "__main__":
    print(text(), end="")
