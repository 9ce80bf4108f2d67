"""What may stand in a field of a manifest line, as JSON Schema: the same as its check in manifest_fields.py says."""

from typing import Any

from ..records import ROLE, SAMPLE_ID

FACT_NAME_LENGTH = 80
# JSON Schema reads these patterns as Python does.
CONTROL = r"[\u0000-\u001f\u007f-\u009f]"
CONTROL_IN_PROSE = r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]"  # tabs and line breaks may stand there
DIGEST = "[0-9a-f]{64}"  # SHA-256

PROSE = {"type": "string", "not": {"pattern": CONTROL_IN_PROSE}}
_WORD = {"type": "string", "not": {"pattern": CONTROL}}
ID = {**_WORD, "pattern": f"^{SAMPLE_ID.pattern}$"}
PATH = {**_WORD, "minLength": 1}
FACT = {"anyOf": [_WORD, {"type": ["number", "boolean"]}]}
FACTS = {
    "type": "object",
    "propertyNames": {"pattern": r"\S", "maxLength": FACT_NAME_LENGTH, "not": {"pattern": CONTROL}},
    "additionalProperties": FACT,
}


def _by_role(item: dict[str, Any]) -> dict[str, Any]:
    """One item, or a list of them, per role."""
    role = {"pattern": f"^{ROLE.pattern}$", "not": {"pattern": f"-|{CONTROL}"}}
    several = {"type": "array", "items": item, "minItems": 1}
    return {"type": "object", "propertyNames": role, "additionalProperties": {"anyOf": [item, several]}}


PICTURES = _by_role(PATH)
DIGESTS = _by_role({**_WORD, "pattern": f"^{DIGEST}$"})
