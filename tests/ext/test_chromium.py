"""The search for a browser."""

import chromium


def test_the_variable_comes_first(tmp_path, monkeypatch):
    own = tmp_path / "own-browser.exe"
    own.write_text("")
    own.chmod(0o755)
    monkeypatch.setenv("CHROMIUM", str(own))
    assert chromium.program() == str(own)


def test_the_first_known_name_is_taken(monkeypatch):
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(chromium.shutil, "which", {"chrome": "/bin/chrome", "google-chrome": "/bin/google-chrome"}.get)
    assert chromium.program() == "/bin/google-chrome"


def test_no_browser_is_none(monkeypatch):
    monkeypatch.setenv("CHROMIUM", "")
    monkeypatch.setattr(chromium.shutil, "which", lambda name: None)
    assert chromium.program() is None
