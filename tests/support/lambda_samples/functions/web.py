"""A FastAPI application behind Mangum, as an ordinary function has it."""

from fastapi import FastAPI, Request, Response
from mangum import Mangum

app = FastAPI()


@app.post("/web/sum")
async def add(numbers: list[int]) -> dict[str, int]:
    """Add numbers."""
    return {"sum": sum(numbers)}


@app.post("/web/bytes")
async def reverse(request: Request) -> Response:
    """Return the bytes of the body in reverse."""
    body = await request.body()
    return Response(body[::-1], media_type="application/octet-stream")


@app.get("/web/cookies")
async def cookies(request: Request, response: Response) -> dict[str, str]:
    """Return the cookies and set two more."""
    response.set_cookie("first", "1")
    response.set_cookie("second", "2")
    return dict(request.cookies)


handler = Mangum(app, lifespan="off")
