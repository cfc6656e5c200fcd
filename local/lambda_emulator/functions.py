"""Reads the functions of a template into specs that can be run."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from lambda_emulator.dockerfile import ImageSource, read_image_source
from lambda_emulator.errors import TemplateError
from lambda_emulator.intrinsics import Unresolved
from lambda_emulator.schedules import read_schedules
from lambda_emulator.spec import AsyncPolicy, FunctionSpec
from lambda_emulator.template import FUNCTION, LAYER, Template, queue_name

# One variable file serves many functions: as in `sam local --env-vars`, "Parameters" is for all.
FOR_ALL = "Parameters"
Overrides = Mapping[str, Mapping[str, str]]

_DEFAULT_RUNTIME = "python3.12"  # of images, which do not say


def read_functions(template: Template, overrides: Overrides | None = None) -> list[FunctionSpec]:
    """Read every function of the template.

    Parameters
    ----------
    template : Template
        Where the functions are declared.
    overrides : mapping of logical id to variables, optional
        Values for variables that the template declares; those under "Parameters" hold for every
        function. Variables that a function does not declare are left out, as `sam local` does.

    Raises
    ------
    TemplateError
        If a function cannot be run, or a variable has a value only in the cloud and no override.
    """
    overrides = overrides or {}
    declared = template.of_type(FUNCTION)
    unknown = sorted(set(overrides) - set(declared) - {FOR_ALL})
    if unknown:
        raise TemplateError(f"environment overrides name no function: {', '.join(unknown)}")
    return [
        _read_function(template, logical_id, resource, overrides)
        for logical_id, resource in declared.items()
    ]


def _read_function(
    template: Template, logical_id: str, resource: Mapping[str, Any], overrides: Overrides
) -> FunctionSpec:
    properties = resource["Properties"]
    code_roots, layers, handler, variables = _code(template, logical_id, resource)
    given = {**overrides.get(FOR_ALL, {}), **overrides.get(logical_id, {})}
    declared = {**variables, **properties.get("Environment", {}).get("Variables", {})}
    reserved = properties.get("ReservedConcurrentExecutions")
    if reserved is not None:
        reserved = int(_required(logical_id, "ReservedConcurrentExecutions", reserved))
    return FunctionSpec(
        logical_id=logical_id,
        name=_required(logical_id, "FunctionName", properties.get("FunctionName", logical_id)),
        handler=handler,
        code_root=code_roots[0],
        import_paths=(*code_roots[1:], *layers),
        runtime=_required(logical_id, "Runtime", properties.get("Runtime", _DEFAULT_RUNTIME)),
        timeout_seconds=float(_required(logical_id, "Timeout", properties.get("Timeout", 3))),
        memory_mb=int(_required(logical_id, "MemorySize", properties.get("MemorySize", 128))),
        environment=_environment(logical_id, declared, given),
        reserved_concurrency=reserved,
        async_policy=_async_policy(logical_id, properties.get("EventInvokeConfig") or {}),
        schedules=tuple(read_schedules(logical_id, properties.get("Events") or {}, template.place)),
    )


def _code(
    template: Template, logical_id: str, resource: Mapping[str, Any]
) -> tuple[list[Path], list[Path], str, dict[str, str]]:
    """Find code folders, layer folders, handler and built-in variables of a function."""
    properties = resource["Properties"]
    if properties.get("PackageType") == "Image":
        image = _image(template, logical_id, resource)
        command = (properties.get("ImageConfig") or {}).get("Command") or [image.command]
        handler = _required(logical_id, "ImageConfig.Command", command[0])
        return list(image.code_roots), list(image.layer_paths), handler, image.environment
    code_uri = _required(logical_id, "CodeUri", properties.get("CodeUri"))
    root = template.folder / code_uri if isinstance(code_uri, str) else None
    if root is None or not root.is_dir():
        raise TemplateError(f"{logical_id}: CodeUri {code_uri} is no folder on this machine")
    layers = _layers(template, logical_id, properties.get("Layers") or [])
    return [root], layers, _required(logical_id, "Handler", properties.get("Handler")), {}


def _image(template: Template, logical_id: str, resource: Mapping[str, Any]) -> ImageSource:
    metadata = resource.get("Metadata") or {}
    if "DockerContext" not in metadata:
        raise TemplateError(
            f"{logical_id}: an image function needs Metadata.DockerContext to be run from its code"
        )
    context = template.folder / metadata["DockerContext"]
    image = read_image_source(context, metadata.get("Dockerfile", "Dockerfile"))
    if not image.code_roots:
        raise TemplateError(f"{logical_id}: its Dockerfile copies no Python code to /var/task")
    return image


def _layers(template: Template, logical_id: str, arns: Iterable[Any]) -> list[Path]:
    layers = template.of_type(LAYER)
    paths = []
    for arn in arns:
        name = str(arn).split(":")[-2] if ":" in str(arn) else str(arn)
        if name not in layers:
            raise TemplateError(f"{logical_id}: the layer {arn} is not part of this template")
        root = template.folder / _required(
            name, "ContentUri", layers[name]["Properties"].get("ContentUri")
        )
        # Only a BuildMethod of Python adds python/ by itself; else the folder has to hold it.
        method = str((layers[name].get("Metadata") or {}).get("BuildMethod", ""))
        paths.append(root if method.startswith("python") else root / "python")
    return paths


def _required(logical_id: str, name: str, value: Any) -> Any:
    if value is None:
        raise TemplateError(f"{logical_id}: {name} is missing")
    if isinstance(value, Unresolved):
        raise TemplateError(f"{logical_id}: {name} is {value}, which only the cloud knows")
    return value


def _environment(
    logical_id: str, declared: Mapping[str, Any], given: Mapping[str, str]
) -> dict[str, str]:
    values = {name: given.get(name, value) for name, value in declared.items()}
    unknown = [
        f"{name} ({value})" for name, value in values.items() if isinstance(value, Unresolved)
    ]
    if unknown:
        raise TemplateError(
            f"{logical_id}: only the cloud knows the value of {', '.join(unknown)}; "
            "give it as a parameter or an environment override"
        )
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in values.items()
    }


def _async_policy(logical_id: str, config: Mapping[str, Any]) -> AsyncPolicy:
    default = AsyncPolicy()
    retries = config.get("MaximumRetryAttempts", default.max_retries)
    age = config.get("MaximumEventAgeInSeconds", default.max_age_seconds)
    on_failure = (config.get("DestinationConfig") or {}).get("OnFailure") or {}
    is_queue = on_failure.get("Type", "SQS") == "SQS"
    return AsyncPolicy(
        max_retries=int(_required(logical_id, "MaximumRetryAttempts", retries)),
        max_age_seconds=float(_required(logical_id, "MaximumEventAgeInSeconds", age)),
        dead_letter_queue=queue_name(on_failure.get("Destination")) if is_queue else None,
    )
