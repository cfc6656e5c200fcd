"""What the emulator needs to know of a template: functions, routes and their limits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from lambda_emulator.schedule_expressions import ScheduleExpression


@dataclass(frozen=True)
class AsyncPolicy:
    """What happens to an asynchronous event whose function fails (`EventInvokeConfig`)."""

    max_retries: int = 2
    max_age_seconds: float = 21_600.0
    dead_letter_queue: str | None = None


@dataclass(frozen=True)
class DeliveryPolicy:
    """What happens to a scheduled event that the function's queue does not take."""

    max_retries: int = 185
    max_age_seconds: float = 86_400.0
    dead_letter_queue: str | None = None


@dataclass(frozen=True)
class Schedule:
    """One event of type Schedule or ScheduleV2.

    Attributes
    ----------
    expression : ScheduleExpression or None
        None where only the cloud knows it, which a schedule that is off may have.
    written : str
        The expression and its time zone, for people.
    window_seconds : float
        The event is sent at a random moment within this time.
    """

    name: str
    arn: str
    expression: ScheduleExpression | None
    written: str
    enabled: bool
    payload: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    window_seconds: float = 0.0
    delivery: DeliveryPolicy = DeliveryPolicy()


@dataclass(frozen=True)
class FunctionSpec:
    """One function, ready to be run."""

    logical_id: str
    name: str
    handler: str
    code_root: Path
    import_paths: tuple[Path, ...]
    runtime: str
    timeout_seconds: float
    memory_mb: int
    environment: Mapping[str, str] = field(repr=False)  # may hold secrets
    reserved_concurrency: int | None = None
    async_policy: AsyncPolicy = AsyncPolicy()
    schedules: tuple[Schedule, ...] = ()


@dataclass(frozen=True)
class Route:
    """One route of the HTTP API and the function that answers it."""

    method: str
    path: str
    function: str
    timeout_seconds: float = 30.0

    @property
    def key(self) -> str:
        """The route key as API Gateway writes it."""
        return "$default" if self.path == "$default" else f"{self.method} {self.path}"


@dataclass(frozen=True)
class Cors:
    """Who may call the HTTP API from a browser."""

    allow_origins: tuple[str, ...] = ()
    allow_methods: tuple[str, ...] = ()
    allow_headers: tuple[str, ...] = ()
    expose_headers: tuple[str, ...] = ()
    allow_credentials: bool = False
    max_age_seconds: int | None = None


@dataclass(frozen=True)
class HttpApiSpec:
    """The HTTP API of a template."""

    api_id: str
    routes: tuple[Route, ...]
    cors: Cors | None = None
    stage_variables: Mapping[str, str] = field(default_factory=dict)
