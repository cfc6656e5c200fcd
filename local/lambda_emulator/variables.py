"""The environment variables of a function's process, as AWS sets them."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime

from lambda_emulator.spec import FunctionSpec
from lambda_emulator.template import Place

# What a process needs from the machine; everything else a function must declare.
_FROM_THE_MACHINE = (
    "DYLD_LIBRARY_PATH",
    "LD_LIBRARY_PATH",
    "PATH",
    "REQUESTS_CA_BUNDLE",
    "SSL_CERT_FILE",
    "TMPDIR",
)
# On AWS these come from the function's role; here from whoever starts the emulator.
_CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
# A function always has some. Local servers take any, and the cloud takes these for nobody's.
_NOBODY = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
_ENDPOINTS = "AWS_ENDPOINT_URL"


def platform_variables(machine: Mapping[str, str] | None = None) -> dict[str, str]:
    """Choose what every function takes over from the emulator's own environment."""
    machine = os.environ if machine is None else machine
    wanted = (*_FROM_THE_MACHINE, *_CREDENTIALS)
    taken = {
        name: value
        for name, value in machine.items()
        if name in wanted or name.startswith(_ENDPOINTS)
    }
    return taken if "AWS_ACCESS_KEY_ID" in taken else {**taken, **_NOBODY}


def function_variables(
    spec: FunctionSpec,
    *,
    platform: Mapping[str, str],
    place: Place,
    lambda_url: str,
    runtime_api: str,
    environment_id: str,
) -> dict[str, str]:
    """Put together the variables of one execution environment."""
    import_path = [str(path.resolve()) for path in spec.import_paths]
    if declared := spec.environment.get("PYTHONPATH"):
        import_path.append(declared)
    today = datetime.now(UTC).strftime("%Y/%m/%d")
    return {
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        **platform,
        **spec.environment,
        # Whatever the template says: the functions of this template are here.
        "AWS_ENDPOINT_URL_LAMBDA": lambda_url,
        "AWS_DEFAULT_REGION": place.region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{spec.runtime}",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(spec.memory_mb),
        "AWS_LAMBDA_FUNCTION_NAME": spec.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{spec.name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": f"{today}/[$LATEST]{environment_id}",
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        "AWS_REGION": place.region,
        "LAMBDA_TASK_ROOT": str(spec.code_root.resolve()),
        "PYTHONPATH": os.pathsep.join(import_path),
        "_HANDLER": spec.handler,
    }
