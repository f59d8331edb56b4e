"""The pages: rules, the selection itself, and what can be done with it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import ListView, View
from pretix.base.models import Event
from pretix.base.views.tasks import AsyncPostView
from pretix.control.permissions import EventPermissionRequiredMixin
from pretix.control.views.event import EventSettingsFormView, EventSettingsViewMixin

from pretix_selection import rules
from pretix_selection.applying import apply_run
from pretix_selection.checks import checked, warnings_of
from pretix_selection.errors import Refused
from pretix_selection.exporters import latest
from pretix_selection.forms import SelectionSettingsForm
from pretix_selection.models import Decision, Run
from pretix_selection.running import applicants, dry_run

#: The lists of the page, in the order of their tabs.
LISTS = ("selected", "waitlisted", "declined", "ineligible", "incomplete", "duplicate", "withdrawn")


class Here:
    """Pages of the plugin: there only where the event uses it."""

    def dispatch(self, request, *args, **kwargs):
        if "pretix_selection" not in request.event.get_plugins():
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def address(self, name: str, **more) -> str:
        where = {"organizer": self.request.event.organizer.slug, "event": self.request.event.slug, **more}
        return reverse(f"plugins:pretix_selection:{name}", kwargs=where)


class SettingsView(Here, EventSettingsViewMixin, EventSettingsFormView):
    model = Event
    form_class = SelectionSettingsForm
    template_name = "pretix_selection/settings.html"
    permission = "event.settings.general:write"

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"check": checked(self.request.event)}

    def get_success_url(self):
        return self.address("settings")


class IndexView(Here, EventPermissionRequiredMixin, ListView):
    template_name = "pretix_selection/index.html"
    permission = "event.orders:read"
    paginate_by = 50
    context_object_name = "decisions"

    @cached_property
    def run(self) -> Run | None:
        runs = self.request.event.selection_runs
        asked = self.request.GET.get("run", "")
        if asked:
            return get_object_or_404(runs, pk=int(asked) if asked.isdigit() else 0)
        return runs.exclude(state=Run.State.SUPERSEDED).first()

    @cached_property
    def show(self) -> str:
        asked = self.request.GET.get("show", "selected")
        return asked if asked in (*LISTS, "problems", "audit") else "selected"

    def get_queryset(self):
        if self.run is None or self.show not in LISTS:
            return Decision.objects.none()
        return self.run.decisions.filter(status=self.show).select_related("order")

    def get_context_data(self, **kwargs):
        counts = self.run.counts if self.run else {}
        may = self.request.user.has_event_permission
        write = may(self.request.organizer, self.request.event, "event.orders:write", request=self.request)
        return super().get_context_data(**kwargs) | {
            "run": self.run,
            "current": latest(self.request.event),
            "tabs": [(name, counts.get(name, 0)) for name in LISTS if counts.get(name) or name in LISTS[:2]],
            "show": self.show,
            "todo": self.run.decisions.filter(done="").count() if self.run else 0,
            "may_write": write,
            "warnings": list(warnings_of(self.request.event)),
            "beacon": self.request.event.settings.selection_beacon,
            "commitment": self.request.event.settings.selection_commitment,
            "seed": self.request.event.settings.selection_seed,
        }


class RunView(Here, EventPermissionRequiredMixin, AsyncPostView):
    permission = "event.orders:write"
    known_errortypes = ("Refused",)
    expected_exceptions = (Refused,)

    def async_post(self, request, *args, **kwargs):
        return dry_run(request.event, request.user).pk

    def get_success_url(self, value):
        return self.address("index")

    def get_error_url(self):
        return self.address("index")

    def get_success_message(self, value):
        return _("The selection has been made as a dry run: nothing was changed and nobody was written to.")


class ApplyView(Here, EventPermissionRequiredMixin, AsyncPostView):
    permission = "event.orders:write"
    known_errortypes = ("Refused",)
    expected_exceptions = (Refused,)

    def async_post(self, request, *args, **kwargs):
        run = request.event.selection_runs.filter(pk=kwargs["run"]).first()
        if run is None:
            raise Refused(_("There is no such selection in this event."))
        return apply_run(run, request.user, self.async_set_progress)

    def get_success_url(self, value):
        return self.address("index")

    def get_error_url(self):
        return self.address("index")

    def get_success_message(self, value):
        said = ", ".join(f"{number:,} {name}" for name, number in sorted(value.items()))
        return _("The selection has been applied: {counts}.").format(counts=said or _("nothing was left to do"))


class DrawView(Here, EventPermissionRequiredMixin, View):
    """Fix rules and applications before a public beacon round, and draw the seed after it."""

    permission = "event.orders:write"

    def post(self, request, *args, **kwargs):
        event = request.event
        try:
            intake = applicants(event)[2]
            policy = rules.policy_of(
                event.settings.selection_policy, event.settings.get("selection_capacity", as_type=int)
            )
            if request.POST.get("randomness"):
                seed = rules.drawn(event, intake, policy, request.POST["randomness"])
                event.settings.set("selection_seed", seed)
                event.log_action("pretix_selection.drawn", user=request.user, data={"seed": seed})
                messages.success(request, _("The seed has been drawn."))
            else:
                line = rules.committed(event, intake, policy).canonical()
                event.settings.set("selection_commitment", line)
                event.settings.delete("selection_seed")
                event.log_action("pretix_selection.committed", user=request.user, data={"commitment": line})
                messages.success(request, _("Rules and applications are fixed. Publish the line below now."))
        except Refused as error:
            messages.error(request, str(error))
        return redirect(self.address("index"))


class FolderView(Here, EventPermissionRequiredMixin, View):
    """The folder of results as the library writes it, for the record of the call."""

    permission = "event.orders:read"

    def get(self, request, *args, **kwargs):
        run = get_object_or_404(request.event.selection_runs, pk=kwargs["run"])
        if not run.archive:
            raise Http404
        response = HttpResponse(bytes(run.archive), content_type="application/zip")
        response["Content-Disposition"] = f'attachment; filename="{request.event.slug}_selection_{run.pk}.zip"'
        return response
