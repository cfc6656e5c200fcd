"""What can go wrong in the emulator itself; errors of functions are results, not exceptions.

EmulatorError
  x TemplateError          the template cannot be run as it stands
  x PortInUseError         another program listens where the emulator should
  x UnknownFunctionError   nobody by that name in the template
  x ThrottledError         the function's concurrency limit is reached
  x QueueError             the server for dead-letter queues refuses or does not answer
  x StoppedError           the emulator is shutting down
"""


class EmulatorError(Exception):
    """Anything the emulator refuses to do."""


class TemplateError(EmulatorError):
    """The template cannot be run as it stands."""


class PortInUseError(EmulatorError):
    """Another program listens where the emulator should."""

    def __init__(self, service: str, host: str, port: int) -> None:
        super().__init__(
            f"{service}: port {port} on {host} is already in use; "
            "stop the program that holds it or choose another port"
        )
        self.port = port


class UnknownFunctionError(EmulatorError):
    """Nobody by that name in the template."""


class ThrottledError(EmulatorError):
    """The function's concurrency limit is reached."""


class QueueError(EmulatorError):
    """The server for dead-letter queues refuses or does not answer."""


class StoppedError(EmulatorError):
    """The emulator is shutting down."""
