"""The vocabulary of TestApplication on python-socketio: server.py PORT"""
import asyncio
import sys
from urllib.parse import parse_qsl

import socketio
from aiohttp import web

sio = socketio.AsyncServer(async_mode="aiohttp", ping_interval=1, ping_timeout=5)
auths = {}


def several(answer):
    """What call() gives, as the arguments of an ack."""
    return answer if isinstance(answer, tuple) else () if answer is None else (answer,)


@sio.event
async def connect(sid, environ, auth):
    auths[sid] = auth or {}


@sio.event
async def disconnect(sid):
    auths.pop(sid, None)


@sio.event
async def echo(sid, *values):
    return values


@sio.on("echo-back")
async def echo_back(sid, *values):
    await sio.emit("echoed", values, to=sid)


@sio.event
async def ask(sid, to, value):
    return several(await sio.call("question", value, to=to))


@sio.event
async def produce(sid, name, count):
    for number in range(count):
        await sio.emit("stream", (name, number))
    return ()


@sio.event
async def handshake(sid):
    environ = sio.get_environ(sid)
    headers = {
        key[5:].lower().replace("_", "-"): value for key, value in environ.items() if key.startswith("HTTP_")
    }
    return {
        "id": sid,
        "auth": auths[sid],
        "query": dict(parse_qsl(environ["QUERY_STRING"], keep_blank_values=True)),
        "headers": headers,
    }


@sio.event
async def leave(sid, close):
    await (sio.eio.disconnect(sio.manager.eio_sid_from_sid(sid, "/")) if close else sio.disconnect(sid))


customs = {}


@sio.on("connect", namespace="/custom")
async def enter(sid, environ, auth):
    customs[sid] = auth or {}


@sio.on("auth", namespace="/custom")
async def authentication(sid):
    return customs[sid]


@sio.on("connect", namespace="/greeting")
async def greet(sid, environ, auth):
    await sio.emit("welcome", sid, to=sid, namespace="/greeting")


@sio.on("connect", namespace="/closed")
async def close(sid, environ, auth):
    raise socketio.exceptions.ConnectionRefusedError("not you", {"code": 7})


@sio.on("connect", namespace="/guarded")
async def guard(sid, environ, auth):
    if (auth or {}).get("token") != "right":
        raise socketio.exceptions.ConnectionRefusedError("not you", {"code": 8})


async def main():
    app = web.Application()
    sio.attach(app)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", int(sys.argv[1]))
    await site.start()
    print(f"ready on http://localhost:{runner.addresses[0][1]}", flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
