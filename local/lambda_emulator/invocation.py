"""One call of a function and what came of it."""

import json
import uuid
from dataclasses import dataclass, field

MAX_RESPONSE_BYTES = 6_291_556


@dataclass(frozen=True)
class Invocation:
    """One event on its way to a function."""

    payload: bytes
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    client_context: str | None = None


@dataclass(frozen=True)
class InvocationResult:
    """What a function answered, or how it failed."""

    payload: bytes
    function_error: str | None = None


def unhandled(error_type: str, message: str, request_id: str | None = None) -> InvocationResult:
    """Describe a failure of the function as AWS reports those that the platform noticed."""
    if request_id is not None:
        message = f"RequestId: {request_id} Error: {message}"
    body = {"errorType": error_type, "errorMessage": message}
    return InvocationResult(json.dumps(body).encode(), function_error="Unhandled")


def timed_out(request_id: str, seconds: float) -> InvocationResult:
    """Describe a function that ran past its time."""
    message = f"Task timed out after {seconds:.2f} seconds"
    return unhandled("Sandbox.Timedout", message, request_id)


def exited(request_id: str, return_code: int) -> InvocationResult:
    """Describe a function whose process went away."""
    if return_code == 0:
        reason = "Runtime exited without providing a reason"
    elif return_code < 0:
        reason = f"Runtime exited with error: signal: {-return_code}"
    else:
        reason = f"Runtime exited with error: exit status {return_code}"
    return unhandled("Runtime.ExitError", reason, request_id)


def too_large() -> InvocationResult:
    """Describe an answer above Lambda's limit."""
    return unhandled(
        "Function.ResponseSizeTooLarge",
        "Response payload size exceeded maximum allowed payload size "
        f"({MAX_RESPONSE_BYTES} bytes).",
    )
