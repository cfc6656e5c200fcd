"""``make bench``: everything that is measured."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from benchmarks.import_rate import measure_import_rate
from benchmarks.pushing import measure_pushing
from benchmarks.serving import measure_serving
from benchmarks.stack import running_stack
from benchmarks.start import measure_start


def main() -> None:
    """Measure and print."""
    logging.disable(logging.WARNING)
    print("Starting PostgreSQL and S3, importing and training ...", flush=True)
    with running_stack() as stack:
        show("Training, seconds", stack.training_seconds)
        show("Quality on held-out ratings", stack.challenger.evaluation.metrics)
        for name, figures in measure_serving(stack).items():
            show(f"A list of ten with reasons, {name}", figures)
        show("Requests while metrics are pushed", measure_pushing(stack))
        show("Start of an environment", measure_start())
        print("\nImporting a million ratings ...", flush=True)
        show("Import", measure_import_rate(stack.empty_database_url))


def show(title: str, figures: Mapping[str, float]) -> None:
    """Print one table."""
    print(f"\n{title}")
    for name, value in figures.items():
        print(f"  {name:<32} {value:>10.3f}")


if __name__ == "__main__":
    main()
