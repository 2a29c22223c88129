"""Jobs of what spans stages."""

import datetime as dt

from ami_portal.jobs.actions import handler, periodic

from . import form_pdf


@handler(form_pdf.JOB)
def build_form_pdf(*, call: str) -> None:
    """The blank form of a call."""
    form_pdf.build(call=call)


@periodic("desk.form_pdfs")
def form_pdfs(*, at: dt.datetime) -> None:
    """The blank forms that have changed."""
    form_pdf.ask_missing()
