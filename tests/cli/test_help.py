"""Help: every command explains itself, and is there at once."""

import importlib
import subprocess
import sys

import click
import pytest

from delivrd.cli import COMMANDS, main


def commands() -> list[tuple[str, click.Command]]:
    found: list[tuple[str, click.Command]] = []
    for name, lazy in COMMANDS.items():
        command: click.Command = importlib.import_module(lazy.module).command
        found.append((name, command))
        if isinstance(command, click.Group):
            found += [(f"{name} {sub}", inner) for sub, inner in command.commands.items()]
    return found


@pytest.mark.parametrize(("name", "command"), commands())
def test_every_command_has_an_example_a_folder_and_a_zone(name: str, command: click.Command) -> None:
    assert command.help
    assert f"delivrd {name}" in command.help
    assert "Example" in command.help
    if not isinstance(command, click.Group):
        options = {option for parameter in command.params for option in parameter.opts}
        assert {"--data", "--tz"} <= options
        assert all(parameter.help for parameter in command.params if isinstance(parameter, click.Option))


def test_help_lists_every_command_and_loads_none() -> None:
    program = "import sys; sys.argv = ['delivrd', '--help']\ntry:\n    from delivrd.cli import main; main()\nfinally:\n"
    program += (
        "    print(*(name for name in sys.modules if name.startswith(('delivrd.commands', 'pydantic', 'litestar'))))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert all(name in done.stdout for name in COMMANDS)
    assert done.stdout.splitlines()[-1] == ""


def test_an_unknown_command_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["stats"])
    assert ended.value.code == 2
    assert "stats" in capsys.readouterr().err
