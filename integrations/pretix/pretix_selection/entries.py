"""What pretix's log says of a selection."""

from django.utils.translation import gettext_lazy as _
from pretix.base.logentrytypes import EventLogEntryType, NoOpShredderMixin, OrderLogEntryType, log_entry_types


class Shortened:
    """The entry holds the whole fingerprint of the rules; a narrow column shows how it begins."""

    def display(self, logentry, data):
        return super().display(logentry, {**data, "policy_sha256": str(data.get("policy_sha256", ""))[:12]})


@log_entry_types.new_from_dict(
    {
        "pretix_selection.run.made": _("A selection was made as a dry run (rules {policy_sha256})."),
        "pretix_selection.run.applied": _("A selection was applied (rules {policy_sha256})."),
        "pretix_selection.run.replaced": _("Withdrawals were answered: seats given to {admitted}."),
        "pretix_selection.run.decided_again": _("Approvals made by hand took seats; the rest was selected again."),
        "pretix_selection.committed": _("Rules and applications were fixed before a draw: {commitment}"),
        "pretix_selection.drawn": _("The seed was drawn: {seed}"),
    }
)
class RunEntry(Shortened, NoOpShredderMixin, EventLogEntryType):
    pass


@log_entry_types.new_from_dict(
    {
        "pretix_selection.decision": _("Decided by the rules {policy_sha256}: {status} ({reason}), rank {rank}."),
        "pretix_selection.order.email.waitlisted": _("An email about the waiting list was sent."),
    }
)
class DecisionEntry(Shortened, NoOpShredderMixin, OrderLogEntryType):
    pass
