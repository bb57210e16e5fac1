"""What is asked of providers: durations, limits, and the credentials, which stand among the secrets."""

import pytest

from pipeline.settings import Folder, SettingsError, load
from pipeline.settings.first import add_secrets
from tests.settings.test_mistakes import only


def write(folder: Folder, poll: str, secrets: str = "") -> None:
    folder.config.write_text(f'[sources.a]\nprovider = "aatrox"\n[sources.a.poll]\n{poll}')
    with folder.secrets.open("a") as file:
        file.write(secrets)
    add_secrets(folder, env={})


def test_without_the_table_nothing_is_asked(folder: Folder) -> None:
    assert load(folder.root, env={}).polled == []


def test_an_empty_table_is_enough(folder: Folder) -> None:
    write(folder, "")
    [source] = load(folder.root, env={}).polled
    assert source.poll is not None
    assert (source.poll.every, source.poll.per_minute, source.poll.give_up) == (30_000, 60, 72 * 3_600_000)
    assert source.poll.unknown_after is None


@pytest.mark.parametrize(
    ("line", "key", "said"),
    [
        ('every = "often"', "every", "duration"),
        ("every = 30", "every", "duration"),
        ("per_minute = 0", "per_minute", "greater than or equal to 1"),
        ('base_url = "api.example.com"', "base_url", "beginning of a URL"),
        ('base_url = "https://user:pass@example.com"', "base_url", "beginning of a URL"),
        ('base_url = "https://example.com/?token=x"', "base_url", "beginning of a URL"),
        ('evry = "30s"', "evry", 'did you mean "every"'),
        ('token = "x"', "token", "unknown key"),
        ('give_up = "30s"', "give_up", "must be at least 1m"),
        ('unknown_after = "0s"', "unknown_after", "must be at least 1s"),
        ('base_url = "http://example.com:99999"', "base_url", "beginning of a URL"),
        ('base_url = "http://[example.com"', "base_url", "beginning of a URL"),
    ],
)
def test_a_mistake_is_named(folder: Folder, line: str, key: str, said: str) -> None:
    write(folder, line)
    problem = only(folder)
    assert problem.key == f"sources.a.poll.{key}"
    assert said in problem.message


@pytest.mark.parametrize("key", ["token", "api_key"])
def test_a_credential_that_no_header_can_hold_is_named(folder: Folder, key: str) -> None:
    """Such as one that was pasted from a letter."""
    write(folder, "", f'\n[sources.a]\n{key} = "pasted\u2013from-a-letter"\n')
    problem = only(folder)
    assert (problem.where, problem.key) == (str(folder.secrets), f"sources.a.{key}")
    assert "ASCII" in problem.message
    assert "pasted" not in str(problem)


@pytest.mark.parametrize("key", ["token", "api_key", "email", "password"])
def test_credentials_are_secrets(folder: Folder, key: str) -> None:
    write(
        folder,
        "",
        f'\n[sources.a]\n{key} = "hidden words"\n' if key == "password" else f'\n[sources.a]\n{key} = "hid"\n',
    )
    settings = load(folder.root, env={})
    value = getattr(settings.sources["a"], key)
    assert value in settings.secrets
    assert "hid" not in repr(settings)
    folder.config.write_text(f'[sources.a]\nprovider = "aatrox"\n{key} = "hid"\n')
    with pytest.raises(SettingsError, match=rf"sources\.a\.{key}: is a secret and belongs into"):
        load(folder.root, env={})


def test_credentials_from_the_environment(folder: Folder) -> None:
    write(folder, "")
    assert load(folder.root, env={"DELIVRD_SOURCES_A_TOKEN": "from-outside"}).sources["a"].token == "from-outside"


@pytest.mark.parametrize("head", ["[sources.a]", '[sources."a"]', "[ sources . 'a' ] # mine"])
def test_a_source_that_has_credentials_gets_its_webhook_secret_beside_them(folder: Folder, head: str) -> None:
    write(folder, "", f'\n{head}\ntoken = "mine"\n\n[sources.b]\ntoken = "other"\n')
    source = load(folder.root, env={}).sources["a"]
    assert source.token == "mine"
    assert len(source.webhook_secrets) == 1
    assert folder.secrets.stat().st_mode & 0o777 == 0o600
