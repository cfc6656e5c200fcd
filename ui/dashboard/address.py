"""What the address says: links, the menu and the browser's buttons all change it."""

from __future__ import annotations

import streamlit as st

from dashboard.session import Address, Choice, session

USER_KEY = "user"
PEOPLE_KEY = "people"
_LONGEST_ID = 19


def read_address(page: str) -> None:
    """Take the choices that the address says, before any page asks for them.

    Every page does this, those that let nobody choose as well: only who saw all addresses can tell
    the browser's Back from the menu, which drops what the address said.
    """
    here = session()
    before, here.address = here.address, Address(page, st.query_params.to_dict())
    _follow(USER_KEY, here.user, before, here.address)
    _follow(PEOPLE_KEY, here.people, before, here.address)


def read_id(text: str | None) -> int | None:
    """Return the number of a user or a movie as typed, or None."""
    digits = (text or "").strip()
    if not digits.isascii() or not digits.isdigit() or len(digits) > _LONGEST_ID:
        return None
    number = int(digits)
    return number if 1 <= number < 2**63 else None


def _follow(name: str, choice: Choice, before: Address, now: Address) -> None:
    stayed = _without(name, before) == _without(name, now)
    if not stayed:
        choice.unsaid = None
    if name in now.query:
        choice.value = now.query[name]
    elif stayed and name in before.query and choice.unsaid is not None:
        choice.value = choice.unsaid
    else:
        choice.unsaid = choice.value


def _without(name: str, address: Address) -> tuple[str, dict[str, str]]:
    return address.page, {key: text for key, text in address.query.items() if key != name}
