import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("evaluation", "0012_review_amount_and_guides"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Reopening",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="n°")),
                ("request", models.TextField(blank=True, verbose_name="motif de la demande")),
                ("asked_at", models.DateTimeField(null=True, verbose_name="demandée le")),
                ("is_granted", models.BooleanField(null=True, verbose_name="accordée")),
                ("reason", models.TextField(blank=True, verbose_name="motif")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="décidée le")),
                ("submitted_at", models.DateTimeField(null=True, verbose_name="remise une première fois le")),
                ("content", models.JSONField(default=dict, verbose_name="évaluation d’avant")),
                ("others", models.PositiveSmallIntegerField(default=0, verbose_name="autres évaluations lisibles")),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reopenings",
                        to="evaluation.review",
                    ),
                ),
            ],
            options={"verbose_name": "réouverture", "ordering": ["review", "number"]},
        ),
        migrations.AddConstraint(
            model_name="reopening",
            constraint=models.UniqueConstraint(fields=("review", "number"), name="reopening_number"),
        ),
        migrations.AddConstraint(
            model_name="reopening",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_granted", None)), fields=("review",), name="one_reopening_waits"
            ),
        ),
        migrations.AddConstraint(
            model_name="reopening",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(('asked_at__isnull', False), ('decided_at', None), ('decided_by', None), ('is_granted', None)), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('is_granted__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'),
                name="reopening_decided_with_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="reopening",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("is_granted", True), _negated=True),
                    models.Q(("submitted_at__isnull", False), models.Q(("content", {}), _negated=True)),
                    _connector="OR",
                ),
                name="reopening_keeps_what_was_submitted",
            ),
        ),
    ]
