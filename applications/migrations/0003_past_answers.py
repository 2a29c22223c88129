"""What answers said before. A past answer is never changed: the database itself refuses. It goes with its dossier only."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


SQLITE = (
    "CREATE TRIGGER past_answer_no_update BEFORE UPDATE ON applications_pastanswer "
    "BEGIN SELECT RAISE(ABORT, 'append-only'); END"
)
POSTGRES = """
CREATE FUNCTION past_answer_no_update() RETURNS trigger AS
$$ BEGIN RAISE EXCEPTION 'append-only' USING ERRCODE = '23514'; END $$ LANGUAGE plpgsql;
CREATE TRIGGER past_answer_no_update BEFORE UPDATE ON applications_pastanswer
FOR EACH ROW EXECUTE FUNCTION past_answer_no_update();
"""


def create_trigger(apps, schema_editor):
    schema_editor.execute(SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRES)


def drop_trigger(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER past_answer_no_update")
    else:
        schema_editor.execute(
            "DROP TRIGGER past_answer_no_update ON applications_pastanswer; DROP FUNCTION past_answer_no_update()"
        )


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0002_extension'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PastAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, unique=True, verbose_name='identifiant')),
                ('question', models.CharField(max_length=60, verbose_name='question')),
                ('row', models.CharField(blank=True, max_length=36, verbose_name='ligne')),
                ('column', models.CharField(blank=True, max_length=60, verbose_name='colonne')),
                ('kind', models.CharField(choices=[('replaced', 'Remplacé'), ('merged', 'Réuni'), ('set_aside', 'Écarté')], max_length=20, verbose_name='devenir')),
                ('value', models.JSONField(null=True, verbose_name='valeur')),
                ('version', models.PositiveIntegerField(null=True, verbose_name='version')),
                ('saved_at', models.DateTimeField(verbose_name='enregistrée le')),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='past_answers', to='applications.dossier')),
                ('saved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'réponse antérieure',
                'verbose_name_plural': 'réponses antérieures',
                'ordering': ['saved_at', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('dossier', 'question', 'row', 'column', 'version'), name='past_answer_version'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'set_aside'), ('version', None)), models.Q(models.Q(('kind', 'set_aside'), _negated=True), ('version__isnull', False)), _connector='OR'), name='past_answer_version_unless_set_aside')],
            },
        ),
        migrations.RunPython(create_trigger, drop_trigger),
    ]
