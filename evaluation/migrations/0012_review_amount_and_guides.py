from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("evaluation", "0011_publication_set_beforehand")]

    operations = [
        migrations.AddField(
            model_name="review",
            name="confidence",
            field=models.CharField(
                blank=True,
                choices=[
                    ("unsure", "Faible : ce domaine m’est peu familier"),
                    ("fair", "Moyenne : je connais ce domaine"),
                    ("sure", "Forte : j’en suis spécialiste"),
                ],
                default="",
                max_length=20,
                verbose_name="assurance",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="review",
            name="recommended_amount",
            field=models.DecimalField(
                decimal_places=2, max_digits=12, null=True, verbose_name="aide recommandée (€)"
            ),
        ),
        migrations.AddField(
            model_name="selectionpoint",
            name="guides",
            field=models.JSONField(default=list, verbose_name="repères de chaque note"),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("recommended_amount", None), ("recommended_amount__gte", 0), _connector="OR"
                ),
                name="recommended_amount_not_below_zero",
            ),
        ),
    ]
