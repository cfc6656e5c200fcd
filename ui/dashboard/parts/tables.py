"""Tables that read well on a phone and to a screen reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard.escaping import html_text
from dashboard.parts.text import in_english


@dataclass(frozen=True)
class Cell:
    """A text with a look: "good", "bad", "soft", "strong", "badge", or none; perhaps a link.

    The `said` of the API comes after it, in English.
    """

    text: str
    look: str = ""
    href: str = ""
    said: str = ""


def show_table(
    caption: str, columns: Sequence[str], rows: Sequence[Sequence[str | Cell]], *, numbers: int = 0
) -> None:
    """Draw a table whose last `numbers` columns hold numbers."""
    first_number = len(columns) - numbers
    head = "".join(
        f'<th scope="col"{_number(place >= first_number)}>{html_text(name)}</th>'
        for place, name in enumerate(columns)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f"<td{_number(place >= first_number)}>{cell_html(cell)}</td>"
            for place, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    st.html(
        f'<div class="m-table" tabindex="0" role="region" aria-label="{html_text(caption)}">'
        f"<table><caption>{html_text(caption)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )


def cell_html(cell: str | Cell) -> str:
    """Write a cell as HTML."""
    if isinstance(cell, str):
        return html_text(cell)
    text = html_text(cell.text)
    if cell.href:
        text = f'<a href="{html_text(cell.href)}" target="_blank" rel="noopener">{text}</a>'
    if cell.look:
        text = f'<span class="{cell.look}">{text}</span>'
    return " ".join(filter(None, [text, in_english(cell.said)]))


def _number(is_number: bool) -> str:
    return ' class="number"' if is_number else ""
