"""What operators see: log lines, Prometheus metrics."""
