"""The Python that the stand-in for AWS's base image runs: Lambda's own version if we have it."""

import re
import shutil
import subprocess
from pathlib import Path

LAMBDA_VERSION = "3.12"
DEBIAN_VERSION = "3.11"
CLIENT = ("awslambdaric", "snapshot-restore-py", "simplejson")
NOT_NEEDED = shutil.ignore_patterns("test", "tests", "idlelib", "__pycache__", "*.a", "share")
PIP = '#!/bin/sh\nexec python -m pip "$@"\n'


def version() -> str:
    """Return the version that the functions have to be built for."""
    return LAMBDA_VERSION if _installed() else DEBIAN_VERSION


def prepare(context: Path) -> None:
    """Write what the image's Dockerfile copies: Python, and the list of AWS's client."""
    lang = context / "lang"
    if installed := _installed():
        shutil.copytree(installed, lang, symlinks=True, ignore=NOT_NEEDED)
    else:
        (lang / "bin").mkdir(parents=True)
        for name in ("python", "python3"):
            (lang / "bin" / name).symlink_to("/usr/bin/python3")
    pip = lang / "bin/pip"
    pip.unlink(missing_ok=True)
    pip.write_text(PIP)
    pip.chmod(0o755)


def client_requirements(locked: str) -> str:
    """Pick the client and what it needs out of a lock file."""
    entries = re.split(r"\n(?=\S)", locked)
    return "\n".join(entry for entry in entries if entry.startswith(CLIENT)) + "\n"


def _installed() -> Path | None:
    """Find a Python of Lambda's version that runs on Debian and can be copied whole: pyenv's."""
    if not shutil.which("pyenv") or "bookworm" not in Path("/etc/os-release").read_text():
        return None
    newest = _output("pyenv", "latest", LAMBDA_VERSION)
    return Path(_output("pyenv", "prefix", newest)) if newest else None


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()
