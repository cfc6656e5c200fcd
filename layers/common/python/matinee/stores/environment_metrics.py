"""What an execution environment counts, on its way to the Pushgateway."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType

from matinee.errors import ConfigurationError
from matinee.observability.environment import (
    environment_id,
    runtime_api,
    seconds_since_start,
)
from matinee.observability.metrics import (
    ENVIRONMENT_START_SECONDS,
    ENVIRONMENT_STARTS,
    REGISTRY,
)
from matinee.observability.pusher import Pusher
from matinee.settings import MetricsSettings
from matinee.stores.lambda_extension import ask_for_sigterm
from matinee.stores.pushgateway import Pushgateway

# Lambda kills what is still there 500 ms after the signal.
_LAST_PUSH_SECONDS = 0.4


class EnvironmentMetrics:
    """Pushes this environment's registry while it lives, and once more when it ends.

    Parameters
    ----------
    function : str
        The function's short name, such as ``predict``.
    settings : MetricsSettings
        Where to push, and how often.
    at_end : callable, optional
        Counts what is lost with the environment; called before the last push.
    """

    def __init__(
        self,
        function: str,
        settings: MetricsSettings,
        *,
        at_end: Callable[[], None] = lambda: None,
    ) -> None:
        self._is_pushing = settings.pushgateway_url is not None
        gateway = Pushgateway(
            settings.pushgateway_url, timeout_seconds=settings.push_timeout_seconds
        )
        labels = {"instance": environment_id()}
        self._pusher = Pusher(
            lambda: gateway.push(REGISTRY, job=f"matinee-{function}", grouping=labels),
            interval_seconds=settings.push_interval_seconds,
            before_last=at_end,
        )

    @classmethod
    def from_environment(
        cls, function: str, *, at_end: Callable[[], None] = lambda: None
    ) -> EnvironmentMetrics:
        """Read the settings; where they are wrong nothing is pushed, and requests say why."""
        try:
            settings = MetricsSettings.from_environment()
        except ConfigurationError:
            settings = MetricsSettings()
        return cls(function, settings, at_end=at_end)

    def note(self) -> None:
        """Say that something was counted."""
        self._pusher.note()

    def begin(self) -> None:
        """Count the start, which is over now, and push from now on; for the main thread."""
        ENVIRONMENT_STARTS.inc()
        ENVIRONMENT_START_SECONDS.observe(seconds_since_start())
        if not self._is_pushing:
            return
        address = runtime_api()
        if address is not None and ask_for_sigterm(address):
            signal.signal(signal.SIGTERM, self._end)
        self._pusher.start()
        self._pusher.note()

    def _end(self, number: int, _frame: FrameType | None) -> None:
        # The pushing thread pushes: what this one was interrupted in may hold a lock of a metric.
        self._pusher.end(_LAST_PUSH_SECONDS)
        sys.stdout.flush()
        # An exit would wait for the runtime's own thread, which waits for another event.
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
