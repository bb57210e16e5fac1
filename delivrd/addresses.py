"""Where this machine reaches what listens."""


def reachable(host: str) -> str:
    """The host; an address that stands for all of them is replaced by loopback."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104


def base_url(host: str, port: int) -> str:
    """The beginning of every URL there."""
    host = reachable(host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
