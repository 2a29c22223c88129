"""A renouncement ends a grant: convention closed, commitment released. SQLite remakes the ledger, so its triggers too."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQLITE = (
    "CREATE TRIGGER IF NOT EXISTS ledger_no_{op} BEFORE {op} ON funding_ledgerentry "
    "BEGIN SELECT RAISE(ABORT, 'append-only'); END"
)


def keep_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for op in ("UPDATE", "DELETE"):
            schema_editor.execute(SQLITE.format(op=op))


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0013_dossier_round"),
        ("documents", "0003_examination"),
        ("funding", "0002_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, keep_triggers),
        migrations.CreateModel(
            name="Renouncement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.TextField(blank=True, verbose_name="motif")),
                ("received_on", models.DateField(null=True, verbose_name="courrier reçu le")),
                ("recorded_at", models.DateTimeField(verbose_name="enregistré le")),
            ],
            options={
                "verbose_name": "renoncement",
                "ordering": ["pk"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="convention",
            name="convention_signed_iff_dated",
        ),
        migrations.RemoveConstraint(
            model_name="ledgerentry",
            name="entry_accounts_follow_its_kind",
        ),
        migrations.AddField(
            model_name="convention",
            name="closed_at",
            field=models.DateTimeField(null=True, verbose_name="sans suite depuis le"),
        ),
        migrations.AlterField(
            model_name="convention",
            name="state",
            field=models.CharField(
                choices=[("prepared", "À signer"), ("signed", "Signée"), ("closed", "Sans suite")],
                default="prepared",
                editable=False,
                max_length=20,
                verbose_name="état",
            ),
        ),
        migrations.AlterField(
            model_name="ledgerentry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("commitment", "Engagement"),
                    ("payment", "Versement"),
                    ("retention", "Retenue"),
                    ("release", "Désengagement"),
                ],
                max_length=20,
                verbose_name="nature",
            ),
        ),
        migrations.AddConstraint(
            model_name="convention",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("ends_on__isnull", False),
                        ("recorded_at__isnull", False),
                        ("signed_on__isnull", False),
                        models.Q(("signatory", ""), _negated=True),
                    ),
                    models.Q(
                        ("ends_on", None),
                        ("recorded_at", None),
                        ("signed_on", None),
                        ("state__in", ["prepared", "closed"]),
                    ),
                    _connector="OR",
                ),
                name="convention_signed_iff_dated",
            ),
        ),
        migrations.AddConstraint(
            model_name="convention",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "prepared"), _negated=True), ("signed_on", None), _connector="OR"
                ),
                name="convention_not_signed_while_prepared",
            ),
        ),
        migrations.AddConstraint(
            model_name="convention",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", False), ("state", "closed")),
                    models.Q(models.Q(("state", "closed"), _negated=True), ("closed_at", None)),
                    _connector="OR",
                ),
                name="convention_closed_iff_dated",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("credit", "grant"), ("debit", "committed"), ("instalment", None), ("kind", "commitment")),
                    models.Q(
                        ("credit", "committed"), ("debit", "paid"), ("instalment__isnull", False), ("kind", "payment")
                    ),
                    models.Q(
                        ("credit", "committed"),
                        ("debit", "retained"),
                        ("instalment__isnull", False),
                        ("kind", "retention"),
                    ),
                    models.Q(("credit", "committed"), ("debit", "grant"), ("instalment", None), ("kind", "release")),
                    _connector="OR",
                ),
                name="entry_accounts_follow_its_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "release")), fields=("convention",), name="release_once"
            ),
        ),
        migrations.AddField(
            model_name="renouncement",
            name="dossier",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="renouncement",
                to="applications.dossier",
                verbose_name="dossier",
            ),
        ),
        migrations.AddField(
            model_name="renouncement",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="renouncement",
            constraint=models.CheckConstraint(
                condition=models.Q(("received_on", None), models.Q(("reason", ""), _negated=True), _connector="OR"),
                name="renouncement_by_letter_has_a_reason",
            ),
        ),
        migrations.RunPython(keep_triggers, migrations.RunPython.noop),
    ]
