from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("applications", "0023_criterion_acts")]

    operations = [
        migrations.CreateModel(
            name="DirectoryAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=14, unique=True, verbose_name="numéro")),
                ("due_at", models.DateTimeField(verbose_name="à demander dès")),
                ("attempts", models.PositiveIntegerField(default=0, verbose_name="essais")),
                ("why", models.CharField(blank=True, max_length=300, verbose_name="pourquoi pas encore")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="répondu le")),
                ("content", models.TextField(blank=True, verbose_name="réponse")),
                ("sha256", models.CharField(blank=True, max_length=64, verbose_name="empreinte SHA-256")),
            ],
            options={
                "verbose_name": "réponse de l’annuaire",
                "verbose_name_plural": "réponses de l’annuaire",
                "ordering": ["pk"],
                "indexes": [
                    models.Index(
                        name="directory_waiting", fields=["due_at"], condition=models.Q(("answered_at", None))
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        name="directory_answer_has_a_content",
                        condition=models.Q(
                            models.Q(("answered_at", None), ("content", ""), ("sha256", "")),
                            models.Q(
                                ("answered_at__isnull", False),
                                models.Q(("content", ""), _negated=True),
                                models.Q(("sha256", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                    )
                ],
            },
        ),
    ]
