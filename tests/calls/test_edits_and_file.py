"""Whatever the staff edits in the portal, the file written back says it, and loads without a change."""

import copy
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from ami_portal.accounts.enums import Role
from ami_portal.desk import calls
from ami_portal.desk.staff.acts import answer_questions
from ami_portal.desk.staff.chapters import CHAPTERS, Sheet
from ami_portal.kernel import clock
from ami_portal.kernel.config import ConfigError
from ami_portal.questionnaire import editing
from ami_portal.questionnaire.editing import Place
from applications import actions
from applications.actions.building import Change, digest_of
from applications.models import Call
from tests import people, scenes

from .written_back import plan_written_back

TEXTS = st.text(
    alphabet=st.sampled_from("aé b\n\t:#-'\"«»\u00a0\u202f{}[]&*!|>%@`,?œ😀\\0"), min_size=1, max_size=40
).filter(lambda text: any(char.isalnum() for char in text))
FIELDS = {
    "textes": ["call-title", "call-summary", "call-purpose", "call-data_access_path", "call-rules-0-text"],
    "documents": ["recepisse-receipt", "lettres-letter_rejected", "lecteurs-charter", "call-texts-convention-1-title"],
    "criteres": ["eligibility-0-label", "eligibility-1-text"],
    "grille": ["selection-headings-0-label", "points-OPEN_SCIENCE-0-help", "selection-scale-labels"],
    "reglement": ["regulation-version", "regulation-cost_categories-0-help", "regulation-instalments-0-condition"],
}
PLACES = [(chapter, name) for chapter, names in FIELDS.items() for name in names]
WHOLE = [
    ("textes", {"call-calendar-steps-1-removed": "on"}),
    ("textes", {"call-calendar-steps-2-position": "1", "call-calendar-steps-2-starts_on": "", "reason": "Plus tard."}),
    ("criteres", {"eligibility-3-position": "1"}),
    ("grille", {"selection-headings-0-weight": "25", "selection-headings-1-weight": "20"}),
    ("reglement", {"regulation-version": "2", "regulation-retention_percent": "2,5", "regulation-max_grant": "9 000"}),
]
EDIT = st.one_of(
    st.tuples(st.sampled_from(PLACES), TEXTS).map(lambda drawn: (drawn[0][0], {drawn[0][1]: drawn[1]})),
    st.sampled_from(WHOLE),
    st.tuples(st.just("form"), TEXTS),
    st.tuples(st.just("faq"), TEXTS),
)


def sent(sheet: Sheet) -> dict[str, Any]:
    """What a page sends back untouched."""
    data: dict[str, Any] = {"seen": sheet.seen_text, "reason": ""}
    data |= {part.count_name: str(len(part.forms)) for part in sheet.parts if part.many}
    for form in sheet.forms:
        for bound in form:
            value = bound.field.widget.format_value(bound.value()) if bound.value() is not None else ""
            if bound.value() is not False:
                data[bound.html_name] = value[0] if isinstance(value, list) else value or ""
    return data


class Edits(TestCase):
    """Every sequence of edits comes back from its own file."""

    @classmethod
    def setUpTestData(cls) -> None:
        cls.admin = people.staff(Role.ADMINISTRATOR)
        cls.instructor = people.staff(Role.INSTRUCTOR)
        cls.call = scenes.a_call()

    def edit(self, chapter: str, changes: Any) -> None:
        call = Call.objects.get()
        if chapter == "faq":
            answer_questions(call, [(changes.strip(), changes.strip())], actor=self.instructor)
        elif chapter == "form":
            self.revise(call, changes)
        else:
            at = clock.now()
            data = sent(Sheet(CHAPTERS[chapter], call, None, at)) | changes
            sheet = Sheet(CHAPTERS[chapter], call, data, at)
            if sheet.is_valid():
                calls.edit_call(call, sheet.edit(), actor=self.admin)

    def revise(self, call: Call, words: str) -> None:
        draft = actions.start_form_draft(call, actor=self.admin)
        place = Place(question="title")
        node = editing.node_at(draft.definition, place) | {"help": words.strip()}
        change = Change("change", place, lambda form: editing.replaced(form, place, node))
        draft = actions.edit_form_draft(call, change, actor=self.admin)
        if actions.building.obstacles(call, draft, clock.now()):
            actions.discard_form_draft(call, actor=self.admin)
        else:
            calls.publish_form(call, seen=digest_of(draft), actor=self.admin)

    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(st.lists(EDIT, min_size=1, max_size=4))
    def test_any_edits_are_what_the_file_says(self, edits: list[tuple[str, Any]]) -> None:
        for chapter, changes in copy.deepcopy(edits):
            try:
                self.edit(chapter, changes)
            except ConfigError:
                continue  # refused as the file would be: nothing changed
        again = plan_written_back(self.call)
        assert list(again) == [f"{self.call.code} : rien ne change."]
        assert calls.rehearse(again) == []
