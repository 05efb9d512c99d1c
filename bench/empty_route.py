"""A FastAPI route that reads its body and answers: what the framework costs. `python -m bench.empty_route PORT`."""

import sys

import uvicorn
from fastapi import FastAPI, Request, Response

app = FastAPI()


@app.post("/v1/readings", status_code=202)
async def push(request: Request) -> Response:
    """Take it."""
    await request.body()
    return Response(b"{}", 202, media_type="application/json")


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False)
