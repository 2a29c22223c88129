"""The 2024 form asks for all that its criteria need: each of them, and each point of the jury, with its questions.

`facts-2024.yaml` repeats what the call itself says; the tables below are to be read by whoever edits the form.
"""

import re
from functools import cache
from pathlib import Path

import yaml

from ami_portal.desk import calls
from ami_portal.questionnaire.form import parse
from applications.checks.params import PARAMS
from tests import scenes

FACTS = Path(__file__).with_name("facts-2024.yaml")

ELIGIBILITY = """
FR_LEGAL_PERSON        | lead_name lead_siret lead_legal_category
TAX_SOCIAL_UP_TO_DATE  | tax_certificate_status tax_certificate tax_certificate_on tax_absence_reason social_certificate_status social_certificate social_certificate_on social_absence_reason up_to_date_declaration
COMPLETE               | protocol_file budget_file
FORMAT                 | protocol_file cv_files
ON_TIME_ONLINE         |
USES_PARTNER_DATASET   | datasets
PUBLIC_INTEREST        | public_interest benefits
BUDGET                 | amount_requested budget budget_justification
NOT_STARTED            | starts_on not_started_declaration milestones
NO_DOUBLE_FUNDING      | financing_plan no_double_funding_declaration economic_activity de_minimis_amount amount_requested
DURATION               | duration_months milestones
COHERENT_SUPPORT       | supports_requested supports_justification regulatory_route workspace
OPEN_SOURCE            | outputs open_source_declaration
NEUTRALITY             | neutrality_declaration neutrality_approach industry_links
SCIENTIFIC_FEASIBILITY | datasets variables data_quality linkage approach
"""  # noqa: E501
"""Criterion, then the questions that prove it. The portal's own clock proves ON_TIME_ONLINE."""

SELECTION = """
interest             | benefits public_summary scientific_summary
category_fit         | category category_fit
problem              | problem pathology population
state_of_art         | state_of_art publications
linkage              | linkage linkage_other linkage_justification
reusability          | open_science_plan outputs
milestones           | target milestones
method               | approach algorithms protocol_file
data_relevance       | datasets dataset_justification variables data_quality data_at_hand
budget_fit           | amount_requested budget budget_justification milestones
costs_detailed       | budget budget_justification budget_file
risks                | risks
experience           | team consortium experience cv_files publications
team_fit             | team consortium team_fit
first_results        | first_results publications
regulatory_readiness | controller regulatory_route regulatory_steps regulatory_understanding
support_justified    | supports_requested supports_justification amount_requested
"""
"""Point, then the questions that give a jury what it needs to mark it."""

OTHERWISE = """
who signs the convention   | representative_name representative_role
whom the portal writes to  | contact
how a dossier is called    | title acronym
what industry may not read | confidential_note
commitments                | rules_declaration accuracy_declaration
"""


QUESTIONS = {
    check: {name for name, param in params.items() if param.kind in ("question", "questions")}
    for check, params in PARAMS.items()
}
"""The parameters of each check that name questions."""


def table(text):
    """Name → codes of questions, in the order of the table."""
    rows = (line.split("|") for line in text.strip().splitlines())
    return {name.strip(): codes.split() for name, codes in rows}


@cache
def config():
    return calls.read(scenes.CALL_FILE)


def said():
    return yaml.safe_load(FACTS.read_text(encoding="utf-8"))


def plain(text):
    """The words of a label, whatever its spaces and its apostrophes."""
    return re.sub(r"\s+", " ", text.replace("’", "'")).strip(" .")


def test_every_criterion_and_point_of_the_call_is_in_its_file_in_its_words():
    criteria = [row for rows in said()["eligibility"].values() for row in rows]
    assert (
        [row["code"] for row in criteria] == [row["code"] for row in config()["eligibility"]] == [*table(ELIGIBILITY)]
    )
    headings = config()["selection"]["headings"]
    points = [(heading["code"], [plain(point["label"]) for point in heading["points"]]) for heading in headings]
    assert points == [(row["code"], [plain(point) for point in row["points"]]) for row in said()["selection"]]
    assert [point["code"] for heading in headings for point in heading["points"]] == [*table(SELECTION)]


def test_every_question_serves_a_criterion_a_point_or_an_end_that_is_said():
    used = {code for text in (ELIGIBILITY, SELECTION, OTHERWISE) for codes in table(text).values() for code in codes}
    assert used == set(parse(config()["form"] | {"code": ""}).by_code)


def test_each_point_has_words_or_figures_to_be_judged_on():
    form = parse(config()["form"] | {"code": ""})
    rich = {"long_text", "table", "file"}
    assert [name for name, codes in table(SELECTION).items() if not rich & {form.by_code[c].type for c in codes}] == []


def test_each_check_reads_questions_of_its_criterion():
    known = set(parse(config()["form"] | {"code": ""}).by_code)
    for row in config()["eligibility"]:
        told = [value for name, value in row["params"].items() if name in QUESTIONS[row["check"]]]
        read = {code for value in told for code in (value if isinstance(value, list) else [value])} & known
        assert read - set(table(ELIGIBILITY)[row["code"]]) == set(), row["code"]
