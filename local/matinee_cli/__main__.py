"""``python -m matinee_cli``, which is ``matinee``."""

import sys

from matinee_cli.main import main

sys.exit(main())
