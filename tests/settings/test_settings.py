"""What the program gets, and what never shows."""

import os

import pytest

from pipeline.settings import ConsoleSettings, Folder, load


def test_no_secret_in_the_text_of_the_settings(folder: Folder) -> None:
    settings = load(folder.root, env={})
    assert settings.secrets
    assert not any(secret in repr(settings) for secret in settings.secrets)


def test_relative_folders_are_kept_absolute(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.root.parent)
    settings = load(folder.root.relative_to(folder.root.parent), env={})
    monkeypatch.chdir("/")
    assert settings.folder.secrets.exists()


def test_settings_may_stand_elsewhere(folder: Folder) -> None:
    other = folder.root.parent / "other.toml"
    other.write_text('[sources.integrax-br]\nprovider = "integrax"\n[receiver]\nport = 9000\n')
    secrets = folder.secrets.read_text()
    folder.secrets.write_text(
        secrets[: secrets.index("[sources.") + secrets[secrets.index("[sources.") :].index("\n\n")]
    )
    settings = load(folder.root, other, env={})
    assert settings.config == other
    assert settings.receiver.port == 9000
    assert list(settings.sources) == ["integrax-br"]


def test_the_reserve_is_a_tenth_of_the_disk_within_bounds(folder: Folder) -> None:
    disk = os.statvfs(folder.root)
    tenth = disk.f_blocks * disk.f_frsize // 10
    assert load(folder.root, env={}).log.reserve_bytes == min(2**30, max(2**24, tenth))
    assert load(folder.root, env={"DELIVRD_LOG_RESERVE": "5MiB"}).log.reserve_bytes == 5 * 2**20


@pytest.mark.parametrize(
    ("host", "needed"),
    [
        ("127.0.0.1", False),
        ("127.9.9.9", False),
        ("::1", False),
        ("localhost", False),
        ("0.0.0.0", True),
        ("10.0.0.1", True),
        ("::", True),
        ("console.example.com", True),
    ],
)
def test_a_console_that_others_can_reach_needs_a_token(host: str, needed: bool) -> None:
    assert ConsoleSettings(host=host, token="0123456789abcdef").needs_token is needed


def test_the_secret_of_a_source_that_was_taken_out_is_no_mistake(folder: Folder) -> None:
    text = folder.config.read_text()
    folder.config.write_text(text[: text.index("[sources.")])
    assert load(folder.root, env={}).sources == {}
