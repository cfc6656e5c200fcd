"""A run from the event that asks for it to the row that says how it ended."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from typing import Any, Generic, Literal, Protocol, TypeVar

from matinee.domain.runs import RunStatus
from matinee.errors import ConflictError, InvokeUnavailableError, MatineeError, NotFoundError
from matinee.stores.run_locks import RunLock
from matinee.stores.run_rows import ENDED_WITHOUT_RESULT

logger = logging.getLogger("matinee.runs")

Mode = Literal["asynchronous", "inline", "repeated"]
InvokeLater = Callable[[Mapping[str, object]], None]


class Run(Protocol):
    """What every kind of run has."""

    @property
    def run_id(self) -> uuid.UUID:
        """Its id."""
        ...

    @property
    def status(self) -> RunStatus:
        """Where it is."""
        ...

    @property
    def error(self) -> str | None:
        """Why it failed."""
        ...


RunT = TypeVar("RunT", bound=Run)
RunT_co = TypeVar("RunT_co", bound=Run, covariant=True)


class RunStore(Protocol[RunT_co]):
    """Keeps the rows; see `matinee.stores.run_rows.RunRows`."""

    def request(
        self, parameters: Mapping[str, Any], *, event_id: str | None, reason: str | None
    ) -> tuple[RunT_co, bool]:
        """Add a queued run, unless the event has one already."""
        ...

    def get(self, run_id: uuid.UUID) -> RunT_co | None:
        """Return a run."""
        ...

    def running(self) -> RunT_co | None:
        """Return the run that is under way."""
        ...

    def start(self, run_id: uuid.UUID) -> None:
        """Mark a run as running."""
        ...

    def fail(self, run_id: uuid.UUID, error: str) -> None:
        """End a run as failed."""
        ...

    def refuse(self, run_id: uuid.UUID, error: str) -> None:
        """End a queued run as refused."""
        ...


@dataclass(frozen=True, slots=True)
class Runs(Generic[RunT]):
    """Starts runs of one kind and sees them through.

    Parameters
    ----------
    what : str
        The kind in a word, for messages.
    failure : type of MatineeError
        Raised when a failed run is asked for again.
    store : RunStore
        The rows.
    lock : callable
        Returns a context that holds the right to run, or None when somebody else has it.
    work : callable
        Does a run and keeps its result; may raise. What it adds to the stack that it is given is
        called when the run has ended and the lock is free.
    invoke_later : callable, optional
        Has the function invoked with an event; None where the platform cannot.
    """

    what: str
    failure: type[MatineeError]
    store: RunStore[RunT]
    lock: Callable[[], AbstractContextManager[RunLock | None]]
    work: Callable[[RunT, RunLock, ExitStack], None]
    invoke_later: InvokeLater | None = None

    def ask(
        self,
        parameters: Mapping[str, Any],
        *,
        event_id: str | None,
        reason: str | None,
        may_wait: bool,
    ) -> tuple[RunT, Mode]:
        """Start a run.

        Parameters
        ----------
        parameters : mapping
            What to do, as JSON.
        event_id : str or None
            Id of the event that asks; a repeated one starts nothing.
        reason : str or None
            Why, for people.
        may_wait : bool
            Whether the caller gets the result; others get its id where that is possible.

        Returns
        -------
        run : Run
            As far as it came.
        mode : {"asynchronous", "inline", "repeated"}
            How it is done.

        Raises
        ------
        ConflictError
            If another run is under way.
        """
        run, is_new = self.store.request(parameters, event_id=event_id, reason=reason)
        if not is_new:
            return self.go_on(run.run_id) if may_wait else (run, "repeated")
        if not may_wait and self.invoke_later is not None:
            with self.lock() as lock:
                if lock is None:
                    raise self._refuse(run)
            try:
                self.invoke_later({"run_id": str(run.run_id)})
                return run, "asynchronous"
            except InvokeUnavailableError as error:
                logger.warning("run %s is done within the request: %s", run.run_id, error)
        return self.go_on(run.run_id)

    def go_on(self, run_id: uuid.UUID) -> tuple[RunT, Mode]:
        """Do a queued run; one that was begun before is only shown."""
        with ExitStack() as when_unlocked, self.lock() as lock:
            # Read with the lock held: two deliveries of one event see each other's work.
            run = self.find(run_id)
            if run.status is not RunStatus.QUEUED:
                return self._repeat(run, is_anybody_running=lock is None)
            if lock is None:
                raise self._refuse(run)
            self._do(run, lock, when_unlocked)
        return self.find(run_id), "inline"

    def find(self, run_id: uuid.UUID) -> RunT:
        """Return a run, or raise `NotFoundError`."""
        run = self.store.get(run_id)
        if run is None:
            raise NotFoundError(f"there is no {self.what} run {run_id}")
        return run

    def _repeat(self, run: RunT, *, is_anybody_running: bool) -> tuple[RunT, Mode]:
        """Answer a platform that delivers an event again; a failure must not become a success."""
        if run.status is RunStatus.RUNNING and not is_anybody_running:
            self.store.fail(run.run_id, ENDED_WITHOUT_RESULT)
            run = self.find(run.run_id)
        if run.status is RunStatus.FAILED:
            raise self.failure(f"run {run.run_id} failed: {run.error}")
        return run, "repeated"

    def _refuse(self, run: RunT) -> ConflictError:
        running = self.store.running()
        running_id = None if running is None else str(running.run_id)
        message = f"another {self.what} is under way: {running_id or 'it is just beginning'}"
        self.store.refuse(run.run_id, message)
        return ConflictError(
            message, details={"run_id": str(run.run_id), "running_run_id": running_id}
        )

    def _do(self, run: RunT, lock: RunLock, when_unlocked: ExitStack) -> None:
        self.store.start(run.run_id)
        try:
            self.work(run, lock, when_unlocked)
        except MatineeError as error:
            logger.exception("run %s failed", run.run_id)
            self.store.fail(run.run_id, error.message)
            error.details["run_id"] = str(run.run_id)
            raise
        except Exception as error:
            self.store.fail(run.run_id, f"{type(error).__name__}; the log says more")
            raise
