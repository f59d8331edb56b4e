"""The applications of an event as records for the library, in a number of queries that does not grow with them.

Answers are read through the identifiers of questions and options, so the language of a question, an option or an
applicant changes nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q
from pretix.base.models import InvoiceAddress, Order, OrderPosition, Question, QuestionAnswer

#: What pretix itself knows about an application, beside the answers to questions.
COLUMNS = {
    "order.code": "order__code",
    "order.datetime": "order__datetime",
    "order.email": "order__email",
    "order.locale": "order__locale",
    "attendee.name": "attendee_name_cached",
    "attendee.email": "attendee_email",
    "attendee.company": "company",
    "attendee.country": "country",
}
INVOICE_COUNTRY = "invoice.country"

#: Files say nothing a rule could read.
UNREAD = (Question.TYPE_FILE,)


@dataclass(frozen=True)
class Application:
    """One order as a record; `approved` if it holds a seat already."""

    pk: int
    code: str
    approved: bool
    record: dict[str, Any]


@dataclass(frozen=True)
class Held:
    """An order that is left to the officer, and why."""

    code: str
    sentence: str


def application_products(event):
    """The products whose orders are applications: free ones that need approval."""
    return event.items.filter(require_approval=True, default_price=0)


def columns(event) -> list[str]:
    """Everything a form may name: pretix's own columns, then the identifiers of the questions."""
    questions = event.questions.exclude(type__in=UNREAD).values_list("identifier", flat=True)
    return [*COLUMNS, INVOICE_COUNTRY, *questions]


def read(event) -> tuple[list[Application], list[Held]]:
    """All applications that wait for a decision or hold a seat, by order code, and those left to the officer."""
    positions: dict[int, list[dict[str, Any]]] = {}
    for row in _positions(event):
        positions.setdefault(row["order_id"], []).append(row)
    names = columns(event)
    answers = _answers(event)
    countries = dict(_of_orders(InvoiceAddress.objects, event, "order__").values_list("order_id", "country"))
    found, held = [], []
    for order, rows in positions.items():
        applying = [row for row in rows if row["item__require_approval"]]
        if not applying:
            continue
        first = applying[0]
        code = first["order__code"]
        if len(rows) > 1:
            held.append(Held(code, "This order holds more than one product. Split it, then run the selection again."))
            continue
        given = {column: first[field] or None for column, field in COLUMNS.items()}
        given[INVOICE_COUNTRY] = str(countries.get(order) or "") or None
        given["attendee.country"] = str(first["country"] or "") or None
        given |= answers.get(("order", order), {}) | answers.get(("position", first["pk"]), {})
        record = {name: given.get(name) for name in names}
        found.append(Application(order, code, not first["order__require_approval"], record))
    return sorted(found, key=lambda one: one.code), held


def _of_orders(rows, event, prefix: str):
    """Rows of the orders that wait for approval or were approved; orders in test mode only while the event is."""
    stands = Q(**{f"{prefix}status__in": (Order.STATUS_PENDING, Order.STATUS_PAID)})
    return rows.filter(stands, **{f"{prefix}event": event, f"{prefix}testmode": event.testmode})


def _positions(event) -> Iterable[dict[str, Any]]:
    wanted = ("pk", "order_id", "order__require_approval", "item__require_approval", *COLUMNS.values())
    return _of_orders(OrderPosition.objects, event, "order__").order_by("order_id", "positionid").values(*wanted)


def _answers(event) -> dict[tuple[str, int], dict[str, Any]]:
    """Per order and per position, the answer to each question by its identifier."""
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for kind, link in (("position", "orderposition"), ("order", "order")):
        prefix = "orderposition__order__" if kind == "position" else "order__"
        rows = _of_orders(QuestionAnswer.objects.exclude(question__type__in=UNREAD), event, prefix)
        options: dict[int, list[str]] = {}
        for answer, option in rows.filter(options__isnull=False).values_list("pk", "options__identifier"):
            options.setdefault(answer, []).append(option)
        wanted = ("pk", f"{link}_id", "question__identifier", "question__type", "answer")
        for pk, owner, name, question, text in rows.values_list(*wanted):
            found.setdefault((kind, owner), {})[name] = value(question, text, options.get(pk, []))
    return found


def value(question: str, text: str, options: list[str]) -> Any:
    """An answer as the library takes it: option identifiers, exact numbers, dates, codes, or the text."""
    if question == Question.TYPE_CHOICE_MULTIPLE:
        return tuple(sorted(options)) or None
    if question == Question.TYPE_CHOICE:
        return options[0] if options else None
    read_as = {
        Question.TYPE_BOOLEAN: lambda t: t == "True",
        Question.TYPE_NUMBER: Decimal,
        Question.TYPE_DATE: date.fromisoformat,
        Question.TYPE_DATETIME: datetime.fromisoformat,
    }.get(question, str)
    try:
        return read_as(text) if text else None
    except (ArithmeticError, ValueError):
        return text


def suggested_form(event) -> str:
    """A form to start from: every question as an attribute, country questions as countries."""
    lines = ["# Each field of an applicant, and the identifier of the question that gives it."]
    for question in event.questions.exclude(type__in=UNREAD).prefetch_related("options"):
        lines += ["", *_suggestion(question)]
    return "\n".join(lines) + "\n"


def _suggestion(question) -> Iterator[str]:
    name = question.identifier.lower().replace(".", "_")
    if question.type == Question.TYPE_COUNTRYCODE and "country" not in name:
        name = "country"
    yield f"[fields.{name}]"
    yield f'column = "{question.identifier}"'
    if question.type == Question.TYPE_COUNTRYCODE:
        yield 'codes  = "alpha-2"'
    options = [option.identifier for option in question.options.all()]
    if options:
        words = ", ".join(f'"{one}" = "{one.lower()}"' for one in options)
        yield f"values = {{ {words} }}"
