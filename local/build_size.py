"""Print the unzipped size of what `sam build PredictFunction` made, and fail above the limit."""

import sys
from pathlib import Path

BUILD = Path(".aws-sam/build")
PARTS = ("PredictFunction", "MatineeLayer")
LIMIT_MB = 120  # Lambda's own limit is 250; a small function starts sooner.


def size_mb(folder: Path) -> float:
    """Return the size of all files in a folder, in megabytes (10^6 bytes)."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def main() -> int:
    """Print one line per part and the total; answer 1 when it is too large or was not built."""
    missing = [part for part in PARTS if not (BUILD / part).is_dir()]
    if missing:
        print(f"{', '.join(missing)} not found in {BUILD}: run `sam build PredictFunction` first.")
        return 1
    sizes = {part: size_mb(BUILD / part) for part in PARTS}
    total = sum(sizes.values())
    for part, size in sizes.items():
        print(f"{part:<16} {size:6.1f} MB")
    print(f"{'total':<16} {total:6.1f} MB of {LIMIT_MB} MB allowed")
    return int(total > LIMIT_MB)


if __name__ == "__main__":
    sys.exit(main())
