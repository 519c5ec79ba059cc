"""Asks the route of docs/minting.md in Flask: prints what it answers to each request of argv, as JSON. Its file begins with the program that mints."""
import json, sys, types
from flask import Flask, request

app = Flask(__name__)
ADA = types.SimpleNamespace(id=42, email="ada@example.com")

def current_user():
    return ADA if request.cookies.get("sid") == "1" else None

with open(sys.argv[1]) as file:
    exec(file.read())

def ask(headers):
    answer = app.test_client(use_cookies=False).get("/session-token", headers=headers)
    return {"status": answer.status_code, "cacheControl": answer.headers.get("Cache-Control"), "body": answer.get_data(as_text=True)}

print(json.dumps([ask(headers) for headers in json.loads(sys.argv[2])]))
