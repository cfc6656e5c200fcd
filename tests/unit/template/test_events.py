"""The example events are ones that the gateway of this template would send."""

import re

import pytest

from tests.support.events import EVENTS, load_event
from tests.support.template import FUNCTION_PACKAGES, routes
from trainer.schemas import TrainRequest

ROUTES = {" ".join(route) for function in FUNCTION_PACKAGES for route in routes(function)}
REQUESTS = [
    path.stem for path in sorted(EVENTS.glob("*.json")) if "routeKey" in load_event(path.stem)
]


@pytest.mark.parametrize("name", REQUESTS)
def test_example_request_takes_a_route_of_the_template(name: str) -> None:
    event = load_event(name)
    assert event["routeKey"] in ROUTES
    assert event["requestContext"]["routeKey"] == event["routeKey"]


@pytest.mark.parametrize("name", REQUESTS)
def test_example_request_has_the_path_of_its_route(name: str) -> None:
    event = load_event(name)
    method, route = event["routeKey"].split(" ")
    found = re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", route) + "/?", event["rawPath"])
    assert found is not None
    assert found.groupdict() == event.get("pathParameters", {})
    http = event["requestContext"]["http"]
    assert (http["method"], http["path"]) == (method, event["rawPath"])


@pytest.mark.parametrize("name", ["schedule-train", "train-direct"])
def test_example_event_is_what_the_train_function_understands(name: str) -> None:
    wanted = TrainRequest.model_validate(load_event(name))
    assert wanted.reason or wanted.source
