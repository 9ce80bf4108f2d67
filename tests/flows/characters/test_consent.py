"""Whose face may be taken: the consent that a sample's source states in words."""

import pytest

from tryon_core.errors import Refused
from tryon_core.flows.characters.consent import check_consent, consents
from tryon_core.records import Sample

DENIALS = """
no|No.|  NO  |nope|N|none|None given|null|nan|n/a|N / A|n.a.|na|not applicable|false|False|F|0|unknown|unclear|?|-|
not given|not yet asked|nobody asked|never asked|has not agreed|didn't agree|pending|requested, no answer yet|tbd|
consent: no|consent_given=no|no consent|no one agreed|no person was asked|no person gave consent|without consent|
refused|Refused by the person, 2026-01-02|denied|declined|expired|withdrawn|written, 2025-03-01; withdrawn 2026-01-02|
yes (revoked later)|written, no longer valid|rejected|refuse|declines|deny|forbidden|prohibited|disagreed|
disagrees|objected|
opted out|opt-out|unsigned|withheld|asked|to be asked|will ask|tbc|invalid|void|signed, but not for face swaps|
yes (not for AI edits)|nein|kein Einverständnis|nicht erteilt|non|não|нет|否|無|不同意
"""


@pytest.mark.parametrize("text", ["", " ", "\n", *(part.strip("\n") for part in DENIALS.split("|"))])
def test_a_denied_consent_refuses_the_swap(text):
    with pytest.raises(Refused, match=r"^face swap needs the consent of the person shown, and .* such as") as refused:
        check_consent(Sample(sample_id="a", wish="", images={}, consent=text))
    assert refused.value.reason == "no_consent"


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "written, 2026-05-04",
        "signed; may be withdrawn at any time",
        "granted by e-mail, not for advertisements",
        "yes (no commercial use)",
        "true",
        "1",
        "no real person is shown",
        "No person is shown: rendered",
        "public domain, a published portrait",
        "model release 20-117",
        "non-commercial use agreed in writing",
        "agreed when asked on 2026-02-01",
        "oui",
        "signed; may refuse at any time",
        "yes (not for advertisements with faces)",
    ],
)
def test_a_given_consent_lets_it_be(text):
    assert consents(text)
    check_consent(Sample(sample_id="a", wish="", images={}, consent=text))


def test_the_refusal_names_what_and_words():
    with pytest.raises(Refused, match="^inpainting .*the source says 'Unknown'"):
        check_consent(Sample(sample_id="a", wish="", images={}, consent=" Unknown "), what="inpainting")
