"""params.yaml, checked before a stage begins its work."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from matinee.errors import ConfigurationError
from trainer.pipeline import Plan
from trainer.runs import parse_plan

PARAMETERS = Path("params.yaml")


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TrainParameters(_Section):
    """What a request to the train function says, with both parts side by side."""

    algorithm: str
    rater: dict[str, Any]
    ranker: dict[str, Any]
    search: bool = False
    seed: int = Field(default=0, ge=0, le=2**32 - 1)

    def plan(self) -> Plan:
        """Have the trainer check it."""
        request = self.model_dump(exclude={"rater"})
        return parse_plan(request | {"parameters": self.rater})


class EvaluateParameters(_Section):
    """How figures are grouped: `history_lengths` are the least number of ratings of each group."""

    history_lengths: list[Annotated[int, Field(ge=0)]] = Field(min_length=1)

    @model_validator(mode="after")
    def _ascend(self) -> Self:
        if self.history_lengths != sorted(set(self.history_lengths)):
            raise ValueError("history_lengths must ascend")
        return self


class PredictParameters(_Section):
    """How long everybody's list is."""

    n: int = Field(ge=1, le=1000)


class Parameters(_Section):
    """All of params.yaml."""

    train: TrainParameters
    evaluate: EvaluateParameters
    predict: PredictParameters


def read_parameters(path: Path = PARAMETERS) -> Parameters:
    """Read the file; every mistake in it is named."""
    try:
        return Parameters.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" for problem in error.errors()
        )
        raise ConfigurationError(f"{path}: {problems}") from None
