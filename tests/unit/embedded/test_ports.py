from __future__ import annotations

import dataclasses
import socket

from embedded.ports import Ports


def test_ports_shifted_add_the_offset_to_each() -> None:
    assert Ports(1, 2, 3, 4, 5).shifted(100) == Ports(101, 102, 103, 104, 105)


def test_ports_free_are_all_different() -> None:
    ports = dataclasses.astuple(Ports.free())
    assert len(set(ports)) == len(ports)


def test_ports_taken_are_replaced_and_others_kept() -> None:
    wanted = Ports.free()
    with socket.socket() as other:
        other.bind(("127.0.0.1", wanted.s3))
        other.listen()
        ports = wanted.with_taken_replaced()
    assert (ports.postgres, ports.mlflow) == (wanted.postgres, wanted.mlflow)
    assert ports.s3 != wanted.s3
