"""What the emulator needs to know of a template: functions, routes and their limits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class AsyncPolicy:
    """What happens to an asynchronous event whose function fails (`EventInvokeConfig`)."""

    max_retries: int = 2
    max_age_seconds: float = 21_600.0


@dataclass(frozen=True)
class Schedule:
    """One event of type Schedule or ScheduleV2."""

    name: str
    expression: str
    timezone: str
    payload: str | None
    enabled: bool


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
