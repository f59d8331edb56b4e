"""A call inside pretix, made with pretix's own models: products, questions in three languages, applications."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from textwrap import dedent

from django.test import Client
from django.utils.timezone import now
from django_scopes import scope
from i18nfield.strings import LazyI18nString
from pretix.base.models import Event, Order, OrderPosition, Organizer, QuestionAnswer, Team, User

LOCALES = ("en", "fr", "ar")

OPTIONS = {
    "ROLE": {
        "NRA": {"en": "Regulatory authority", "fr": "Autorité de réglementation", "ar": "سلطة تنظيمية"},
        "MAKER": {"en": "Manufacturer", "fr": "Fabricant", "ar": "مصنع"},
    },
    "SECTORS": {
        "VAX": {"en": "Vaccines", "fr": "Vaccins", "ar": "لقاحات"},
        "PHARMA": {"en": "Medicines", "fr": "Médicaments", "ar": "أدوية"},
        "OTHER": {"en": "Other", "fr": "Autre", "ar": "أخرى"},
    },
}

POLICY = dedent("""
    title        = "Training marathon"
    capacity     = 60
    waitlist     = 40
    on           = 2025-08-31
    country      = "employer_country"
    unclassified = "carry_forward"
    not_covered  = "sovereign"
    counting     = "each"

    [[eligible]]
    name  = "Works on vaccines or medicines"
    where = { sector = ["vaccine", "pharmaceutical"] }

    [[points]]
    name   = "Income group"
    field  = "income_group"
    values = { LIC = 40, LMC = 30, UMC = 20, HIC = 0 }

    [[points]]
    name  = "Years of experience"
    field = "years"
    per   = 1
    max   = 10

    [[reserve]]
    name  = "Authorities"
    where = { role = "nra" }
    seats = "30%"

    [[cap]]
    name  = "Any one country"
    per   = "country"
    seats = "10%"

    [ties]
    order = ["lottery"]
""")

#: The same rules for a call of 45 applications: most tests need no more, and pretix takes its time over each mail.
SMALL = (
    POLICY.replace("capacity     = 60", "capacity     = 9")
    .replace("waitlist     = 40", "waitlist     = 6")
    .replace('"10%"', "2")
)

FORM = dedent("""
    [fields.role]
    column = "ROLE"
    values = { NRA = "nra", MAKER = "manufacturer" }

    [fields.sector]
    column = "SECTORS"
    values = { VAX = "vaccine", PHARMA = "pharmaceutical", OTHER = "other" }

    [fields.employer_country]
    column = "COUNTRY"
    codes  = "alpha-2"

    [fields.years]
    column = "YEARS"
    type   = "number"

    [fields.organisation]
    column = "attendee.company"
