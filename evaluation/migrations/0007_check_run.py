import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("applications", "0024_directory_answer"), ("evaluation", "0006_passages_alike")]

    operations = [
        migrations.CreateModel(
            name="CheckRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="fait le")),
                ("rules", models.CharField(max_length=40, verbose_name="version des règles")),
                ("basis", models.TextField(verbose_name="éléments")),
                ("sha256", models.CharField(max_length=64, verbose_name="empreinte SHA-256")),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="check_runs",
                        to="applications.dossierversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "passage des contrôles",
                "verbose_name_plural": "passages des contrôles",
                "ordering": ["pk"],
            },
        ),
        migrations.AddField(
            "eligibilityitem",
            "run",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="items", to="evaluation.checkrun"
            ),
        ),
        migrations.AddField(
            "eligibilityitem",
            "fingerprint",
            models.CharField("empreinte SHA-256", blank=True, default="", max_length=64),
            preserve_default=False,
        ),
    ]
