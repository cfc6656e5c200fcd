from __future__ import annotations

import os
from urllib.request import proxy_bypass_environment

import pytest

from matinee_cli.proxies import keep_off_proxies


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param({}, "127.0.0.1,localhost", id="unset"),
        pytest.param({"NO_PROXY": "corp.example"}, "corp.example,127.0.0.1,localhost", id="upper"),
        pytest.param({"no_proxy": "localhost"}, "localhost,127.0.0.1", id="lower, half there"),
    ],
)
def test_proxies_are_for_other_machines(
    before: dict[str, str], after: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, before.get(name, ""))
    keep_off_proxies()
    assert os.environ["NO_PROXY"] == os.environ["no_proxy"] == after
    assert proxy_bypass_environment("127.0.0.1:9000")
    assert not proxy_bypass_environment("files.grouplens.org")
