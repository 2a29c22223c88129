"""Conflicts that the portal detects, with what staff made of each; what jurors say of themselves.

The database refuses that a conflict be deleted, that what was found be rewritten, that a ruling be changed.
"""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FOUND = "uuid, dossier_id, juror_id, kind, path, key, detected_at"
REFUSED = {
    "conflict_no_rewriting": (f"UPDATE OF {FOUND}", "evaluation_conflict"),
    "conflict_no_delete": ("DELETE", "evaluation_conflict"),
    "conflict_ruling_no_update": ("UPDATE", "evaluation_conflictruling"),
    "conflict_ruling_no_delete": ("DELETE", "evaluation_conflictruling"),
}
KINDS = [
    ("member", "Membre du dossier"),
    ("person", "Même personne"),
    ("organisation", "Même organisme"),
    ("domain", "Même domaine de messagerie"),
    ("author", "Cosignataire"),
    ("partner", "Partenaire d’une base demandée"),
]
STATES = [("detected", "À examiner"), ("confirmed", "Confirmé"), ("lifted", "Levé")]
SQLITE = "CREATE TRIGGER {name} BEFORE {event} ON {table} BEGIN SELECT RAISE(ABORT, 'append-only'); END"
FUNCTION = """
CREATE FUNCTION conflict_append_only() RETURNS trigger AS
$$ BEGIN RAISE EXCEPTION 'append-only' USING ERRCODE = '23514'; END $$ LANGUAGE plpgsql;
"""
POSTGRES = "CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION conflict_append_only()"


def create_triggers(apps, schema_editor):
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    if not is_sqlite:
        schema_editor.execute(FUNCTION)
    for name, (event, table) in REFUSED.items():
        schema_editor.execute((SQLITE if is_sqlite else POSTGRES).format(name=name, event=event, table=table))


def drop_triggers(apps, schema_editor):
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for name, (_, table) in REFUSED.items():
        schema_editor.execute(f"DROP TRIGGER {name}" if is_sqlite else f"DROP TRIGGER {name} ON {table}")
    if not is_sqlite:
        schema_editor.execute("DROP FUNCTION conflict_append_only()")


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0026_piece_renewals"),
        ("evaluation", "0016_opinion_grounds"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField("seat", "offered", models.PositiveSmallIntegerField(null=True, verbose_name="dossiers au plus, d’après la personne")),
        migrations.CreateModel(
            name="Conflict",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("kind", models.CharField(choices=KINDS, max_length=20, verbose_name="nature")),
                ("path", models.TextField(verbose_name="chemin")),
                ("key", models.CharField(max_length=64, verbose_name="faits")),
                ("detected_at", models.DateTimeField(verbose_name="constaté le")),
                ("state", models.CharField(choices=STATES, default="detected", max_length=20, verbose_name="état")),
                ("ruled_at", models.DateTimeField(null=True, verbose_name="tranché le")),
                ("dossier", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="conflicts", to="applications.dossier", verbose_name="dossier")),
                ("juror", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="conflicts", to=settings.AUTH_USER_MODEL, verbose_name="membre du jury")),
            ],
            options={
                "verbose_name": "conflit constaté",
                "verbose_name_plural": "conflits constatés",
                "ordering": ["detected_at", "pk"],
                "indexes": [models.Index(fields=["juror", "dossier", "state"], name="conflict_of_juror")],
                "constraints": [
                    models.UniqueConstraint(fields=("dossier", "juror", "key"), name="conflict_once"),
                    models.CheckConstraint(
                        condition=models.Q(state="detected", ruled_at=None) | ~models.Q(state="detected") & models.Q(ruled_at__isnull=False),
                        name="conflict_detected_iff_not_ruled",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ConflictRuling",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(choices=STATES, max_length=20, verbose_name="suite")),
                ("reason", models.TextField(verbose_name="motif")),
                ("ruled_at", models.DateTimeField(verbose_name="tranché le")),
                ("conflict", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="rulings", to="evaluation.conflict")),
                ("ruled_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "verbose_name": "suite d’un conflit",
                "verbose_name_plural": "suites d’un conflit",
                "ordering": ["-ruled_at", "-pk"],
                "constraints": [models.CheckConstraint(condition=~models.Q(reason=""), name="conflict_ruling_has_a_reason")],
            },
        ),
        migrations.CreateModel(
            name="JurorProfile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("orcid", models.CharField(blank=True, max_length=19, verbose_name="ORCID")),
                ("version", models.PositiveIntegerField(default=0, verbose_name="version")),
                ("said_at", models.DateTimeField(verbose_name="dit le")),
                ("juror", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="juror_profile", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "verbose_name": "profil d’un membre du jury",
                "verbose_name_plural": "profils des membres du jury",
                "ordering": ["juror"],
            },
        ),
        migrations.CreateModel(
            name="JurorStay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, verbose_name="organisme")),
                ("siren", models.CharField(blank=True, max_length=9, verbose_name="SIREN")),
                ("since", models.DateField(verbose_name="depuis le")),
                ("until", models.DateField(null=True, verbose_name="jusqu’au")),
                ("juror", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="juror_stays", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "verbose_name": "organisme d’un membre du jury",
                "verbose_name_plural": "organismes d’un membre du jury",
                "ordering": ["juror", models.OrderBy(models.F("until"), descending=True, nulls_first=True), "-since", "name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(until=None) | models.Q(until__gte=models.F("since")), name="stay_ends_after_it_begins"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Absence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_on", models.DateField(verbose_name="du")),
                ("last_on", models.DateField(verbose_name="au")),
                ("juror", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="juror_absences", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "verbose_name": "absence",
                "ordering": ["juror", "first_on"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(last_on__gte=models.F("first_on")), name="absence_ends_after_it_begins")
                ],
            },
        ),
        migrations.RunPython(create_triggers, drop_triggers),
    ]
