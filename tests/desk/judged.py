"""A jury that has scored: dossiers with given marks everywhere, and their ranking computed."""

from collections.abc import Sequence

from applications.models import Call
from evaluation import actions
from evaluation.models import Score, Session
from tests.evaluation import scenes as evaluation

from . import staff_rows as rows

JURORS = ("a@univ-a.example", "b@univ-b.example", "c@univ-c.example")
MARKS = ((5, 5, None), (4, None, 2), (None, 4, 1), (3, 4, None), (2, None, 0))
"""The marks of three jurors, the third severe, on five dossiers: their order is 1 4 2 3 5, and corrected 1 2 3 4 5."""


def judged(call: Call, marks: Sequence[Sequence[int | None]] = MARKS, start: int = 1) -> Session:
    """The session; dossiers are numbered from `start`."""
    session, points = evaluation.a_session(call), evaluation.points(call)
    for number, given in enumerate(marks, start):
        dossier = rows.a_row(call, number, "eligible")
        rows.an_opinion(dossier, "favourable")
        for email, mark in zip(JURORS, given, strict=True):
            if mark is not None:
                review = rows.a_review(dossier, "submitted", email)
                Score.objects.bulk_create(Score(review=review, point_id=point, value=mark) for point in points)
    actions.ask_ranking(session, actor=evaluation.secretary())
    actions.compute_ranking(session.pk)
    return session
