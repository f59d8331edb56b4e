"""The example of a service: what its own OpenAPI document allows is answered, and never with a failure."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

import selection

schemathesis = pytest.importorskip("schemathesis", reason="NO TEST OF THE SERVICE: schemathesis is not installed.")
from schemathesis.checks import not_a_server_error  # noqa: E402
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance  # noqa: E402

FILE = Path(__file__).resolve().parents[1] / "examples" / "service" / "service.py"
CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]

APPLICANTS = [
    {"id": "a", "country": "Kenya", "years": 7},
    {"id": "b", "country": "Kenya", "years": 6},
    {"id": "c", "country": "Peru", "years": 2.5},
]
POLICY = {
    "capacity": 2,
    "points": [{"name": "Experience", "field": "years", "per": 1}],
    "cap": [{"name": "Any one country", "per": "country", "seats": 1}],
}


def _service() -> Any:
    spec = importlib.util.spec_from_file_location("service", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SERVICE = _service()
DOCUMENT = schemathesis.openapi.from_asgi("/openapi.json", SERVICE.app)


@DOCUMENT.parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
@pytest.mark.filterwarnings("ignore")
def test_whatever_the_document_allows_is_answered_as_it_says(case: Any) -> None:
    case.call_and_validate(checks=CHECKS)


def ask(path: str, body: Any) -> tuple[int, Any]:
    """A request as the server would pass it on, without a server."""
    import asyncio

    sent: list[dict[str, Any]] = []
    headers = [(b"content-type", b"application/json")]
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "path": path}
    scope |= {"raw_path": path.encode(), "query_string": b"", "headers": headers, "root_path": "", "scheme": "http"}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": json.dumps(body).encode(), "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(SERVICE.app(scope, receive, send))
    return sent[0]["status"], json.loads(sent[1]["body"])


def test_the_service_decides_what_the_library_decides() -> None:
    status, answer = ask("/select", {"applicants": APPLICANTS, "policy": POLICY})
    outcome = selection.select(APPLICANTS, POLICY)
    assert status == 200
    assert answer["counts"] == outcome.counts
    assert [row["id"] for row in answer["decisions"] if row["status"] == "selected"] == list(outcome.shortlist["id"])
    assert answer["policy_sha256"] == outcome.policy.fingerprint
    status, answer = ask("/explain", {"applicants": APPLICANTS, "policy": POLICY, "applicant": "b"})
    assert (status, answer["sentence"]) == (200, str(outcome.explain("b")))


def test_mistakes_are_answered_with_the_nearest_right_word() -> None:
    status, answer = ask("/check", {"capcity": 2})
    assert status == 400
    assert "Did you mean 'capacity'" in answer["sentence"]
    status, answer = ask("/explain", {"applicants": APPLICANTS, "policy": POLICY, "applicant": "bb"})
    assert (status, answer["code"]) == (400, "unknown_applicant")
    status, _ = ask("/select", {"applicants": [], "policy": POLICY})
    assert status == 422
