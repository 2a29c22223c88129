"""The ledger grows to recoveries, freed retentions and corrections; its laws are the database's own, as triggers."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from . import _ledger_laws_1 as laws


class Migration(migrations.Migration):
    dependencies = [
        ("funding", "0003_renouncement"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(laws.drop, laws.append_only),
        migrations.RemoveConstraint(
            model_name="ledgerentry",
            name="instalment_entry_once",
        ),
        migrations.RemoveConstraint(
            model_name="ledgerentry",
            name="entry_accounts_follow_its_kind",
        ),
        migrations.RemoveConstraint(
            model_name="ledgerentry",
            name="release_once",
        ),
        migrations.AddField(
            model_name="ledgerentry",
            name="corrects",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="correction",
                to="funding.ledgerentry",
                verbose_name="contre-passe",
            ),
        ),
        migrations.AddField(
            model_name="ledgerentry",
            name="currency",
            field=models.CharField(default="EUR", editable=False, max_length=3, verbose_name="monnaie"),
        ),
        migrations.AlterField(
            model_name="ledgerentry",
            name="credit",
            field=models.CharField(
                choices=[
                    ("grant", "Subvention accordée"),
                    ("committed", "Engagé, à verser"),
                    ("retained", "Retenue de garantie"),
                    ("paid", "Versé au bénéficiaire"),
                    ("owed", "À reverser par le bénéficiaire"),
                ],
                max_length=20,
                verbose_name="crédit",
            ),
        ),
        migrations.AlterField(
            model_name="ledgerentry",
            name="debit",
            field=models.CharField(
                choices=[
                    ("grant", "Subvention accordée"),
                    ("committed", "Engagé, à verser"),
                    ("retained", "Retenue de garantie"),
                    ("paid", "Versé au bénéficiaire"),
                    ("owed", "À reverser par le bénéficiaire"),
                ],
                max_length=20,
                verbose_name="débit",
            ),
        ),
        migrations.AlterField(
            model_name="ledgerentry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("commitment", "Engagement"),
                    ("increase", "Engagement complémentaire"),
                    ("payment", "Versement"),
                    ("retention", "Retenue"),
                    ("freeing", "Libération de la retenue"),
                    ("forfeit", "Retenue non due"),
                    ("recovery", "Ordre de reversement"),
                    ("repayment", "Reversement encaissé"),
                    ("release", "Désengagement"),
                    ("correction", "Contre-écriture"),
                ],
                max_length=20,
                verbose_name="nature",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(condition=models.Q(("currency", "EUR")), name="entry_is_in_euros"),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("credit", "grant"), ("debit", "committed"), ("instalment", None), ("kind", "commitment")),
                    models.Q(("credit", "grant"), ("debit", "committed"), ("instalment", None), ("kind", "increase")),
                    models.Q(
                        ("credit", "committed"), ("debit", "paid"), ("instalment__isnull", False), ("kind", "payment")
                    ),
                    models.Q(
                        ("credit", "committed"),
                        ("debit", "retained"),
                        ("instalment__isnull", False),
                        ("kind", "retention"),
                    ),
                    models.Q(("credit", "retained"), ("debit", "committed"), ("instalment", None), ("kind", "freeing")),
                    models.Q(("credit", "retained"), ("debit", "grant"), ("instalment", None), ("kind", "forfeit")),
                    models.Q(("credit", "paid"), ("debit", "owed"), ("instalment", None), ("kind", "recovery")),
                    models.Q(("credit", "owed"), ("debit", "grant"), ("instalment", None), ("kind", "repayment")),
                    models.Q(("credit", "committed"), ("debit", "grant"), ("instalment", None), ("kind", "release")),
                    ("kind", "correction"),
                    _connector="OR",
                ),
                name="entry_accounts_follow_its_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("corrects__isnull", False), ("kind", "correction")),
                    models.Q(models.Q(("kind", "correction"), _negated=True), ("corrects", None)),
                    _connector="OR",
                ),
                name="entry_corrects_iff_correction",
            ),
        ),
        migrations.RunPython(laws.create, laws.drop),
    ]
