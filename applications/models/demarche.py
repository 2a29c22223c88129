"""Dossiers of Démarches Simplifiées: what each is there, what was wrong in it, and the passes that looked."""

from typing import Any

from django.db import models
from django.db.models import Q

from applications.enums import RemoteActKind, SyncStage

from .call import Call
from .dossier import Dossier

STATES_THERE = {
    "en_construction": "déposé",
    "en_instruction": "en instruction",
    "accepte": "accepté",
    "refuse": "refusé",
    "sans_suite": "classé sans suite",
}

WHY_GONE = {
    "user_request": "à la demande de l’usager",
    "instructeur_request": "à la demande d’un instructeur",
    "manager_request": "à la demande de l’administration du service",
    "user_removed": "compte de l’usager supprimé",
    "user_expired": "compte de l’usager expiré",
    "procedure_removed": "démarche supprimée",
    "expired": "délai de conservation écoulé",
}


class SyncPass(models.Model):
    """One look at all that changed in a démarche since an instant. One at most is open for a call.

    `cursor` is where the stage under way goes on; `holder` is who runs it, until `held_until` unless it says more.
    """

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="sync_passes", verbose_name="appel")
    since = models.DateTimeField("changements depuis le")
    config_sha256 = models.CharField("empreinte des correspondances", max_length=64)
    stage = models.CharField("étape", max_length=20, choices=SyncStage, default=SyncStage.DOSSIERS)
    cursor = models.CharField("curseur", max_length=500, blank=True)
    started_at = models.DateTimeField("commencée le")
    their_start = models.DateTimeField("commencée le (à leur horloge)", null=True)
    ended_at = models.DateTimeField("finie le", null=True)
    resume_at = models.DateTimeField("à reprendre dès le", null=True)
    failures = models.PositiveIntegerField("échecs de suite", default=0)
    error = models.CharField("dernière erreur", max_length=600, blank=True)
    holder = models.CharField("tenue par", max_length=36, blank=True)
    held_until = models.DateTimeField("tenue jusqu’au", null=True)
    created = models.PositiveIntegerField("dossiers nouveaux", default=0)
    changed = models.PositiveIntegerField("dossiers modifiés", default=0)
    same = models.PositiveIntegerField("dossiers inchangés", default=0)
    faulty = models.PositiveIntegerField("dossiers en erreur", default=0)
    gone = models.PositiveIntegerField("dossiers supprimés là-bas", default=0)

    class Meta:
        verbose_name = "passe de synchronisation"
        verbose_name_plural = "passes de synchronisation"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(name="one_sync_pass_open", fields=["call"], condition=Q(ended_at=None)),
            models.CheckConstraint(
                name="sync_pass_held_until", condition=Q(holder="") | Q(holder__gt="", held_until__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call_id}, passe du {self.started_at.isoformat()}"

    @property
    def outcome(self) -> str:
        """Where it is, in words."""
        if self.ended_at:
            return "Finie"
        return "Interrompue" if self.error or not self.holder else "En cours"


class RemoteDossier(models.Model):
    """A dossier there, by its number: the dossier that it is here, once it could be imported, and what was seen last.

    `files` are the documents here, by what tells each file there. Deleted there (`gone_at`), it stays here.
    """

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="remote_dossiers", verbose_name="appel")
    number = models.PositiveBigIntegerField("numéro")
    dossier = models.OneToOneField(
        Dossier, on_delete=models.PROTECT, null=True, related_name="remote", verbose_name="dossier"
    )
    node_id = models.CharField("identifiant", max_length=200, blank=True)
    state = models.CharField("état là-bas", max_length=20, blank=True)
    email = models.EmailField("adresse de l’usager", blank=True)
    sha256 = models.CharField("empreinte de ce qui est repris", max_length=64, blank=True)
    files: Any = models.JSONField("fichiers repris", default=dict)
    seen_in = models.ForeignKey(SyncPass, on_delete=models.SET_NULL, null=True, related_name="+")
    seen_at = models.DateTimeField("vu le")
    imported_at = models.DateTimeField("repris le", null=True)
    gone_at = models.DateTimeField("supprimé là-bas le", null=True)
    gone_reason = models.CharField("raison", max_length=40, blank=True)
    is_gone_for_good = models.BooleanField("définitivement", default=False)

    class Meta:
        verbose_name = "dossier de Démarches Simplifiées"
        verbose_name_plural = "dossiers de Démarches Simplifiées"
        ordering = ["call", "number"]
        constraints = [
            models.UniqueConstraint(name="remote_dossier_once", fields=["call", "number"]),
            models.CheckConstraint(
                name="remote_dossier_imported_whole",
                condition=Q(dossier=None, imported_at=None, sha256="")
                | Q(dossier__isnull=False, imported_at__isnull=False) & ~Q(sha256=""),
            ),
        ]
        indexes = [models.Index(name="remote_dossier_by_email", fields=["email"])]

    def __str__(self) -> str:
        return f"n° {self.number}"

    @property
    def why_gone(self) -> str:
        """Why it was deleted there, or will be."""
        why = WHY_GONE.get(self.gone_reason, self.gone_reason or "raison inconnue")
        return why if self.is_gone_for_good else f"{why} (en attente de suppression)"

    @property
    def state_there(self) -> str:
        """Its state there, in their words."""
        return STATES_THERE.get(self.state, self.state)


class RemoteAct(models.Model):
    """Something written there about a dossier, once: `key` makes it one. `refused` is what they said when they refused.

    It was sent when `sent_at` is known: what was refused is tried again by the next passes.
    """

    remote = models.ForeignKey(RemoteDossier, on_delete=models.CASCADE, related_name="acts")
    key = models.CharField("clé", max_length=120)
    act = models.CharField("acte", max_length=20, choices=RemoteActKind)
    text = models.TextField("texte", blank=True)
    tried_at = models.DateTimeField("essayé le")
    tried_in = models.ForeignKey(SyncPass, on_delete=models.SET_NULL, null=True, related_name="+")
    sent_at = models.DateTimeField("fait le", null=True)
    refused = models.CharField("refus", max_length=500, blank=True)

    class Meta:
        verbose_name = "écriture sur Démarches Simplifiées"
        verbose_name_plural = "écritures sur Démarches Simplifiées"
        ordering = ["-tried_at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="remote_act_once", fields=["remote", "key"]),
            models.CheckConstraint(
                name="remote_act_sent_or_refused",
                condition=Q(sent_at=None) & ~Q(refused="") | Q(sent_at__isnull=False, refused=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.remote_id} : {self.get_act_display()}"


class ImportFault(models.Model):
    """One thing that keeps a dossier, or its last change, from being imported: the field, and why."""

    remote = models.ForeignKey(RemoteDossier, on_delete=models.CASCADE, related_name="faults")
    field = models.CharField("champ", max_length=200)
    said = models.CharField("ce qui ne va pas", max_length=500)
    since = models.DateTimeField("depuis le")

    class Meta:
        verbose_name = "erreur d’import"
        verbose_name_plural = "erreurs d’import"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.field} : {self.said}"