""")

COUNTRIES = ("KE", "NG", "ET", "IN", "BD", "BR", "ZA", "EG", "FR", "CH", "PE", "VN", "UG", "ID", "MX")


def make_event(slug: str = "cgmp", organizer: Organizer | None = None) -> Event:
    """An event with one free product that needs approval, its questions and the settings of a selection."""
    organizer = organizer or Organizer.objects.create(name="WHO", slug=f"who-{slug}")
    with scope(organizer=organizer):
        event = Event.objects.create(
            organizer=organizer,
            name="Training marathon",
            slug=slug,
            date_from=now() + timedelta(days=60),
            plugins="pretix_selection",
            live=True,
            currency="EUR",
        )
        settings = {
            "locales": list(LOCALES),
            "locale": "en",
            "timezone": "Africa/Nairobi",
            "waiting_list_enabled": False,
            "selection_policy": POLICY,
            "selection_form": FORM,
            "selection_seed": "marathon 2025",
        }
        for name, value in settings.items():
            event.settings.set(name, value)
        for name in ("mail_text_order_approved_free", "mail_text_order_denied"):
            text = {one: f"({one}) {{selection_explanation}} {{url}}" for one in LOCALES}
            event.settings.set(name, LazyI18nString(text))
        seat = event.items.create(
            name="Seat", default_price=Decimal(0), require_approval=True, admission=True, max_per_order=1
        )
        event.quotas.create(name="Everybody", size=None).items.add(seat)
        _questions(event, seat)
    return event


def _questions(event: Event, seat) -> None:
    kinds = {"ROLE": "C", "SECTORS": "M", "COUNTRY": "CC", "YEARS": "N"}
    for identifier, kind in kinds.items():
        text = LazyI18nString({one: f"{identifier} ({one})" for one in LOCALES})
        question = event.questions.create(question=text, identifier=identifier, type=kind)
        question.items.add(seat)
        for option, answers in OPTIONS.get(identifier, {}).items():
            question.options.create(identifier=option, answer=LazyI18nString(answers))


def apply_for_seats(event: Event, number: int, seed: int = 1, first: int = 0) -> list[Order]:
    """So many applications, in three languages in turn, as pretix stores them."""
    chance, opened = random.Random(seed), datetime(2025, 7, 1, tzinfo=UTC)
    questions = {q.identifier: q for q in event.questions.all()}
    options = {q: {o.identifier: o for o in questions[q].options.all()} for q in OPTIONS}
    seat, channel = event.items.get(), event.organizer.sales_channels.get(identifier="web")
    orders, positions, answers, chosen = [], [], [], []
    for n in range(first, first + number):
        locale = LOCALES[n % 3]
        order = Order(
            code=f"A{n:05}",
            event=event,
            organizer=event.organizer,
            email=f"applicant{n}@example.org",
            locale=locale,
            status=Order.STATUS_PENDING,
            require_approval=True,
            datetime=opened + timedelta(minutes=n),
            expires=now() + timedelta(days=30),
            total=Decimal(0),
            sales_channel=channel,
        )
        position = OrderPosition(
            order=order,
            organizer=event.organizer,
            secret=f"{event.slug}{n:08}",
            web_secret=f"web{event.slug}{n:08}",
            pseudonymization_id=f"P{event.pk}X{n:06}",
            item=seat,
            price=Decimal(0),
            positionid=1,
            tax_rate=Decimal(0),
            tax_value=Decimal(0),
            attendee_name_cached=f"Applicant {n}",
            attendee_name_parts={"_scheme": "full", "full_name": f"Applicant {n}"},
            company=f"Institute {n % 40}",
        )
        orders.append(order)
        positions.append(position)
        for identifier, picked in _picked(chance).items():
            asked = questions[identifier]
            ticked = [options[identifier][one] for one in picked] if identifier in options else []
            text = ", ".join(o.answer.localize(locale) for o in ticked) if ticked else str(picked)
            answer = QuestionAnswer(orderposition=position, question=asked, answer=text)
            answers.append(answer)
            chosen += [(answer, one) for one in ticked]
    Order.objects.bulk_create(orders, batch_size=500)
    OrderPosition.objects.bulk_create(positions, batch_size=500)
    QuestionAnswer.objects.bulk_create(answers, batch_size=500)
    through = QuestionAnswer.options.through
    links = (through(questionanswer=answer, questionoption=option) for answer, option in chosen)
    through.objects.bulk_create(links, batch_size=500)
    return orders


def _picked(chance: random.Random) -> dict:
    """One applicant's answers; now and then a question is left out."""
    given = {
        "ROLE": [chance.choice(["NRA", "MAKER", "MAKER", "MAKER"])],
        "SECTORS": sorted(chance.sample(["VAX", "PHARMA", "OTHER"], chance.choice([1, 1, 2]))),
        "COUNTRY": chance.choice(COUNTRIES),
        "YEARS": chance.randint(0, 15),
    }
    if chance.random() < 0.03:
        del given["COUNTRY"]
    return given


def make_user(organizer: Organizer, email: str, *permissions: str) -> User:
    """A user in a team of an organiser with these permissions on all its events."""
    user = User.objects.create_user(email, "secret")
    granted = dict.fromkeys(permissions, True)
    team = Team.objects.create(organizer=organizer, name=email, all_events=True, limit_event_permissions=granted)
    team.members.add(user)
    return user


def logged_in(user: User) -> Client:
    """A browser of Django's in which somebody has logged in."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
