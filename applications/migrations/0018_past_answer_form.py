"""Each past answer notes the form that it is read in; those of before, the form of their dossier. They stay unchangeable."""

import django.db.models.deletion
from django.db import migrations, models

TRIGGER = (
    "CREATE TRIGGER past_answer_no_update BEFORE UPDATE ON applications_pastanswer "
    "BEGIN SELECT RAISE(ABORT, 'append-only'); END"
)
FILL = (
    "UPDATE applications_pastanswer SET form_revision_id = "
    "(SELECT form_revision_id FROM applications_dossier WHERE applications_dossier.id = dossier_id)"
)


def fill(apps, schema_editor):
    """Note the form while the trigger is set aside."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER past_answer_no_update")
        schema_editor.execute(FILL)
        return
    schema_editor.execute("ALTER TABLE applications_pastanswer DISABLE TRIGGER past_answer_no_update")
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or the table could not be altered after it
    schema_editor.execute(FILL)
    schema_editor.execute("ALTER TABLE applications_pastanswer ENABLE TRIGGER past_answer_no_update")


def guard_again(apps, schema_editor):
    """SQLite makes the table anew to alter a column, without its trigger."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(TRIGGER)


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER past_answer_no_update")


class Migration(migrations.Migration):

    dependencies = [
        ("applications", "0017_given_sections"),
        ("questionnaire", "0002_revisions_stay"),
    ]

    operations = [
        migrations.AddField(
            model_name="pastanswer",
            name="form_revision",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="questionnaire.formrevision"
            ),
        ),
        migrations.RunPython(fill, guard_again),
        migrations.AlterField(
            model_name="pastanswer",
            name="form_revision",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="questionnaire.formrevision"
            ),
        ),
        migrations.RunPython(guard_again, unguard),
    ]
