"""params.yaml says what the train function does by default, and says it without mistakes."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from dvc_stages.parameters import read_parameters
from matinee.errors import ConfigurationError, InvalidRequestError
from tests.support.source import ROOT
from trainer.runs import parse_plan

COMMITTED = ROOT / "params.yaml"


def changed(folder: Path, section: str, **values: Any) -> Path:
    """Write a params.yaml that differs from the committed one."""
    parameters = yaml.safe_load(COMMITTED.read_text())
    parameters[section] |= values
    path = folder / "params.yaml"
    path.write_text(yaml.safe_dump(parameters))
    return path


def test_committed_parameters_train_what_the_function_trains_by_default() -> None:
    assert read_parameters(COMMITTED).train.plan() == parse_plan({"algorithm": "SVD"})


def test_every_parameter_of_both_parts_is_written_out_to_be_changed() -> None:
    plan = read_parameters(COMMITTED).train.plan()
    train = yaml.safe_load(COMMITTED.read_text())["train"]
    assert train["rater"].keys() == type(plan.rater).model_fields.keys()
    assert train["ranker"].keys() == type(plan.ranker).model_fields.keys()


@pytest.mark.parametrize(
    ("section", "values", "named"),
    [
        ("predict", {"n": 0}, "predict.n"),
        ("predict", {"lenght": 10}, "predict.lenght"),
        ("evaluate", {"history_lengths": [20, 0]}, "must ascend"),
        ("train", {"seed": -1}, "train.seed"),
    ],
    ids=["too_short", "unknown_name", "not_ascending", "negative_seed"],
)
def test_wrong_parameter_is_named(
    tmp_path: Path, section: str, values: dict[str, Any], named: str
) -> None:
    with pytest.raises(ConfigurationError, match=named):
        read_parameters(changed(tmp_path, section, **values))


def test_wrong_parameter_of_the_rater_is_named_by_the_trainer(tmp_path: Path) -> None:
    parameters = read_parameters(changed(tmp_path, "train", rater={"n_factors": 0}))
    with pytest.raises(InvalidRequestError, match="n_factors"):
        parameters.train.plan()
