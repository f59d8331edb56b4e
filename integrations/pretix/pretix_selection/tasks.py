"""Work that a web request does not wait for."""

import logging

from django.dispatch import receiver
from django_scopes import scopes_disabled
from pretix.base.i18n import language
from pretix.base.models import Event
from pretix.base.services.tasks import ProfiledEventTask
from pretix.base.signals import periodic_task
from pretix.celery_app import app

from pretix_selection.applying import apply_run, withdrawn_runs
from pretix_selection.errors import Refused

logger = logging.getLogger(__name__)


@receiver(periodic_task, dispatch_uid="pretix_selection_withdrawals")
@scopes_disabled()
def answer_withdrawals(sender, **kwargs):
    """Look for seats that came free, in every event that uses this plugin."""
    for run in list(withdrawn_runs()):
        if "pretix_selection" in run.event.get_plugins():
            answer_withdrawal.apply_async(kwargs={"event": run.event_id, "run": run.pk})


@app.task(base=ProfiledEventTask, acks_late=True)
def answer_withdrawal(event: Event, run: int):
    """Give the seats that came free in one event to whom the rules say."""
    found = event.selection_runs.get(pk=run)
    try:
        with language(event.settings.locale):
            apply_run(found)
    except Refused as error:
        logger.warning("The withdrawals of run %s were not answered: %s", run, error)
        found.trouble = str(error)
        found.save(update_fields=["trouble"])
