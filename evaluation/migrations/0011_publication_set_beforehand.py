import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("evaluation", "0010_assignment"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="session",
            name="publish_at",
            field=models.DateTimeField(null=True, verbose_name="publication prévue le"),
        ),
        migrations.AddField(
            model_name="session",
            name="publish_set_at",
            field=models.DateTimeField(null=True, verbose_name="publication fixée le"),
        ),
        migrations.AddField(
            model_name="session",
            name="publish_set_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="session",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(publish_at=None, publish_set_at=None, publish_set_by=None),
                    models.Q(publish_at__gt=models.F("publish_set_at"), publish_set_by__isnull=False),
                    _connector="OR",
                ),
                name="publication_set_by_someone_beforehand",
            ),
        ),
    ]
