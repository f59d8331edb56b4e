"""Where the plugin shows itself in pretix."""

from django.dispatch import receiver
from django.template.loader import get_template
from django.urls import resolve, reverse
from django.utils.translation import gettext_lazy as _
from pretix.base.signals import event_copy_data, register_data_exporters, register_data_shredders
from pretix.control.signals import nav_event, nav_event_settings, order_approve_info, order_info

from pretix_selection import tasks  # noqa: F401
from pretix_selection.errors import Refused
from pretix_selection.models import Run
from pretix_selection.outcomes import explained, outcome_of


def _address(name: str, request) -> str:
    where = {"organizer": request.organizer.slug, "event": request.event.slug}
    return reverse(f"plugins:pretix_selection:{name}", kwargs=where)


def _here(request) -> str:
    found = resolve(request.path_info)
    return found.url_name if found.namespace == "plugins:pretix_selection" else ""


@receiver(nav_event, dispatch_uid="pretix_selection_nav")
def in_navigation(sender, request, **kwargs):
    if not request.user.has_event_permission(request.organizer, request.event, "event.orders:read", request=request):
        return []
    where = {"organizer": request.organizer.slug, "event": request.event.slug}
    return [
        {
            "label": _("Selection"),
            "url": _address("index", request),
            "parent": reverse("control:event.orders", kwargs=where),
            "active": _here(request) not in ("", "settings"),
        }
    ]


@receiver(nav_event_settings, dispatch_uid="pretix_selection_nav_settings")
def in_settings(sender, request, **kwargs):
    allowed = "event.settings.general:write"
    if not request.user.has_event_permission(request.organizer, request.event, allowed, request=request):
        return []
    active = _here(request) == "settings"
    return [{"label": _("Selection"), "url": _address("settings", request), "active": active}]


@receiver(order_approve_info, dispatch_uid="pretix_selection_approve_info")
def on_approval_page(sender, order, request, **kwargs):
    return _panel(order, request)


@receiver(order_info, dispatch_uid="pretix_selection_order_info")
def on_order_page(sender, order, request, **kwargs):
    return _panel(order, request)


def _panel(order, request) -> str:
    """What the latest selection decided about an order, with everything recorded about it."""
    decisions = order.selection_decisions.exclude(run__state=Run.State.SUPERSEDED)
    decision = decisions.select_related("run", "run__event").order_by("-run_id").first()
    if decision is None:
        return ""
    said, trouble = "", ""
    try:
        said = explained(outcome_of(decision.run), order.code, "en").for_officer()
    except Refused as error:
        trouble = str(error)
    except LookupError:
        trouble = _("This order has withdrawn.")
    template = get_template("pretix_selection/panel.html")
    shown = {"decision": decision, "run": decision.run, "officer": said, "trouble": trouble, "request": request}
    return template.render(shown, request=request)


@receiver(register_data_exporters, dispatch_uid="pretix_selection_exporter")
def exporter(sender, **kwargs):
    from pretix_selection.exporters import DecisionsExporter

    return DecisionsExporter


@receiver(register_data_shredders, dispatch_uid="pretix_selection_shredder")
def shredder(sender, **kwargs):
    from pretix_selection.shredders import SelectionShredder

    return SelectionShredder


@receiver(event_copy_data, dispatch_uid="pretix_selection_copy")
def copied(sender, other, **kwargs):
    """A copied event is another call: it needs a seed, a beacon and a commitment of its own."""
    for name in ("selection_seed", "selection_beacon", "selection_commitment"):
        sender.settings.delete(name)
