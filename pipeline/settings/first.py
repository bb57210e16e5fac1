"""The files that the first start writes, and the secrets of sources that have none yet."""

import os
import re
import secrets as random
import tomllib
from collections.abc import Mapping
from pathlib import Path

from pipeline.settings.environment import variable
from pipeline.settings.folder import Folder

_CONFIG = """\
# delivrd's settings. `delivrd check` names every mistake, `delivrd reload` takes changes over.
# Secrets stand in secrets.toml beside this file. Each key can also be set in the environment, e.g.
# DELIVRD_RECEIVER_PORT=9000 or DELIVRD_SOURCES_INTEGRAX_BR_REGION=BR.

[receiver]                      # public: the providers post here
host = "127.0.0.1"
port = 8080
# trusted_proxies = ["10.0.0.0/8"]   # whose X-Forwarded-For is believed

[console]                       # private: /healthz, /readyz, /metrics
host = "127.0.0.1"
port = 8081

[log]                           # every report as it came
keep = "30d"                    # records the warehouse has taken are kept this long,
max_size = "20GB"               # and no more of them than this

[warehouse]                     # what SQL asks
keep = "400d"

# One table for each account at a provider. `delivrd urls` prints what to paste into its dashboard.

[sources.integrax-br]
provider = "integrax"
region = "BR"                   # of numbers without a country code
# timezone = "America/Sao_Paulo"     # of times without a zone; UTC if left out
# store_text = true             # keep the text of inbound messages
# networks = ["203.0.113.0/24"] # the only ones that may post
# statuses = { BLOCKED = "rejected" }   # further words of the provider

# What a provider does not tell by itself is asked of its API, where the source has a table `poll`; the credentials
# stand in secrets.toml. `delivrd poll SOURCE --once` tries it out.

[sources.smsgateway24]
provider = "smsgateway24"
# [sources.smsgateway24.poll]   # needs email and password
# every = "30s"                 # between two looks at the list of messages

[sources.aatrox]
provider = "aatrox"
region = "AU"
# [sources.aatrox.poll]         # needs token
# numbers = ["61480000000"]     # your own, whose received messages are asked for

[sources.ugsms]
provider = "ugsms"
region = "UG"
# [sources.ugsms.poll]          # asks for the balance where there is an api_key
# unknown_after = "24h"         # no report ever comes: after this time a message is unknown
"""

_SECRETS = """\
# delivrd's secrets; for its owner's eyes only. `webhook` may be a list of two while one replaces the other.

[console]
token = "{token}"

[warehouse]
writer_password = "{writer}"
reader_password = "{reader}"
"""

_FORGET_KEY = """
[forget]                        # what `delivrd forget` hashes numbers with; it must never change
key = "{key}"
"""


def new_secret() -> str:
    """32 URL-safe characters, 192 random bits."""
    return random.token_urlsafe(24)


def write_first(folder: Folder, config: Path | None = None) -> bool:
    """Make the data folder with its settings and secrets, whatever of it is missing. True where settings were written.

    A `config` elsewhere is not written.
    """
    folder.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    written = config is None and not folder.config.exists()
    if written:
        folder.config.write_text(_CONFIG, encoding="utf-8")
    if not folder.secrets.exists():
        text = _SECRETS.format(token=new_secret(), writer=new_secret(), reader=new_secret())
        write_private(folder.secrets, text)
    _add_forget_key(folder.secrets)
    return written


def add_secrets(folder: Folder, config: Path | None = None, env: Mapping[str, str] = os.environ) -> list[str]:
    """Make a secret for each source that has none in the file or the environment. Returns their names.

    Files that cannot be read are left alone; loading them will tell.
    """
    try:
        sources = _tables(config or folder.config)
        known = _tables(folder.secrets)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return []
    new = [
        name
        for name in sources
        if "webhook" not in known.get(name, {}) and variable(("sources", name, "webhook")) not in env
    ]
    if new:
        text = folder.secrets.read_text(encoding="utf-8")
        for name in new:
            text = _with_secret(text, name, known=name in known)
        write_private(folder.secrets, text)
    return new


def _add_forget_key(file: Path) -> None:
    """Before anybody is to be forgotten, as the worker needs it at that moment."""
    try:
        text = file.read_text(encoding="utf-8")
        known = "forget" in tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return
    if not known and variable(("forget", "key")) not in os.environ:
        write_private(file, text + _FORGET_KEY.format(key=new_secret()))


def write_private(file: Path, text: str) -> None:
    """Complete or not at all, for its owner alone; where the file is a link, what it points to."""
    file = file.resolve()
    new = file.with_name(f"{file.name}.new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(text)
    new.replace(file)


def _with_secret(text: str, name: str, *, known: bool) -> str:
    """The text with a secret in the source's table: below its head where it stands there already, else at the end."""
    line = f'webhook = "{new_secret()}"\n'
    if not known:
        return f'{text}\n[sources."{name}"]\n{line}'
    head = rf"(?m)^[ \t]*\[[ \t]*sources[ \t]*\.[ \t]*[\"']?{re.escape(name)}[\"']?[ \t]*\][^\n]*\n"
    return re.sub(head, lambda found: found[0] + line, text, count=1)


def _tables(file: Path) -> dict[str, dict[str, object]]:
    sources = tomllib.loads(file.read_text(encoding="utf-8")).get("sources", {})
    tables = sources.items() if isinstance(sources, dict) else ()
    return {name: table for name, table in tables if isinstance(table, dict)}
