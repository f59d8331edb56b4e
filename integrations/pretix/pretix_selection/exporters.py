"""The decisions as a table: pretix writes it as CSV or XLSX, and never as live formulas."""

from django.utils.translation import gettext_lazy as _
from pretix.base.exporter import ListExporter

from pretix_selection.models import Decision, Run

COLUMNS = ("status", "rank", "tier", "score", "block", "seat", "reason", "place", "done")


class DecisionsExporter(ListExporter):
    identifier = "selection_decisions"
    verbose_name = _("Selection: decisions")
    category = _("Order data")
    description = _("What the latest selection decided about each application, in rank order.")

    def iterate_list(self, form_data):
        yield ["order", *COLUMNS, "decided_at", "run", "policy_sha256"]
        run = latest(self.event)
        if run is None:
            return
        for one in Decision.objects.filter(run=run).select_related("order").iterator(chunk_size=1000):
            at = one.done_at.isoformat() if one.done_at else ""
            yield [one.order.code, *(getattr(one, name) for name in COLUMNS), at, run.pk, run.policy_sha256]

    def get_filename(self):
        return f"{self.event.slug}_decisions"


def latest(event) -> Run | None:
    """The run that counts: the last one carried out, else a dry run."""
    runs = event.selection_runs.exclude(state=Run.State.SUPERSEDED)
    return runs.exclude(state=Run.State.DRY).first() or runs.first()
