"""Where the warehouse is: one server, or the servers of a ClickHouse cluster, and the databases that stand on them."""

import msgspec

PUBLIC = "delivrd"
"""The views that people read."""
STORE = "delivrd_store"
"""What the product reads and writes: the tables themselves, or on a cluster one name over those of all shards."""
LOCAL = "delivrd_local"
"""On a cluster: a server's own tables."""
BESIDE = "_new"
"""What the names of the databases end with that a rebuild fills beside those that serve."""


class Servers(msgspec.Struct, frozen=True):
    """One server, or all of a cluster (host and HTTP port), in the order in which they are tried.

    `cluster` is what the servers call themselves in their `remote_servers`, empty where there is but one; `replicated`
    makes its tables replicated ones. `secure` is HTTPS, and `ca_file` (PEM) signed the certificates, where none of the
    system's authorities did. `beside` is empty, or BESIDE for the databases that a rebuild fills.
    """

    hosts: tuple[tuple[str, int], ...]
    cluster: str = ""
    replicated: bool = False
    secure: bool = False
    ca_file: str = ""
    beside: str = ""

    @property
    def public(self) -> str:
        """The database of the views that people read."""
        return PUBLIC + self.beside

    @property
    def store(self) -> str:
        """The database of what the product reads and writes."""
        return STORE + self.beside

    @property
    def local(self) -> str:
        """The database of the tables that hold the rows."""
        return LOCAL + self.beside if self.cluster else self.store


def on_this_machine(port: int) -> Servers:
    """The embedded engine."""
    return Servers((("127.0.0.1", port),))
