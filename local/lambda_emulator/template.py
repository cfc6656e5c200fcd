"""A SAM template as data: read, its Globals applied, its expressions evaluated."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lambda_emulator.errors import TemplateError
from lambda_emulator.intrinsics import NO_VALUE, Resolver, Unresolved

FUNCTION = "AWS::Serverless::Function"
HTTP_API = "AWS::Serverless::HttpApi"
LAYER = "AWS::Serverless::LayerVersion"
QUEUE = "AWS::SQS::Queue"

# The properties that name a resource, and so answer a Ref to it.
_NAME_PROPERTIES = {
    FUNCTION: "FunctionName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::S3::Bucket": "BucketName",
    QUEUE: "QueueName",
}


@dataclass(frozen=True)
class Place:
    """Where the stack pretends to be deployed."""

    region: str = "us-east-1"
    account_id: str = "123456789012"
    stack_name: str = "local"

    def function_arn(self, name: str) -> str:
        """Write the ARN of the function called `name`."""
        return f"arn:aws:lambda:{self.region}:{self.account_id}:function:{name}"

    def queue_arn(self, name: str) -> str:
        """Write the ARN of the queue called `name`."""
        return f"arn:aws:sqs:{self.region}:{self.account_id}:{name}"

    def queue_url(self, name: str) -> str:
        """Write the address of the queue called `name`."""
        return f"https://sqs.{self.region}.amazonaws.com/{self.account_id}/{name}"


def queue_name(arn: Any) -> str | None:
    """Find the name of a queue in its ARN; None where the template names no queue."""
    return None if arn is None or isinstance(arn, Unresolved) else str(arn).rpartition(":")[2]


class Template:
    """The resources of one template, with every expression evaluated that can be."""

    def __init__(
        self,
        document: Mapping[str, Any],
        *,
        folder: Path,
        parameters: Mapping[str, str] | None = None,
        place: Place | None = None,
    ) -> None:
        self.folder = folder
        self.place = place or Place()
        self._declared = document.get("Parameters") or {}
        self._parameters = self._check_parameters(parameters or {})
        self._raw = self._apply_globals(document)
        self._resolver = Resolver(
            ref=self._ref,
            get_attribute=self._get_attribute,
            conditions=document.get("Conditions") or {},
            mappings=document.get("Mappings") or {},
        )
        self._raw = {name: raw for name, raw in self._raw.items() if self._exists(raw)}
        # What the emulator does not run may hold expressions that it cannot evaluate.
        self.resources: dict[str, dict[str, Any]] = {
            name: self._resolver.resolve(raw)
            for name, raw in self._raw.items()
            if raw.get("Type") in (FUNCTION, HTTP_API, LAYER, QUEUE)
        }

    @classmethod
    def load(
        cls,
        path: Path,
        *,
        parameters: Mapping[str, str] | None = None,
        place: Place | None = None,
    ) -> "Template":
        """Read the template at `path`."""
        try:
            document = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
        except OSError as error:
            raise TemplateError(f"cannot read the template {path}: {error.strerror}") from error
        except yaml.YAMLError as error:
            raise TemplateError(f"{path} is not valid YAML: {error}") from error
        if not isinstance(document, dict) or not document.get("Resources"):
            raise TemplateError(f"{path} has no Resources; is it a SAM template?")
        return cls(document, folder=path.resolve().parent, parameters=parameters, place=place)

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """Find the resources of one type, by logical id."""
        return {name: item for name, item in self.resources.items() if item.get("Type") == kind}

    def queue_names(self) -> list[str]:
        """Name every queue of the template."""
        return [str(self._resource_name(logical_id)) for logical_id in self.of_type(QUEUE)]

    def _check_parameters(self, given: Mapping[str, str]) -> dict[str, str]:
        unknown = sorted(set(given) - set(self._declared))
        if unknown:
            raise TemplateError(f"the template has no parameter {', '.join(unknown)}")
        for name, value in given.items():
            allowed = self._declared[name].get("AllowedValues")
            if allowed and value not in map(str, allowed):
                choices = ", ".join(map(str, allowed))
                raise TemplateError(f"parameter {name} is {value!r}, but must be one of: {choices}")
        return dict(given)

    def _apply_globals(self, document: Mapping[str, Any]) -> dict[str, Any]:
        shared = document.get("Globals") or {}
        sections = {FUNCTION: shared.get("Function"), HTTP_API: shared.get("HttpApi")}
        merged = {}
        for name, raw in document["Resources"].items():
            section = sections.get(raw.get("Type"))
            properties = raw.get("Properties") or {}
            if section:
                properties = _merge(section, properties)
            merged[name] = {**raw, "Properties": properties}
        return merged

    def _exists(self, raw: Mapping[str, Any]) -> bool:
        return "Condition" not in raw or self._resolver.condition(raw["Condition"])

    def _ref(self, name: str) -> Any:
        place = self.place
        pseudo: dict[str, Any] = {
            "AWS::AccountId": place.account_id,
            "AWS::NoValue": NO_VALUE,
            "AWS::Partition": "aws",
            "AWS::Region": place.region,
            "AWS::StackName": place.stack_name,
            "AWS::URLSuffix": "amazonaws.com",
        }
        if name in pseudo:
            return pseudo[name]
        if name in self._declared:
            return self._parameter(name)
        if self._raw.get(name, {}).get("Type") == QUEUE:
            return place.queue_url(self._resource_name(name))
        if name in self._raw:
            return self._resource_name(name)
        return Unresolved(f"!Ref {name}")

    def _parameter(self, name: str) -> Any:
        declaration = self._declared[name]
        kind = str(declaration.get("Type", "String"))
        stored_in_cloud = kind.startswith("AWS::SSM::Parameter::Value")
        if name not in self._parameters and (stored_in_cloud or "Default" not in declaration):
            return Unresolved(f"!Ref {name}")
        value = self._parameters.get(name, declaration.get("Default"))
        if "List" in kind:
            return [part.strip() for part in str(value).split(",")]
        return value if isinstance(value, str) else str(value)

    def _resource_name(self, logical_id: str) -> Any:
        raw = self._raw[logical_id]
        kind = raw.get("Type")
        if kind == LAYER:
            place = self.place
            return f"arn:aws:lambda:{place.region}:{place.account_id}:layer:{logical_id}:1"
        given = raw["Properties"].get(_NAME_PROPERTIES.get(kind, ""))
        if given is not None:
            return self._resolver.resolve(given)
        if kind in (FUNCTION, HTTP_API):
            return logical_id
        if kind == QUEUE:
            return f"{self.place.stack_name}-{logical_id}"
        return Unresolved(f"!Ref {logical_id}")

    def _get_attribute(self, logical_id: str, attribute: str) -> Any:
        kind = self._raw.get(logical_id, {}).get("Type")
        if attribute == "Arn" and kind == FUNCTION:
            return self.place.function_arn(self._resource_name(logical_id))
        if attribute == "Arn" and kind == QUEUE:
            return self.place.queue_arn(self._resource_name(logical_id))
        if attribute == "QueueName" and kind == QUEUE:
            return self._resource_name(logical_id)
        return Unresolved(f"!GetAtt {logical_id}.{attribute}")


def _merge(shared: Any, own: Any) -> Any:
    """Merge Globals as SAM does: maps by key, lists one after the other, the rest replaced."""
    if isinstance(shared, dict) and isinstance(own, dict):
        if _is_expression(shared) or _is_expression(own):
            return own
        keys = [*shared, *(key for key in own if key not in shared)]
        return {
            key: _merge(shared[key], own[key])
            if key in shared and key in own
            else own.get(key, shared.get(key))
            for key in keys
        }
    if isinstance(shared, list) and isinstance(own, list):
        return [*shared, *own]
    return own


def _is_expression(value: Mapping[str, Any]) -> bool:
    return len(value) == 1 and next(iter(value)).startswith(("Ref", "Fn::"))


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms, such as ``!Ref Name``."""


def _construct_tag(loader: _Loader, tag: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)  # type: ignore[arg-type]
    return {tag if tag in ("Ref", "Condition") else f"Fn::{tag}": value}


_Loader.add_multi_constructor("!", _construct_tag)
