"""Pushes in a thread of its own, so that nobody who counts ever waits."""

from __future__ import annotations

import threading
from collections.abc import Callable

_LEAST_PAUSE_AFTER_FAILURE_SECONDS = 1.0


class Pusher:
    """Pushes when there is news, but not too often, and never twice at once.

    What is pushed is the state and not the change, so a push that fails loses nothing: it is
    tried again after the same time.

    Parameters
    ----------
    push : callable
        Pushes everything; tells whether it worked, and never raises.
    interval_seconds : float
        Least time between two pushes.
    before_last : callable, optional
        Called before the last push, in the thread that pushes.
    """

    def __init__(
        self,
        push: Callable[[], bool],
        *,
        interval_seconds: float,
        before_last: Callable[[], None] = lambda: None,
    ) -> None:
        self._push = push
        self._before_last = before_last
        self._interval_seconds = interval_seconds
        self._has_news = threading.Event()
        self._is_ending = threading.Event()
        self._has_ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="metrics", daemon=True)

    def start(self) -> None:
        """Begin to push."""
        self._thread.start()

    def note(self) -> None:
        """Say that there is news. This is called in every request and costs next to nothing."""
        if not self._has_news.is_set():
            self._has_news.set()

    def end(self, timeout_seconds: float) -> bool:
        """Push for the last time.

        Parameters
        ----------
        timeout_seconds : float
            How long to wait for it.

        Returns
        -------
        bool
            Whether it ended in time.
        """
        self._is_ending.set()
        self._has_news.set()
        return self._has_ended.wait(timeout_seconds)

    def _run(self) -> None:
        while not self._is_ending.is_set():
            self._has_news.wait()
            self._has_news.clear()
            pause = self._interval_seconds
            if not self._push():
                self._has_news.set()
                pause = max(pause, _LEAST_PAUSE_AFTER_FAILURE_SECONDS)
            self._is_ending.wait(pause)
        self._before_last()
        # Also when a push has just begun by then: it may not hold what came last.
        self._push()
        self._has_ended.set()
