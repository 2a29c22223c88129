"""What waits for a decision of the staff, one row a dossier: the page of the oldest reads a slice of an index."""

from django.db import models

from applications.models import Call, Dossier
from evaluation.enums import Awaited, QueueAct


class QueueEntry(models.Model):
    """The place of a dossier in the queue, projected from its rows by `actions.queue.refresh_queue` and never edited.

    `due_on` is the day on which silence decides; empty where the call says nothing of silence.
    """

    dossier = models.OneToOneField(Dossier, on_delete=models.CASCADE, related_name="queue_entry")
    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="+", verbose_name="appel")
    act = models.CharField("acte", max_length=20, choices=QueueAct)
    awaits = models.CharField("attend", max_length=20, choices=Awaited)
    due_on = models.DateField("silence le", null=True)
    since = models.DateTimeField("reçu le")

    class Meta:
        verbose_name = "place dans la file"
        verbose_name_plural = "places dans la file"
        ordering = [models.F("due_on").asc(nulls_last=True), "since", "pk"]
        indexes = [
            models.Index(name="queue_by_clock", fields=["due_on", "since", "id"]),
            models.Index(name="queue_of_call", fields=["call", "due_on", "since", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.dossier.ref} : {self.get_awaits_display()}"
