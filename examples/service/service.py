"""A selection service: applicants and rules in, decisions and explanations out; the models are the library's own."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from selection import Applicant, Outcome, Policy, SelectionError, select
from selection.checking import report

app = FastAPI(title="Selection", version="1")


class Call(BaseModel):
    """Everything that decides: who applied, the rules, and the public key of the lottery."""

    model_config = ConfigDict(extra="forbid")

    applicants: list[Applicant] = Field(min_length=1, max_length=20_000)
    policy: Policy
    seed: str | None = Field(default=None, max_length=200)


class Question(Call):
    """A call, and the applicant who asks."""

    applicant: str
    language: str = "en"


class Decision(BaseModel):
    """What was decided about one applicant; scores are exact, and therefore text."""

    id: str
    status: str
    rank: int | None
    score: str | None
    reason: str


class Decided(BaseModel):
    """All decisions in rank order, and the fingerprint of the rules they follow from."""

    policy_sha256: str
    counts: dict[str, int]
    decisions: list[Decision]


class Explained(BaseModel):
    """Why, in words, with the facts behind them."""

    sentence: str
    cause: str


class Mistake(BaseModel):
    """What is wrong with a call, and what to write instead."""

    code: str
    sentence: str


WRONG: dict[int | str, dict[str, Any]] = {400: {"model": Mistake}}


@app.exception_handler(SelectionError)
def wrong(_: Request, error: SelectionError) -> JSONResponse:
    """Every mistake of a caller is an answer, never a failure of the service."""
    return JSONResponse({"code": error.code, "sentence": error.sentence}, status_code=400)


@app.exception_handler(HTTPException)
def refused(_: Request, error: HTTPException) -> JSONResponse:
    """A body that is no JSON at all is answered in the same form."""
    return JSONResponse({"code": "bad_request", "sentence": str(error.detail)}, status_code=error.status_code)


@app.post("/check", responses=WRONG)
def check(policy: Policy) -> dict[str, Any]:
    """What the rules say before any applicant is seen."""
    return report(policy)


@app.post("/select", responses=WRONG)
def decide(call: Call) -> Decided:
    """The decision about every applicant."""
    outcome = _outcome(call)
    rows = outcome.to_frame().astype(object)
    listed = rows.where(rows.notna(), None).to_dict("records")
    decisions = [Decision(**{**row, "score": None if row["score"] is None else str(row["score"])}) for row in listed]
    return Decided(policy_sha256=outcome.policy.fingerprint, counts=outcome.counts, decisions=decisions)


@app.post("/explain", responses=WRONG)
def explain(question: Question) -> Explained:
    """The decision about one applicant in words."""
    explanation = _outcome(question).explain(question.applicant, question.language)
    return Explained(sentence=str(explanation), cause=explanation.cause)


def _outcome(call: Call) -> Outcome:
    return select(call.applicants, call.policy, seed=call.seed, seconds=10)
