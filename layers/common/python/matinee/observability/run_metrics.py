"""The metrics of one run of something, made when it has ended."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge


class RunMetrics:
    """A registry that is filled once, with figures that are known by then.

    What was never measured is not there, where a zero would be a lie: `None` and empty mappings
    add nothing.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()

    def set(self, name: str, text: str, value: float | None) -> None:
        """Add a gauge.

        Parameters
        ----------
        name : str
            Of the metric.
        text : str
            What it says, for people.
        value : float or None
            The figure.
        """
        if value is not None:
            Gauge(name, text, registry=self.registry).set(value)

    def set_by(self, name: str, text: str, label: str, values: Mapping[str, float]) -> None:
        """Add a gauge with one label.

        Parameters
        ----------
        name : str
            Of the metric.
        text : str
            What it says, for people.
        label : str
            Name of the label.
        values : mapping of str to float
            Figures by the label's value.
        """
        if values:
            gauge = Gauge(name, text, [label], registry=self.registry)
            for key, value in values.items():
                gauge.labels(key).set(value)

    def count(self, name: str, text: str, total: float) -> None:
        """Add a counter.

        Parameters
        ----------
        name : str
            Of the metric; ends in ``_total``.
        text : str
            What it counts, for people.
        total : float
            Since ever, or it is no counter.
        """
        Counter(name, text, registry=self.registry).inc(total)

    def count_by(self, name: str, text: str, label: str, totals: Mapping[str, float]) -> None:
        """Add a counter with one label.

        Parameters
        ----------
        name : str
            Of the metric; ends in ``_total``.
        text : str
            What it counts, for people.
        label : str
            Name of the label.
        totals : mapping of str to float
            Totals since ever, by the label's value.
        """
        if totals:
            counter = Counter(name, text, [label], registry=self.registry)
            for key, total in totals.items():
                counter.labels(key).inc(total)
