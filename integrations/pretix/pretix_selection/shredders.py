"""Erasure: what a selection knows of applicants goes, what was decided about which order stays."""

import json

from django.utils.translation import gettext_lazy as _
from pretix.base.shredder import BaseDataShredder

from pretix_selection.models import Decision


class SelectionShredder(BaseDataShredder):
    verbose_name = _("Selection of applicants")
    identifier = "pretix_selection"
    description = _(
        "This will remove the answers, scores and explanations behind selections. Which order was selected remains; "
        "why it was can no longer be shown."
    )

    def generate_files(self):
        for run in self.event.selection_runs.all():
            rows = run.decisions.values_list("order__code", "status", "rank", "score", "reason", "said")
            listed = [
                dict(zip(("order", "status", "rank", "score", "reason", "said"), row, strict=True)) for row in rows
            ]
            yield f"selection-{run.pk}.json", "application/json", json.dumps(listed, indent=4)
            if run.archive:
                yield f"selection-{run.pk}.zip", "application/zip", bytes(run.archive)

    def shred_data(self, progress_callback=None):
        kept = {"said": "", "score": "", "tier": None, "seat": "", "block": "", "reason": ""}
        Decision.objects.filter(run__event=self.event).update(**kept)
        self.event.selection_runs.update(archive=b"", rounds=[], history=[], record={}, groups=[], findings=[])
        if progress_callback:
            progress_callback(100)
