"""What a run of these tests shows at its end: SAM's own report lines, times and sizes."""

from dataclasses import dataclass, field

REPORT = "REPORT RequestId"


@dataclass
class Notes:
    """Lines to show."""

    lines: list[str] = field(default_factory=list)

    def add(self, line: str) -> None:
        """Show a line."""
        self.lines.append(line)

    def keep_reports(self, log: str, *, at_most: int = 3) -> None:
        """Show the first lines in which SAM says what an invocation took."""
        reports = [line for line in log.splitlines() if line.startswith(REPORT)]
        self.lines += [report.strip() for report in reports[:at_most]]
