"""Where there is no browser: a user's tests skip with a sentence, CI's fail."""

import pytest
from browser.chromium import MISSING, chromium


@pytest.fixture(autouse=True)
def no_browser(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("TRYON_CHROMIUM", raising=False)
    monkeypatch.delenv("TRYON_BROWSER", raising=False)


def test_without_chromium_a_test_skips_and_says_what_to_install():
    with pytest.raises(pytest.skip.Exception, match="apt-get install chromium"):
        chromium()


def test_where_a_browser_is_required_the_test_fails_instead(monkeypatch):
    monkeypatch.setenv("TRYON_BROWSER", "required")
    with pytest.raises(pytest.fail.Exception) as failure:
        chromium()
    assert MISSING in str(failure.value)


def test_a_browser_may_be_named(monkeypatch):
    monkeypatch.setenv("TRYON_CHROMIUM", "/opt/chromium")
    assert chromium() == "/opt/chromium"
