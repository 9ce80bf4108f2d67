"""Whose face may be taken: the consent that a sample's source states in words."""

import re

from ...errors import Refused
from ...records import Sample
from ...text import one_line, shortened

# Consent is free text, so what denies it is looked for: in its first clause a word that says no, or that it is not
# known; anywhere a word that takes it back ('may be withdrawn' does not). 'No real person is shown' is no denial.
_NOBODY = re.compile(
    r"no (real |living |identifiable )*(person|people|human|one|face)s?\b(?!.*\b(consent|agree|ask|g[ai]ve))"
)
_DENIED = re.compile(
    r"\b(no|nope|not|none|nobody|never|false|null|nil|nan|na|unknown|unclear|unspecified|undefined|missing|absent"
    r"|pending|tb[cd]|todo|requested|to be asked|will ask|unsigned|invalid|void|forbidden|prohibited|withheld"
    r"|refuses?|den(y|ies)|declines?|rejects?|disagrees?|objects?|without (any )?(consent|permission))\b"
    r"|n't\b|\bn ?/ ?a\b|^([n0f]|asked)$"
    r"|\b(nein|nicht|keine?|non|n[aã]o|нет|не)\b(?!-)|^[否無无不]"  # 'no' in other languages
)
_TAKEN_BACK = re.compile(
    r"(?<!be )\b(refus(ed|es|al)|denie[ds]|declined|rejected|disagreed|objected|opt(ed)?[ -]out|withdrawn|withdrew"
    r"|revoked|expired|lapsed|no longer)\b"
    r"|\bnot for (any |an |a )?(face|ai|swap|edit)"  # what we do with it
)


def check_consent(sample: Sample, what: str = "face swap") -> None:
    """raises Refused where the person shown did not agree to `what`, or the sample's source does not say so"""
    if consents(sample.consent):
        return
    words = one_line(sample.consent)
    got = f"the source says {shortened(words)!r}" if words else "the source says nothing of it"
    raise Refused(
        "no_consent",
        f"{what} needs the consent of the person shown, and {got}; where it was given, write how and when as the "
        "sample's consent, such as 'written, 2026-05-04'",
    )


def consents(text: str) -> bool:
    """Whether a source's words on consent give it: False for none, for any 'no', and where it is not known."""
    said = " ".join(text.casefold().replace("_", " ").split())
    first = re.split(r"[,;.(]", said)[0].strip()
    if _NOBODY.match(first):
        return True
    return bool(re.search(r"\w", first)) and not _DENIED.search(first) and not _TAKEN_BACK.search(said)
