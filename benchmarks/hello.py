"""The least that FastAPI behind Mangum can do: the yardstick for requests and starts."""

from __future__ import annotations

from fastapi import FastAPI
from mangum import Mangum

app = FastAPI()


@app.get("/")
def hello() -> dict[str, str]:
    """Greet."""
    return {"hello": "world"}


@app.get("/async")
async def hello_async() -> dict[str, str]:
    """Greet without a thread."""
    return {"hello": "world"}


handler = Mangum(app, lifespan="off")
