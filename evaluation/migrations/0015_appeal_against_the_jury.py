import django.db.models.deletion
from django.db import migrations, models

Q = models.Q


class Migration(migrations.Migration):

    dependencies = [("evaluation", "0014_progress_and_replacement")]

    operations = [
        migrations.AlterField(
            model_name="appeal",
            name="declaration",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="appeal",
                to="evaluation.declaration",
            ),
        ),
        migrations.AddField(
            model_name="appeal",
            name="decision",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="appeal", to="evaluation.decision"
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(('decision', None), ('declaration__isnull', False)), models.Q(('decision__isnull', False), ('declaration', None)), _connector='OR'),
                name="appeal_against_one_thing",
            ),
        ),
        migrations.RemoveConstraint(model_name="decision", name="laureate_iff_amount"),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=Q(
                    Q(("amount__gt", 0), ("outcome", "laureate")),
                    Q(("amount__gt", 0), ("called_at__isnull", False), ("outcome__in", ["reserve", "rejected"])),
                    Q(Q(("outcome", "laureate"), _negated=True), ("amount", None)),
                    _connector="OR",
                ),
                name="laureate_iff_amount",
                violation_error_message="Un lauréat reçoit un montant ; lui seul.",
            ),
        ),
        migrations.RemoveConstraint(model_name="decision", name="called_from_the_reserve_with_an_amount"),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=Q(
                    Q(("call_reason", ""), ("called_at", None), ("called_by", None)),
                    Q(
                        ("amount__gt", 0),
                        ("called_at__isnull", False),
                        ("called_by__isnull", False),
                        ("outcome__in", ["reserve", "rejected"]),
                    ),
                    _connector="OR",
                ),
                name="called_from_the_reserve_with_an_amount",
            ),
        ),
    ]
