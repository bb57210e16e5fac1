"""The environment outranks the files; what sets nothing there is a mistake."""

import pytest

from pipeline.settings import Folder, SettingsError, load
from pipeline.settings.environment import paths, variable


def test_variables_outrank_the_files(folder: Folder) -> None:
    settings = load(
        folder.root,
        env={
            "DELIVRD_RECEIVER_PORT": "9000",
            "DELIVRD_RECEIVER_TRUSTED_PROXIES": "10.0.0.0/8, ::1",
            "DELIVRD_LOG_KEEP": "7d",
            "DELIVRD_SOURCES_INTEGRAX_BR_REGION": "PT",
            "DELIVRD_SOURCES_INTEGRAX_BR_WEBHOOK": "new-0123456789abcdef,old-0123456789abcdef",
            "DELIVRD_WAREHOUSE_READER_PASSWORD": "0123456789abcdef",
        },
    )
    assert settings.receiver.port == 9000
    assert list(map(str, settings.receiver.trusted_proxies)) == ["10.0.0.0/8", "::1/128"]
    assert settings.log.keep_days == 7
    source = settings.sources["integrax-br"]
    assert source.source.region == "PT"
    assert source.webhook_secrets == ("new-0123456789abcdef", "old-0123456789abcdef")
    assert settings.warehouse.reader_password == "0123456789abcdef"


@pytest.mark.parametrize("name", ["DELIVRD_DATA", "DELIVRD_CONFIG", "DELIVRD_PARENT_FD", "DELIVRD_PORT", "PATH"])
def test_other_variables_are_not_ours(folder: Folder, name: str) -> None:
    load(folder.root, env={name: "anything"})


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("DELIVRD_RECEIVER_PRT", "DELIVRD_RECEIVER_PORT"),
        ("DELIVRD_SOURCES_INTEGRAX_BR_WEBHOKS", "DELIVRD_SOURCES_INTEGRAX_BR_WEBHOOK"),
    ],
)
def test_a_misspelt_variable_is_a_mistake(folder: Folder, name: str, meant: str) -> None:
    with pytest.raises(SettingsError) as raised:
        load(folder.root, env={name: "x"})
    (problem,) = raised.value.problems
    assert problem.key == name
    assert meant in problem.message


def test_a_mistake_names_the_variable_it_stands_in(folder: Folder) -> None:
    with pytest.raises(SettingsError) as raised:
        load(folder.root, env={"DELIVRD_CONSOLE_PORT": "x"})
    (problem,) = raised.value.problems
    assert (problem.where, problem.key) == ("DELIVRD_CONSOLE_PORT", "console.port")


def test_each_key_has_a_variable_of_its_own() -> None:
    known = paths(["a", "a-b"])
    assert len(set(known.values())) == len(known)
    assert known[variable(("sources", "a-b", "webhook"))] == ("sources", "a-b", "webhook")
    assert ("console", "token") in known.values()
