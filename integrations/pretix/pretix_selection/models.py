"""What is kept of a selection: one run, and one decision for each order in it."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager
from pretix.base.models import Event, LoggedModel, Order, User


class Run(LoggedModel):
    """One selection of an event's applications.

    `archive` is the folder of results as one ZIP (`selection.dossier.pack`); `rounds` are the records of withdrawals
    answered since, `history` what was decided before hand decisions changed it; `findings` are the problems met while
    reading; `trouble` is why the last attempt to go on failed.
    """

    class State(models.TextChoices):
        DRY = "dry", _("dry run")
        APPLYING = "applying", _("being applied")
        APPLIED = "applied", _("applied")
        SUPERSEDED = "superseded", _("replaced by a later run")

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="selection_runs")
    created = models.DateTimeField(auto_now_add=True)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRY)
    policy_sha256 = models.CharField(max_length=64)
    archive = models.BinaryField(default=b"")
    rounds = models.JSONField(default=list)
    history = models.JSONField(default=list)
    record = models.JSONField(default=dict)
    groups = models.JSONField(default=list)
    findings = models.JSONField(default=list)
    trouble = models.TextField(blank=True, default="")

    objects = ScopedManager(organizer="event__organizer")

    class Meta:
        ordering = ("-pk",)

    @property
    def is_dry(self):
        return self.state == self.State.DRY

    @property
    def counts(self):
        """How many applications have each status now."""
        counted = self.decisions.values_list("status").annotate(number=models.Count("pk"))
        return dict(counted.order_by())


class Decision(models.Model):
    """What was decided about one order, and what was done about it; `said` is what the applicant was told."""

    class Done(models.TextChoices):
        NOTHING = "", _("not yet")
        APPROVED = "approved", _("approved")
        DENIED = "denied", _("denied")
        WAITING = "waiting", _("waiting")
        LEFT = "left", _("left open")
        BY_HAND = "by_hand", _("decided by hand")
        WITHDRAWN = "withdrawn", _("withdrawn")

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="decisions")
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="selection_decisions")
    status = models.CharField(max_length=12)
    rank = models.IntegerField(null=True)
    tier = models.IntegerField(null=True)
    score = models.CharField(max_length=40, blank=True, default="")
    block = models.CharField(max_length=190, blank=True, default="")
    seat = models.CharField(max_length=190, blank=True, default="")
    reason = models.CharField(max_length=20, blank=True, default="")
    place = models.IntegerField(null=True)
    done = models.CharField(max_length=10, choices=Done.choices, blank=True, default=Done.NOTHING)
    done_at = models.DateTimeField(null=True)
    said = models.TextField(blank=True, default="")

    objects = ScopedManager(organizer="run__event__organizer")

    class Meta:
        ordering = (models.F("rank").asc(nulls_last=True), "status", "pk")
        constraints = (models.UniqueConstraint(fields=("run", "order"), name="one_decision_per_order_and_run"),)
