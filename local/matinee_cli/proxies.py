"""A proxy is the way out of this machine; what stays on it does not go there."""

from __future__ import annotations

import os

HERE = ("127.0.0.1", "localhost")


def keep_off_proxies() -> None:
    """Tell this process and its children that no proxy leads to this machine's own servers."""
    spared = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    hosts = [host.strip() for host in spared.split(",") if host.strip()]
    value = ",".join([*hosts, *(host for host in HERE if host not in hosts)])
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = value
