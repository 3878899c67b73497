"""The smallest process that the supervisor can run: ready once it has signed in to both servers.

Says what it is given on GET /seen, so that a test can look at its environment.
"""

import asyncio
import json
import os
import socket
import sys

import psycopg
import uvicorn
from aiokafka import AIOKafkaProducer
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route


async def sign_in() -> None:
    producer = AIOKafkaProducer(
        bootstrap_servers=os.environ["KAMENG_BOOTSTRAP"],
        security_protocol="SASL_PLAINTEXT",
        sasl_mechanism="SCRAM-SHA-256",
        sasl_plain_username=os.environ["KAMENG_KAFKA_USER"],
        sasl_plain_password=os.environ["KAMENG_KAFKA_PASSWORD"],
    )
    await producer.start()
    await producer.stop()
    with psycopg.connect(os.environ["KAMENG_DSN"]) as connection:
        connection.execute("select 1 from shard")


async def ready(_request: Request) -> Response:
    return PlainTextResponse("ready")


async def seen(_request: Request) -> Response:
    print(json.dumps({"level": "info", "event": "routine"}))
    print("somebody looked")
    ours = {name: value for name, value in os.environ.items() if name.startswith("KAMENG_")}
    return JSONResponse({"environment": ours, "role": sys.argv[1]})


def main() -> None:
    if reason := os.environ.get("TINY_FAILS"):
        sys.exit(reason)
    asyncio.run(sign_in())
    print("signed in")
    app = Starlette(routes=[Route("/readyz", ready), Route("/seen", seen)])
    ports = {os.environ["KAMENG_METRICS_PORT"], os.environ.get("KAMENG_HTTP_PORT")} - {None}
    listening = [socket.create_server(("127.0.0.1", int(str(port)))) for port in ports]
    uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(listening)


if __name__ == "__main__":
    main()
