"""Keeps the steps that are done, on disk from the first one on."""

from __future__ import annotations

from pathlib import Path

from replay.files import PLOT, TABLE, write_tables, write_whole
from replay.plot import draw
from replay.steps import Step
from replay.table import full_table


class Results:
    """The steps that are done. However a replay ends, these stay."""

    def __init__(self, folder: Path, *, n: int, title: str) -> None:
        self.folder = folder
        self.steps: list[Step] = []
        self._n = n
        self._title = title

    def add(self, step: Step) -> None:
        """Keep one more step."""
        self.steps.append(step)
        write_tables(self.steps, self.folder)

    def finish(self) -> str:
        """Draw the plot, write the table and return it."""
        text = full_table(self.steps, n=self._n)
        write_whole(self.folder / TABLE, lambda draft: _write_text(draft, f"{text}\n"))
        write_whole(
            self.folder / PLOT,
            lambda draft: draw(self.steps, draft, n=self._n, title=self._title),
        )
        return text


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
