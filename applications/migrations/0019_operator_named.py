"""How a call's operator is named in a sentence, with its article."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0018_past_answer_form'),
    ]

    operations = [
        migrations.AddField(
            model_name='call',
            name='operator_named',
            field=models.CharField(blank=True, max_length=210, verbose_name='opérateur, avec son article'),
        ),
    ]
