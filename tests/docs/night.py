"""The demo's night, as it stands in the docs: `python -m tests.docs.night docs/night.md`, some half an hour.

Everything between the fences is what the demo's terminal showed, and what the commands said afterwards.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from delivrd.demo_phone import MARK

DELIVRD = (sys.executable, "-m", "delivrd")
PORTS = ("--port", "8080", "--console-port", "8081")
PAGE = """\
# A night

What the phone of whoever is on call shows in `make demo`: a minute after the start a carrier fails, for seven minutes.
Made by `make night`; times are UTC.

```text
{told}
```

Afterwards:

```text
$ delivrd alerts list
{listed}
$ delivrd alerts show {name}
{shown}
```
"""


def main(page: Path) -> None:
    """Write the page."""
    with tempfile.TemporaryDirectory() as temporary:
        data = str(Path(temporary) / "data")
        env = {name: value for name, value in os.environ.items() if not name.startswith("DELIVRD_")} | {
            "TZ": "UTC", "COLUMNS": "200",
        }  # fmt: skip
        with subprocess.Popen(
            [*DELIVRD, "demo", "--data", data, *PORTS], env=env, text=True, stdout=subprocess.PIPE, bufsize=1
        ) as demo:
            try:
                assert demo.stdout is not None
                told = _until_over(demo.stdout)
                listed = _asked(env, data, "list")
                name = json.loads(_asked(env, data, "list", "--json").splitlines()[0])["id"]
                shown = _asked(env, data, "show", name)
            finally:
                demo.terminate()
    text = PAGE.format(told=told, listed=listed, name=name, shown=shown)
    page.write_text("\n".join(map(str.rstrip, text.splitlines())) + "\n", encoding="utf-8")


def _until_over(lines: Iterable[str]) -> str:
    """What was told and why, until it is over."""
    kept: list[str] = []
    for line in lines:
        if line.startswith(MARK.strip()) or " now " in line:
            kept.append(line.rstrip())
        elif kept and kept[-1] and not line.strip():
            kept.append("")
            if any(one.startswith(f"{MARK}OVER") for one in kept):
                break
    return "\n".join(kept).rstrip()


def _asked(env: dict[str, str], data: str, *command: str) -> str:
    asked = [*DELIVRD, "alerts", *command, "--data", data]
    return subprocess.run(asked, env=env, check=True, text=True, stdout=subprocess.PIPE).stdout.rstrip()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
