"""What comes from outside is shown as it is: never as Markdown, never as HTML."""

from __future__ import annotations

import html
import re

# Everything that Streamlit's Markdown gives a meaning to, ":red[...]", "$x$" and "<b>" included.
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~$:<>&^=\"'@])")
_BREAKS = re.compile(r"[\r\n\t\v\f\u2028\u2029]+")


def plain(text: str) -> str:
    """Write a text so that Markdown shows it literally, on one line."""
    return _MARKDOWN.sub(r"\\\1", _BREAKS.sub(" ", text))


def html_text(text: str) -> str:
    """Write a text so that HTML shows it literally, in attributes too."""
    return html.escape(text, quote=True)
