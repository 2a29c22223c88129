import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

STATES = [
    ("to_declare", "Lien d’intérêts à déclarer"),
    ("recused", "Déporté"),
    ("draft", "À évaluer"),
    ("submitted", "Évaluation remise"),
    ("replaced", "Remplacé"),
]
Q = models.Q


class Migration(migrations.Migration):

    dependencies = [
        ("applications", "0026_piece_renewals"),
        ("evaluation", "0013_reopening"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="review",
            name="replaced_at",
            field=models.DateTimeField(null=True, verbose_name="remplacé le"),
        ),
        migrations.AddField(
            model_name="review",
            name="replaced_reason",
            field=models.TextField(blank=True, default="", verbose_name="motif du remplacement"),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="review",
            name="state",
            field=models.CharField(
                choices=STATES, default="to_declare", editable=False, max_length=20, verbose_name="état"
            ),
        ),
        migrations.RemoveConstraint(model_name="review", name="review_declared_iff_left_first_state"),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(('declared_at', None), ('state', 'to_declare')), ('state', 'replaced'), models.Q(models.Q(('state', 'to_declare'), _negated=True), ('declared_at__isnull', False)), _connector='OR'),
                name="review_declared_iff_left_first_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(('replaced_at__isnull', False), ('state', 'replaced'), models.Q(('replaced_reason', ''), _negated=True)), models.Q(models.Q(('state', 'replaced'), _negated=True), ('replaced_at', None)), _connector='OR'),
                name="review_replaced_with_a_reason",
            ),
        ),
        migrations.CreateModel(
            name="DossierProgress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("entrusted", models.PositiveSmallIntegerField(default=0, verbose_name="confiées")),
                ("submitted", models.PositiveSmallIntegerField(default=0, verbose_name="remises")),
                ("waits_since", models.DateTimeField(null=True, verbose_name="attend depuis")),
                (
                    "score",
                    models.DecimalField(decimal_places=2, max_digits=5, null=True, verbose_name="moyenne sur 100"),
                ),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="applications.call",
                        verbose_name="appel",
                    ),
                ),
                (
                    "dossier",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="progress",
                        to="applications.dossier",
                    ),
                ),
            ],
            options={
                "verbose_name": "avancement d’un dossier",
                "verbose_name_plural": "avancement des dossiers",
                "ordering": [models.OrderBy(models.F("waits_since"), nulls_last=True), "pk"],
                "indexes": [models.Index(fields=["call", "waits_since", "id"], name="progress_of_call")],
            },
        ),
        migrations.CreateModel(
            name="JurorProgress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("to_declare", models.PositiveSmallIntegerField(default=0, verbose_name="à déclarer")),
                ("draft", models.PositiveSmallIntegerField(default=0, verbose_name="en cours")),
                ("submitted", models.PositiveSmallIntegerField(default=0, verbose_name="remises")),
                ("aside", models.PositiveSmallIntegerField(default=0, verbose_name="déports et remplacements")),
                ("waits_since", models.DateTimeField(null=True, verbose_name="attend depuis")),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="applications.call",
                        verbose_name="appel",
                    ),
                ),
                (
                    "juror",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "avancement d’un membre du jury",
                "verbose_name_plural": "avancement des membres du jury",
                "ordering": [models.OrderBy(models.F("waits_since"), nulls_last=True), "pk"],
                "constraints": [models.UniqueConstraint(fields=("call", "juror"), name="juror_progress_once")],
            },
        ),
    ]
