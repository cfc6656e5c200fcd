from __future__ import annotations

import argparse
import dataclasses
import socket

import pytest

from embedded import PortTakenError
from matinee_cli.options import SERVICE_NAMES, RunPorts, add_place_options, choose_ports


def parse(*argv: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_place_options(parser)
    return parser.parse_args(argv)


def test_every_port_has_a_service_name() -> None:
    assert SERVICE_NAMES.keys() == {field.name for field in dataclasses.fields(RunPorts)}


def test_offset_shifts_every_port() -> None:
    usual = RunPorts.free()
    # Shifting by nothing keeps the ports: 0 is what is used when no option is given.
    assert choose_ports(parse("--port-offset", "0"), usual) == usual


def test_taken_port_is_named_with_its_service_and_the_way_out() -> None:
    ports = RunPorts.free()
    with socket.socket() as other:
        other.bind(("127.0.0.1", ports.api))
        other.listen()
        with pytest.raises(PortTakenError) as refused:
            choose_ports(parse(), ports)
        picked = choose_ports(parse("--pick-ports"), ports)
    assert f"port {ports.api}, which the API needs" in str(refused.value)
    assert "--port-offset" in str(refused.value)
    assert "--pick-ports" in str(refused.value)
    assert picked.api != ports.api
    assert picked.mlflow == ports.mlflow


def test_taken_ports_of_metrics_servers_are_replaced_without_being_asked() -> None:
    ports = RunPorts.free()
    with socket.socket() as other:
        other.bind(("127.0.0.1", ports.prometheus))
        other.listen()
        chosen = choose_ports(parse(), ports)
    assert chosen.prometheus != ports.prometheus
    assert chosen == dataclasses.replace(ports, prometheus=chosen.prometheus)
