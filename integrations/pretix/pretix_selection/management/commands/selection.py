"""`python -m pretix selection ORGANISER/EVENT`: the same as the buttons of the control panel."""

import json

from django.core.management.base import BaseCommand, CommandError
from django_scopes import scope, scopes_disabled
from pretix.base.i18n import language
from pretix.base.models import Event

from pretix_selection.applying import apply_run
from pretix_selection.checks import checked
from pretix_selection.errors import Refused
from pretix_selection.models import Run
from pretix_selection.running import dry_run


class Command(BaseCommand):
    help = "Select from an event's applications: a dry run, or with --apply what the last run decided."

    def add_arguments(self, parser):
        parser.add_argument("event", help="organiser and event, as in who/cgmp-2025")
        parser.add_argument("--apply", action="store_true", help="carry out the last run (or go on with it)")
        parser.add_argument("--check", action="store_true", help="check the rules and the event, and do nothing else")

    def handle(self, *args, **options):
        organizer, _, slug = options["event"].partition("/")
        with scopes_disabled():
            found = Event.objects.filter(organizer__slug=organizer, slug=slug).select_related("organizer").first()
        if found is None or "pretix_selection" not in found.get_plugins():
            raise CommandError(f"There is no event {options['event']!r} that uses this plugin; write organiser/event.")
        with scope(organizer=found.organizer), language(found.settings.locale):
            try:
                self.stdout.write(json.dumps(self._answer(found, options), indent=1, default=str))
            except Refused as error:
                raise CommandError(str(error)) from error

    def _answer(self, event, options) -> dict:
        if options["check"]:
            return checked(event)
        if not options["apply"]:
            run = dry_run(event)
            return {"run": run.pk, "policy_sha256": run.policy_sha256, "counts": run.counts, "findings": run.findings}
        run = event.selection_runs.exclude(state=Run.State.SUPERSEDED).first()
        if run is None:
            raise CommandError("There is nothing to apply yet: make a dry run first, without --apply.")
        return {"run": run.pk, "done": apply_run(run), "counts": run.counts}
