"""A call of 45 applications, one of 300, and an officer with every right, fresh for each test."""

import logging

import pytest
from django_scopes import scope

import calls

ALL = ("event.orders:read", "event.orders:write", "event.settings.general:write")


@pytest.fixture(autouse=True)
def quiet():
    logging.getLogger("celery").setLevel(logging.WARNING)


@pytest.fixture
def event(db):
    made = calls.make_event()
    made.settings.selection_policy = calls.SMALL
    with scope(organizer=made.organizer):
        calls.apply_for_seats(made, 45)
        yield made


@pytest.fixture
def large(db):
    made = calls.make_event()
    with scope(organizer=made.organizer):
        calls.apply_for_seats(made, 300)
        yield made


@pytest.fixture
def officer(request):
    call = request.getfixturevalue("large" if "large" in request.fixturenames else "event")
    return calls.make_user(call.organizer, "officer@example.org", *ALL)


@pytest.fixture
def client(event):
    return calls.logged_in(calls.make_user(event.organizer, "client@example.org", *ALL))
