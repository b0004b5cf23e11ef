"""The app's current request belongs to the caller: a relapse would show one tenant another's."""

import base64
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from chalice.app import Response

from functions.base import App
from functions.edge import arrived, sent
from steward.surfaces import wire


def event(path: str = "/{name}", **told: Any) -> dict[str, Any]:
    return {
        "resource": path,
        "path": path,
        "httpMethod": "GET",
        "headers": {},
        "multiValueHeaders": {},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {"resourcePath": path, "httpMethod": "GET", "identity": {"sourceIp": "10.0.0.7"}},
        "body": None,
        "isBase64Encoded": False,
        **told,
    }


def test_nobody_sees_anothers_request_in_800_calls_over_8_threads() -> None:
    app, together = App("test"), threading.Barrier(8)

    @app.route("/{name}")
    def view(name: str) -> Response:
        together.wait()
        assert app.current_request is not None
        return Response({"mine": name, "seen": app.current_request.uri_params["name"], "context": app.lambda_context})

    def call(number: int) -> bool:
        answer = app(event(pathParameters={"name": str(number)}), f"context {number}")
        expected = f'{{"mine":"{number}","seen":"{number}","context":"context {number}"}}'
        return wire_body(answer) == expected.encode()

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(call, range(800)))


def wire_body(answer: dict[str, Any]) -> bytes:
    return base64.b64decode(answer["body"])


def test_an_answer_of_bytes_is_sent_whatever_the_client_accepts() -> None:
    app = App("test")

    @app.route("/")
    def view() -> Response:
        return sent(wire.Response(200, {"content-type": "application/pdf"}, b"%PDF\x00\xff", ("a=1", "b=2")))

    answer = app(event("/", headers={"accept": "text/plain"}), None)
    assert (answer["statusCode"], wire_body(answer), answer["multiValueHeaders"]["set-cookie"]) == (200, b"%PDF\x00\xff", ["a=1", "b=2"])


def test_a_request_arrives_with_its_path_as_it_was_sent() -> None:
    app, seen = App("test"), []

    @app.route("/v1/{proxy+}", methods=["POST"], content_types=[])
    def view() -> Response:
        seen.append(arrived(app.current_request))
        return Response(b"")

    told = event(
        "/v1/{proxy+}",
        pathParameters={"proxy": "properties/a%2Fb"},
        headers={"Content-Type": "text/x", "X-Api-Key": "k"},
        multiValueQueryStringParameters={"city": ["Ely", "Ash"]},
        body="AAH/",
        isBase64Encoded=True,
    )
    told["requestContext"]["httpMethod"] = "POST"
    app(told, None)
    headers = {"content-type": "text/x", "x-api-key": "k"}
    assert seen == [wire.Request("POST", "/v1/properties/a%2Fb", {"city": ["Ely", "Ash"]}, headers, b"\x00\x01\xff", "10.0.0.7")]
