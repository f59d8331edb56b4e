"""The tables of the plugin."""

import django.db.models.deletion
import pretix.base.models.base
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("pretixbase", "0311_fix_unshredded_invoices"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Run",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False)),
                ("created", models.DateTimeField(auto_now_add=True)),
                ("state", models.CharField(default="dry", max_length=12)),
                ("policy_sha256", models.CharField(max_length=64)),
                ("archive", models.BinaryField(default=b"")),
                ("rounds", models.JSONField(default=list)),
                ("history", models.JSONField(default=list)),
                ("record", models.JSONField(default=dict)),
                ("groups", models.JSONField(default=list)),
                ("findings", models.JSONField(default=list)),
                ("trouble", models.TextField(default="")),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="selection_runs",
                        to="pretixbase.event",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ("-pk",),
            },
            bases=(models.Model, pretix.base.models.base.LoggingMixin),
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False)),
                ("status", models.CharField(max_length=12)),
                ("rank", models.IntegerField(null=True)),
                ("tier", models.IntegerField(null=True)),
                ("score", models.CharField(default="", max_length=40)),
                ("block", models.CharField(default="", max_length=190)),
                ("seat", models.CharField(default="", max_length=190)),
                ("reason", models.CharField(default="", max_length=20)),
                ("place", models.IntegerField(null=True)),
                ("done", models.CharField(default="", max_length=10)),
                ("done_at", models.DateTimeField(null=True)),
                ("said", models.TextField(default="")),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="selection_decisions",
                        to="pretixbase.order",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="decisions", to="pretix_selection.run"
                    ),
                ),
            ],
            options={
                "ordering": (models.OrderBy(models.F("rank"), nulls_last=True), "status", "pk"),
                "constraints": [
                    models.UniqueConstraint(fields=("run", "order"), name="one_decision_per_order_and_run")
                ],
            },
        ),
    ]
