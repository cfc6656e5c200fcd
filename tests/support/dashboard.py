"""The dashboard under Streamlit's AppTest, and what its own components show and do."""

from __future__ import annotations

import json
from typing import Any

from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

from tests.support.source import ROOT

APP = ROOT / "ui/app.py"
TIMEOUT_SECONDS = 30


class Dashboard:
    """A visitor's session; `page` is the last part of a page's address."""

    def __init__(self, page: str = "for-you", /, *, language: str = "en-US", **query: str) -> None:
        self.app = AppTest.from_file(str(APP), default_timeout=TIMEOUT_SECONDS)
        self.app.context = {"locale": language, "timezone": "UTC"}
        self.open(page, **query)

    def open(self, page: str = "for-you", /, **query: str) -> None:
        """Go to a page, as the menu does without a query and as links do with one."""
        from streamlit.util import calc_hash

        self.app._page_hash = calc_hash(page)
        self.app.query_params.clear()
        self.app.query_params.update(query)
        self.run()

    def run(self) -> None:
        """Draw again."""
        self.app.run()
        self.check()

    def check(self) -> None:
        """Fail when the page did."""
        assert not self.app.exception, [error.stack_trace for error in self.app.exception]

    @property
    def text(self) -> str:
        """Everything that is said outside of cards, as Markdown and HTML."""
        kinds = ("title", "subheader", "markdown", "caption", "error", "warning", "info", "html")
        found = [element.value for kind in kinds for element in self.app.get(kind)]
        said = [*found, *(toast.value for toast in self.app.toast)]
        return "\n".join(str(value) for value in said)

    @property
    def errors(self) -> list[str]:
        """The sentences about what went wrong."""
        return [str(error.value) for error in self.app.error]

    def components(self) -> dict[str, Any]:
        """Return the protocol messages of all cards on the page, by key."""
        return {
            str(element.key): element.proto  # type: ignore[attr-defined]
            for element in self.app.get("bidi_component")
        }

    def cards(self, key: str) -> list[dict[str, Any]]:
        """Return what the cards of a list are told to show."""
        cards: list[dict[str, Any]] = json.loads(self.components()[key].json)["cards"]
        return cards

    def titles(self, key: str) -> list[str]:
        """Return the titles of a list."""
        return [card["title"] for card in self.cards(key)]

    def act(self, key: str, do: str, movie_id: int, **more: Any) -> None:
        """Click on a card."""
        number = json.loads(self.components()[key].json)["answered"] + 1
        self.send(key, [{"number": number, "do": do, "movie_id": movie_id, **more}])

    def send(self, key: str, actions: list[dict[str, Any]]) -> None:
        """Send what was clicked on cards and is not known to be done."""
        state = WidgetState(
            id=f"$$STREAMLIT_INTERNAL_KEY_{self.components()[key].id}__events",
            json_trigger_value=json.dumps([{"event": "actions", "value": actions}]),
        )
        states = self.app._tree.get_widget_states()
        states.widgets.append(state)
        self.app._run(states)
        self.check()

    def click(self, key: str) -> None:
        """Press a button."""
        self.app.button(key=key).click()
        self.run()

    def click_form(self, key: str) -> None:
        """Submit a form."""
        (button,) = [button for button in self.app.button if button.form_id == key]
        button.click()
        self.run()
