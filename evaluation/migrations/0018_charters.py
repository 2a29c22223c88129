"""The charter of a jury by version, who accepted which, who was invited; the kinds of an interest that is declared.

The charter of a call already loaded becomes its first version. The database refuses that an acceptance be changed.
"""

import hashlib
import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

STATES = [("invited", "Sans réponse"), ("accepted", "Acceptée"), ("declined", "Déclinée"), ("withdrawn", "Retirée")]
TABLE = "evaluation_charteracceptance"
EVENTS = ("UPDATE", "DELETE")
SQLITE = "CREATE TRIGGER charter_accepted_no_{event} BEFORE {event} ON {table} BEGIN SELECT RAISE(ABORT, 'append-only'); END"
POSTGRES = """
CREATE FUNCTION charter_accepted_append_only() RETURNS trigger AS
$$ BEGIN RAISE EXCEPTION 'append-only' USING ERRCODE = '23514'; END $$ LANGUAGE plpgsql;
CREATE TRIGGER charter_accepted_append_only BEFORE UPDATE OR DELETE ON evaluation_charteracceptance
FOR EACH ROW EXECUTE FUNCTION charter_accepted_append_only();
"""


def create_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for event in EVENTS:
            schema_editor.execute(SQLITE.format(event=event, table=TABLE))
    else:
        schema_editor.execute(POSTGRES)


def drop_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for event in EVENTS:
            schema_editor.execute(f"DROP TRIGGER charter_accepted_no_{event}")
    else:
        schema_editor.execute(f"DROP TRIGGER charter_accepted_append_only ON {TABLE}")
        schema_editor.execute("DROP FUNCTION charter_accepted_append_only()")


def keep_charters(apps, schema_editor):
    charters, at = apps.get_model("evaluation", "Charter").objects, timezone.now()  # noqa: TID251 (no app in a migration)
    for pk, texts in apps.get_model("applications", "Call").objects.values_list("pk", "texts"):
        if text := str(texts.get("charter", "")):
            charters.create(call_id=pk, sha256=hashlib.sha256(text.encode()).hexdigest(), text=text, since=at)


class Migration(migrations.Migration):
    dependencies = [
        ("evaluation", "0017_conflicts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField("review", "ties", models.JSONField(default=list, verbose_name="natures du lien déclaré")),
        migrations.CreateModel(
            name="Charter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sha256", models.CharField(max_length=64, verbose_name="empreinte")),
                ("text", models.TextField(verbose_name="texte")),
                ("since", models.DateTimeField(verbose_name="en vigueur depuis")),
                ("replaced_at", models.DateTimeField(null=True, verbose_name="remplacée le")),
                ("call", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="charters", to="applications.call")),
            ],
            options={
                "verbose_name": "charte du jury",
                "verbose_name_plural": "chartes du jury",
                "ordering": ["call", "-since"],
                "constraints": [
                    models.UniqueConstraint(condition=models.Q(replaced_at=None), fields=("call",), name="charter_in_force_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="CharterAcceptance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("accepted_at", models.DateTimeField(verbose_name="acceptée le")),
                ("charter", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="acceptances", to="evaluation.charter")),
                ("juror", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="charter_acceptances", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "verbose_name": "charte acceptée",
                "verbose_name_plural": "chartes acceptées",
                "ordering": ["-accepted_at"],
                "constraints": [models.UniqueConstraint(fields=("charter", "juror"), name="charter_accepted_once")],
            },
        ),
        migrations.CreateModel(
            name="JuryInvitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("email", models.EmailField(max_length=254, verbose_name="adresse électronique")),
                ("first_name", models.CharField(max_length=100, verbose_name="prénom")),
                ("last_name", models.CharField(max_length=100, verbose_name="nom")),
                ("known", models.JSONField(default=dict, verbose_name="ce que l’on sait de la personne")),
                ("state", models.CharField(choices=STATES, default="invited", max_length=20, verbose_name="état")),
                ("invited_at", models.DateTimeField(verbose_name="invité le")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="répondu le")),
                ("answer", models.TextField(blank=True, verbose_name="mot de la personne")),
                ("call", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="jury_invitations", to="applications.call")),
                ("invited_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "verbose_name": "invitation au jury",
                "verbose_name_plural": "invitations au jury",
                "ordering": ["-invited_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(state__in=["invited", "accepted"]), fields=("call", "email"), name="jury_invitation_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(state="invited", answered_at=None)
                        | ~models.Q(state="invited") & models.Q(answered_at__isnull=False),
                        name="jury_invitation_answered_iff_dated",
                    ),
                ],
            },
        ),
        migrations.RunPython(create_triggers, drop_triggers),
        migrations.RunPython(keep_charters, migrations.RunPython.noop),
    ]
