"""The image that all stand-ins start from: Debian as `debootstrap` makes it."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

IMAGE = "matinee-stand-in/debian"
LABEL = "matinee.stand-in=true"
SUITE = "bookworm"
USUAL_MIRROR = "http://deb.debian.org/debian"
PACKAGES = "ca-certificates,curl,wget,python3,python3-pip"
CERTIFICATES = Path("etc/ssl/certs/ca-certificates.crt")
# How this machine reaches a package index; the stand-ins have to reach it the same way.
NETWORK_VARIABLES = (
    *("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_TRUSTED_HOST", "PIP_DEFAULT_TIMEOUT"),
    *("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"),
)


def build() -> None:
    """Make the image unless there is one."""
    if subprocess.run(["docker", "image", "inspect", IMAGE], capture_output=True).returncode == 0:
        return
    if os.geteuid() != 0 or not shutil.which("debootstrap"):
        raise RuntimeError("stand-ins are made with debootstrap, as root: neither may be missing")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "root")
        make = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}"]
        subprocess.run([*make, SUITE, root, mirror()], check=True, stdout=subprocess.DEVNULL)
        _know_this_network(root)
        _import(root)


def mirror() -> str:
    """Return the address of the first Debian mirror that this machine's apt uses."""
    places = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]
    text = "\n".join(place.read_text() for place in places if place.is_file())
    found = re.search(r"^(?:URIs:|deb(?: \[.*?\])?) +(https?://\S+/debian)/?\s", text, re.MULTILINE)
    return found.group(1) if found else USUAL_MIRROR


def _know_this_network(root: Path) -> None:
    """Trust the certificates and use the package index that this machine does."""
    if (own := Path("/") / CERTIFICATES).exists():
        shutil.copyfile(own, root / CERTIFICATES)
    if (settings := Path("/etc/pip.conf")).exists():
        shutil.copyfile(settings, root / "etc/pip.conf")
    for note in root.glob("usr/lib/python3*/EXTERNALLY-MANAGED"):
        note.unlink()  # nobody but pip manages Python packages in there
    (root / "usr/local/bin/python").symlink_to("/usr/bin/python3")


def _import(root: Path) -> None:
    variables = {name: os.environ[name] for name in NETWORK_VARIABLES if os.environ.get(name)}
    variables |= {
        "PIP_CERT": f"/{CERTIFICATES}",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_ROOT_USER_ACTION": "ignore",
        "DEBIAN_FRONTEND": "noninteractive",
    }
    changes = [f"--change=ENV {name}={value}" for name, value in variables.items()]
    changes += [f"--change=LABEL {LABEL}"]
    with subprocess.Popen(["tar", "-C", root, "-c", "."], stdout=subprocess.PIPE) as packing:
        subprocess.run(["docker", "import", *changes, "-", IMAGE], stdin=packing.stdout, check=True)
