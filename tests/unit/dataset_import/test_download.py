import hashlib
import io
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from dataset_import.download import default_download_folder, fetch_dataset
from dataset_import.errors import DownloadError


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def published(tmp_path: Path) -> Path:
    folder = tmp_path / "published"
    folder.mkdir()
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("ml-25m/ratings.csv", "userId,movieId,rating\n1,31,5\n")
    (folder / "ml-25m.zip").write_bytes(content.getvalue())
    md5 = hashlib.md5(content.getvalue()).hexdigest()
    (folder / "ml-25m.zip.md5").write_text(f"MD5 (ml-25m.zip) = {md5}\n")
    return folder


@pytest.fixture
def base_url(published: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    handler = partial(QuietHandler, directory=str(published))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_download_is_checked_and_kept(tmp_path: Path, published: Path, base_url: str) -> None:
    told: list[tuple[int, int | None]] = []
    folder = tmp_path / "cache"
    path = fetch_dataset(
        "ml-25m", folder, base_url=base_url, advance=lambda *told_now: told.append(told_now)
    )
    size = (published / "ml-25m.zip").stat().st_size
    assert path.read_bytes() == (published / "ml-25m.zip").read_bytes()
    assert told[-1] == (size, size)
    assert [file.name for file in folder.iterdir()] == ["ml-25m.zip"]


def test_download_that_was_kept_needs_no_network(tmp_path: Path) -> None:
    (tmp_path / "ml-1m.zip").write_bytes(b"whole")
    path = fetch_dataset("ml-1m", tmp_path, base_url="http://127.0.0.1:1")
    assert path == tmp_path / "ml-1m.zip"


def test_download_that_is_damaged_is_not_kept(
    tmp_path: Path, published: Path, base_url: str
) -> None:
    (published / "ml-25m.zip").write_bytes(b"cut short")
    with pytest.raises(DownloadError, match="md5"):
        fetch_dataset("ml-25m", tmp_path / "cache", base_url=base_url)
    assert list((tmp_path / "cache").iterdir()) == []


def test_download_without_a_checksum_is_refused(
    tmp_path: Path, published: Path, base_url: str
) -> None:
    (published / "ml-25m.zip.md5").write_text("no digest here")
    with pytest.raises(DownloadError, match="no md5 checksum"):
        fetch_dataset("ml-25m", tmp_path, base_url=base_url)


def test_download_that_fails_says_why_and_what_to_do(tmp_path: Path, base_url: str) -> None:
    with pytest.raises(DownloadError, match=r"404 .*matinee import ml-32m\.zip"):
        fetch_dataset("ml-32m", tmp_path, base_url=base_url)


def test_download_from_a_server_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match=r"could not download .*refused.*by hand"):
        fetch_dataset("ml-25m", tmp_path, base_url="http://127.0.0.1:1")


def test_download_folder_follows_the_cache_convention(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_download_folder() == tmp_path / "matinee/datasets"
