"""Emits each line of the standard input with python-socketio's write-only manager: python-emitter.py BROKER_URL."""
import json
import sys

import socketio

url = sys.argv[1]
manager = socketio.RedisManager if url.startswith("redis") else socketio.KombuManager
emitter = manager(url, write_only=True)
lines = 0
for line in sys.stdin:
    message = json.loads(line)
    for room in message["rooms"]:
        emitter.emit(message["event"], message["args"][0], room=room)
    lines += 1
print(f"{lines} lines")
