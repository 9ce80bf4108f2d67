"""No secret of the environment is left in what others say."""

import pytest

from tryon_core.text.scrubbing import SHOWN, scrubbed


@pytest.mark.parametrize(
    "name",
    [
        "OPENAI_API_KEY",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "HF_TOKEN",
        "GEMINI_API_KEY",
        "LABEL_STUDIO_TOKEN",
    ],
)
def test_a_secret_of_the_environment_is_replaced(monkeypatch, name):
    monkeypatch.setenv(name, "very/private+value")
    said = "Incorrect API key provided: very/private+value (very%2Fprivate%2Bvalue)"
    assert scrubbed(said) == f"Incorrect API key provided: {SHOWN} ({SHOWN})"


def test_the_longer_of_two_secrets_goes_whole(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "abcdefgh")
    monkeypatch.setenv("HF_TOKEN", "abcdefgh-and-more")
    assert scrubbed("x abcdefgh-and-more y abcdefgh z") == f"x {SHOWN} y {SHOWN} z"


@pytest.mark.parametrize(
    "said",
    [
        "key sk-proj-0123456789abcdefXYZ refused",
        "token hf_abcdefghijklmnopqrst refused",
        "https://b.s3.amazonaws.com/k?X-Amz-Credential=AKIA0123456789ABCDEF%2Fx&X-Amz-Signature=0123456789abcdef",
        "Authorization: Bearer 0123456789abcdef0123",
    ],
)
def test_what_has_the_form_of_a_key_is_replaced(said):
    assert SHOWN in scrubbed(said)
    assert not {"0123456789abcdef", "abcdefghijklmnopqrst"} & set(
        scrubbed(said).replace("=", " ").replace("-", " ").split()
    )


def test_other_words_stay(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    monkeypatch.setenv("TOKENIZERS_PARALLELISM", "false-and-long")
    said = "none of the 7 tokens is false-and-long; the basic silhouette stays"
    assert scrubbed(said) == said
