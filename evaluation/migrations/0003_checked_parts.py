from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("evaluation", "0002_called_from_the_reserve")]

    operations = [
        migrations.AddField("eligibilityitem", "tree", models.JSONField("constat détaillé", default=dict)),
    ]
