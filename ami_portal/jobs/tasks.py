"""The two Celery tasks of the whole portal."""

from celery import shared_task

from ami_portal.kernel import clock

from . import actions


@shared_task(name="jobs.run", acks_late=True, reject_on_worker_lost=True, ignore_result=True)
def run(*, job_id: int) -> None:
    """Run one Job row."""
    actions.run_job(job_id)


@shared_task(name="jobs.tick", ignore_result=True)
def tick() -> None:
    """The clock's minute."""
    actions.tick(at=clock.now())
