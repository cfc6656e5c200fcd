"""``python -m dvc_stages STAGE``, as dvc.yaml calls it through ``local/dvc_stages/run``."""

from __future__ import annotations

import importlib
import sys

from dvc_stages.parameters import read_parameters
from matinee.errors import MatineeError

STAGES = {
    "import": "dvc_stages.import_snapshot",
    "train": "dvc_stages.train",
    "evaluate": "dvc_stages.evaluate",
    "predict": "dvc_stages.predict",
}


def main() -> int:
    """Run the stage that the only argument names."""
    if len(sys.argv) != 2 or sys.argv[1] not in STAGES:
        print(f"which stage? One of {', '.join(STAGES)}", file=sys.stderr)
        return 2
    try:
        importlib.import_module(STAGES[sys.argv[1]]).run(read_parameters())
    except MatineeError as error:
        print(f"{sys.argv[1]}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
