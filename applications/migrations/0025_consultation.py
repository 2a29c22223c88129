from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("applications", "0024_directory_answer")]

    operations = [
        migrations.AddField(
            model_name="call",
            name="consultation",
            field=models.JSONField(
                blank=True, default=dict, editable=False, verbose_name="consultation des partenaires"
            ),
        ),
        migrations.AddField(
            model_name="dossier",
            name="reply_due_at",
            field=models.DateTimeField(
                editable=False, null=True, verbose_name="réponse sur les avis attendue avant le"
            ),
        ),
    ]
