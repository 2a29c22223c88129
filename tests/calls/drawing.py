"""Whole calls drawn at random, as their files would say them: any form, any money, any grid, any calendar.

What a file may leave out is left out often; names are legal and never those of another call. A drawn call can always be
deposited: its rules hold for the answers of `tests.calls.answering`.
"""

import datetime as dt
from keyword import iskeyword
from typing import Any

from hypothesis import strategies as st

from ami_portal.questionnaire.form import CELL_TYPES, NUMBERS
from ami_portal.questionnaire.parts import COMPOSED, parts_of
from applications.checks.params import EITHER, PARAMS, Param
from applications.facts import FACTS

Node = dict[str, Any]
OPENS = dt.datetime(2027, 2, 1, 9, tzinfo=dt.UTC)
CODES = [
    *"a b z id row code sum count min name type class pk csrf version number state none ref title team budget".split(),
    *("q", "x-1", "Objet", "n2", "un_code_tres_long_qui_tient_en_40_lettre", "L-4_b", "0", "2b"),
]
WORDS = [
    "Objet", "Qui ? « vous »", "L’enjeu, en clair", "<b>Gras</b> & 100 %", "Ce que {vous} ferez", "Étape n° 1", "a",
    "Une phrase assez longue pour passer à la ligne sur un petit écran, et même deux fois s’il le faut vraiment",
]  # fmt: skip
LIST = ("choice", "choices", "linkage")
PLAIN = sorted(CELL_TYPES | {"choices", "linkage", "declaration", "file", *COMPOSED})


class Drawn:
    """One call being drawn: its codes are taken once, its texts in one language or two."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.in_two_languages = draw(st.booleans())
        self.taken: set[str] = set()

    def one(self, *choices: Any) -> Any:
        return self.draw(st.sampled_from(choices))

    def often(self) -> bool:
        return self.one(True, True, True, False)

    def number(self, low: int, high: int) -> int:
        return self.draw(st.integers(low, high))

    def code(self, *, taken: set[str] | None = None) -> str:
        """A legal code that nothing else of the form bears."""
        used = self.taken if taken is None else taken
        code = self.one(*CODES)
        while code in used:
            code = f"{code[:30]}_{len(used)}"
        used.add(code)
        return code

    def text(self, most: int = 1000) -> Any:
        words = self.one(*(words for words in WORDS if len(words) < most))
        return {"fr": words, "en": f"EN {words}"} if self.in_two_languages and self.often() else words

    def list_of(self, low: int, high: int, **texts: Any) -> list[Node]:
        """Rows with a code of their own, and texts."""
        taken: set[str] = set()
        rows = [
            {"code": self.code(taken=taken)} | {key: make() for key, make in texts.items()}
            for _ in range(self.number(low, high))
        ]
        return told_apart(rows, *texts)


def told_apart(rows: list[Node], *keys: str) -> list[Node]:
    """The same rows, their names numbered where two would sound alike."""
    for key in keys:
        heard: set[str] = set()
        for row in rows:
            two = isinstance(row[key], dict)
            first = said = row[key]["fr"] if two else row[key]
            while said in heard:
                said = f"{first[:100]} {len(heard)}"
            heard.add(said)
            row[key] = {"fr": said, "en": f"EN {said}"} if two else said
    return rows


def limits(drawn: Drawn, kind: str) -> Node:
    """The limits of a question of this type, when it has some."""
    found: Node = {} if drawn.often() else {"required": False}
    if drawn.one(True, False):
        found |= {"help": drawn.text()}
    if kind in ("text", "long_text") and drawn.often():
        found |= {drawn.one("words", "characters"): drawn.number(3, 400)}
    if kind in NUMBERS and drawn.one(True, False):
        found |= {"min": drawn.number(0, 5), "max": drawn.number(5, 90)}
    if kind == "number":
        found |= {"decimals": drawn.number(0, 6)}
    if kind in ("date", "month"):
        found |= {"min": "2027-12-31"[: 10 if kind == "date" else 7]}
    return found


def node(drawn: Drawn, kind: str, *, taken: set[str] | None = None) -> Node:
    """A question, or a column, of one type."""
    made = {"code": drawn.code(taken=taken), "type": kind, "label": drawn.text()} | limits(drawn, kind)
    if kind in LIST:
        made["options"] = drawn.list_of(1, 8, label=drawn.text)
    if kind == "file":
        made |= {"formats": drawn.one(["pdf"], ["docx", "xlsx"]), "files": drawn.number(1, 3)}
    return made


def table(drawn: Drawn, *kinds: str) -> Node:
    """A table with columns of these types, and some others; computed columns, totals, rules, a figure."""
    taken: set[str] = set()
    of = drawn.one("", "", *sorted(COMPOSED))
    if of:
        taken |= {part["code"] for part in parts_of(of)}
    more = [drawn.one(*sorted(CELL_TYPES)) for _ in range(drawn.number(0 if kinds or of else 1, 3))]
    columns = [node(drawn, kind, taken=taken) for kind in (*kinds, *more)]
    numbers = [column for column in columns if column["type"] in NUMBERS and column["code"].isidentifier()]
    numbers = [column for column in numbers if column["code"] not in ("class",)]
    if numbers and drawn.one(True, False):
        read = numbers[0]["code"]
        formula = drawn.one(f"{read} * 2", f"{read} + 1", f"max({read}, 3)", f"{read} / 7")
        made = {"code": drawn.code(taken=taken), "type": drawn.one("amount", "number", "integer", "percentage")}
        columns.append({**made, "label": drawn.text(), "formula": formula, "total": drawn.one(True, False)})
    least = drawn.number(0, 2)
    made = node(drawn, "table") | {"rows": [least, drawn.number(max(1, least), 60)]}
    made |= ({"of": of} if of else {}) | ({"columns": told_apart(columns, "label")} if columns else {})
    if numbers:
        read = numbers[0]["code"]
        rule = {
            "test": drawn.one(f"sum({read}) >= 0", f"{read} >= 0", "count() <= 90"),
            "message": drawn.text(),
            "says": drawn.text(),
        }
        made["rules"] = [rule, {"test": f"sum({read}) == 7", "message": "{left}, {right} : {gap}", "blocks": False}]
    amount = next((column["code"] for column in columns if column["type"] == "amount" and "formula" not in column), "")
    if amount and drawn.often():
        made["figure"] = {"shows": "budget", "amount": amount}
    return made


def asked(drawn: Drawn) -> list[Node]:
    """The questions of a form: some of any type, those that facts and checks read, or none of them."""
    found = [node(drawn, drawn.one(*PLAIN)) for _ in range(drawn.number(1, 6))]
    told = [fact for fact in sorted(FACTS) if drawn.one(True, False)]
    found += [node(drawn, drawn.one(*sorted(FACTS[fact]))) | {"fact": fact} for fact in told]
    if drawn.often():
        found.append(table(drawn, "amount", "choice"))
    found += [table(drawn) for _ in range(drawn.number(0, 2))]
    if drawn.one(True, False):
        found += [table(drawn, "spdx", "choice", "text"), node(drawn, "choices"), node(drawn, "long_text")]
    if drawn.one(True, False):
        found += [table(drawn, "choice", "yes_no", "integer"), node(drawn, "declaration"), node(drawn, "date")]
    if drawn.one(True, False):
        found += [node(drawn, kind) for kind in ("choice", "file", "date", "long_text", "siret", "integer")]
    found = drawn.draw(st.permutations(found))
    return _one_figure_each(found)


def _one_figure_each(questions: list[Node]) -> list[Node]:
    figures = [question for question in questions if "figure" in question]
    for question in figures[1:]:
        del question["figure"]
    return questions


def sections(drawn: Drawn) -> list[Node]:
    """The questions in sections, some under the condition of an answer before them."""
    questions, found, citable = asked(drawn), [], []
    while questions:
        size = drawn.number(1, min(8, len(questions)))
        some, questions = questions[:size], questions[size:]
        made: Node = {"code": drawn.code(taken={section["code"] for section in found}), "title": drawn.text()}
        made |= {"help": drawn.text()} if drawn.one(True, False) else {}
        made |= {"partners": drawn.one(True, False)} if drawn.one(True, False) else {}
        if citable and drawn.one(True, False, False):
            made["shown_if"] = condition(drawn, citable)
        for question in some:
            if citable and drawn.one(True, False, False, False) and "fact" not in question:
                question["shown_if"] = condition(drawn, citable)
            if drawn.one(True, False, False, False):
                question["partners"] = False
            elif made.get("partners") and question["type"] != "dataset" and drawn.one(True, False, False):
                question["confidential"] = True
            if question["type"] in ("choice", "choices", "yes_no", "declaration"):
                citable.append(question)
        found.append(made | {"questions": told_apart(list(some), "label")})
    return told_apart(found, "title")


def condition(drawn: Drawn, citable: list[Node]) -> Node:
    """One condition, or two together."""

    def leaf() -> Node:
        cited = drawn.one(*citable)
        values = [option["code"] for option in cited.get("options", [])] or [True]
        return {"question": cited["code"], "values": [drawn.one(*values)]}

    return drawn.one(leaf(), {"all": [leaf(), leaf()]}, {"any": [leaf(), leaf()]})


def form(drawn: Drawn, *, has_datasets: bool) -> Node:
    found = sections(drawn)
    if has_datasets:
        section = drawn.one(*found)
        section["questions"].append(node(drawn, "dataset") | {"required": drawn.one(True, False)})
        told_apart(section["questions"], "label")
    return {"code": drawn.code(taken=set()), "sections": found}


def pieces(drawn: Drawn, questions: list[Node]) -> list[Node]:
    """Some supporting documents that the form can hold."""
    found = []
    for question in questions:
        if question["type"] != "file" or question.get("files", 1) != 1 or not drawn.often():
            continue
        made: Node = {"code": drawn.code(taken={row["code"] for row in found}), "label": drawn.text(250)}
        made |= {"file": question["code"], "valid_at": drawn.one(["deposit"], ["payment", "deposit"])}
        made |= drawn.one({}, {"validity": {"months": 6}}, {"validity": {"months": 1, "to_month_end": True}})
        status = next((one for one in questions if one["type"] == "choice"), None)
        if status and drawn.one(True, False):
            made |= {"status": status["code"], "announcing": [status["options"][0]["code"]]}
        found.append(made | drawn.one({}, {"security_code": 15}, {"not_asked_with": questions[0]["code"]}))
    return found


def criteria(drawn: Drawn, questions: list[Node], *, has_datasets: bool, has_pieces: bool) -> list[Node]:
    """Some of the checks that the questions can feed, with their parameters."""
    found = []
    for check in sorted(PARAMS):
        params = params_for(drawn, PARAMS[check], questions)
        lacking = (check == "partner_opinion" and not has_datasets) or (check == "documents" and not has_pieces)
        if params is None or lacking or not drawn.often():
            continue
        if check in EITHER and sum(names <= set(params) for names in EITHER[check]) != 1:
            continue
        decided_by = drawn.one("staff", "partner") if check == "partner_opinion" else "staff"
        made = {"code": drawn.code(taken={row["code"] for row in found}), "group": drawn.text(20)}
        made |= {"label": drawn.text(), "check": check, "params": params, "decided_by": decided_by}
        found.append(made | ({} if decided_by == "partner" else ways_to_decide(drawn)))
    return found or [{"code": "seul", "group": "a", "label": "Seul", "check": "manual"}]


def ways_to_decide(drawn: Drawn) -> Node:
    """What a criterion that staff decide may say more: its act, who overrules its check, reasons to choose from."""
    said: Node = {"act": drawn.one("admissibility", "eligibility"), "overruled_by": drawn.one("", "instructor")}
    said |= {"reasons": [drawn.text() for _ in range(drawn.number(0, 2))]}
    return drawn.one({}, said)


def params_for(drawn: Drawn, expected: dict[str, Param], questions: list[Node]) -> Node | None:
    """What a check must be told, of the questions that there are; None when one is not there."""
    found: Node = {}
    for name, param in expected.items():
        value = _value(drawn, param, expected, found, questions)
        if value is None and param.required:
            return None
        if value is not None:
            found[name] = value
    return found


def _value(drawn: Drawn, param: Param, expected: dict[str, Param], found: Node, questions: list[Node]) -> Any:
    """One parameter; `found` are those before it."""
    fit = [one for one in questions if not param.types or one["type"] in param.types]
    table = next((one for one in questions if one["code"] == found.get("table")), {})
    columns = [one for one in table.get("columns", []) if "formula" not in one]
    match param.kind:
        case "question":
            wanted = [one["code"] for one in fit if one["type"] != "table" or _holds(one, expected)]
            return drawn.one(*wanted) if wanted else None
        case "questions":
            return [fit[0]["code"]] if fit and "table" not in param.types else None
        case "column":
            return next((one["code"] for one in columns if one["type"] in param.types), None)
        case "options":
            column = next(one for one in columns if one["code"] == found[param.table])
            return [column["options"][0]["code"]]
        case "aspect":
            return drawn.one("neutrality", "feasibility")
        case "formula":
            numbers = [one["code"] for one in questions if one["type"] == "amount"]
            citable = bool(numbers) and numbers[0].isidentifier() and not iskeyword(numbers[0])
            return f"{numbers[0]} >= 0" if citable else None
        case "parts":
            return [{"label": drawn.text(), "check": "manual", "params": {}}, {"label": "Délai", "check": "on_time"}]
    return {"texts": ["1"], "number": "12", "rules": [], "text": drawn.text()}.get(param.kind)


def _holds(question: Node, expected: dict[str, Param]) -> bool:
    """Whether a table has a column for each that the check reads."""
    wanted = [param.types for param in expected.values() if param.kind == "column" and param.required]
    kinds = [column["type"] for column in question.get("columns", []) if "formula" not in column]
    return all(any(kind in types for kind in kinds) for types in wanted)


def same_lists(form: Node, rows: list[Node], regulation: Node, supports: list[Node]) -> None:
    """The two lists of the form that repeat another part of the file."""
    by_code = {question["code"]: question for section in form["sections"] for question in section["questions"]}
    for row in rows:
        if row["check"] == "budget":
            table = by_code[row["params"]["table"]]
            column = next(one for one in table["columns"] if one["code"] == row["params"]["category_column"])
            known = {raw["code"] for raw in regulation["cost_categories"]}
            new = [option for option in column["options"] if option["code"] not in known]
            regulation["cost_categories"] += [dict(option) for option in new]
        if row["check"] == "coherent_support":
            known = {raw["code"] for raw in supports}
            new = [one for one in by_code[row["params"]["question"]]["options"] if one["code"] not in known]
            supports += [dict(option) for option in new]


def regulation(drawn: Drawn, questions: list[Node]) -> Node:
    """The money: any cap, any schedule."""
    shares = drawn.one(["100"], ["50", "50"], ["33.33", "33.33", "33.34"], ["70", "20", "10"])
    lines = drawn.list_of(len(shares), len(shares), label=lambda: drawn.text(200))
    for rank, (line, share) in enumerate(zip(lines, shares, strict=True)):
        line |= {"percent": share, "months_after_signature": rank * drawn.number(0, 9)}
    categories = drawn.list_of(0, 3, label=drawn.text)
    for row in categories:
        row |= {"cap_percent": drawn.one(None, "0", "12.5", "100")} if drawn.often() else {}
    texts = [question["code"] for question in questions if question["type"] == "text" and "shown_if" not in question]
    starts = any(question.get("fact") == "starts_on" for question in questions)
    return {
        "version": drawn.one("A", "2027-1", "v2 <bis>"),
        "max_grant": drawn.one("1000.00", "15000", "999999999.99", 7500),
        "expected_budget": drawn.one("0", "12000.00", "250000"),
        "budget_tolerance_percent": drawn.one("0", "50", "100"),
        "duration_months_max": drawn.one(1, 9, 60),
        "works_start_after": dt.date(2027, 12, 20),
        "retention_percent": drawn.one("0", "5", "33.33"),
        "cost_categories": categories,
        "instalments": lines,
        **({"signatory": texts[:2]} if drawn.one(True, False) else {}),
        **({"duration_counts_from": "start"} if starts and drawn.one(True, False) else {}),
    }


def selection(drawn: Drawn) -> Node:
    """Any grid whose weights make 100."""
    lowest = drawn.one(0, 0, 1, 3)
    scale: Node = {"min": lowest, "max": lowest + drawn.number(1, 12)}
    if drawn.one(True, False):
        scale["labels"] = [f"Note {mark}" for mark in range(scale["min"], scale["max"] + 1)]
    weights = drawn.one([100], [70, 30], [33, 33, 34], [1, 99])
    headings = drawn.list_of(len(weights), len(weights), label=lambda: drawn.text(250))
    for heading, weight in zip(headings, weights, strict=True):
        heading |= {"weight": weight, "points": drawn.list_of(1, 3, label=drawn.text)}
    for row in drawn.one([], [scale], [scale, headings[0]["points"][0]]):
        row["guides"] = [drawn.text() for _ in range(scale["min"], scale["max"] + 1)]
    return {"scale": scale, "headings": headings}


def calendar(drawn: Drawn) -> Node:
    """One window, or up to three rounds."""
    rounds = drawn.one(0, 0, 1, 2, 3)
    windows = [
        {"opens_at": OPENS + dt.timedelta(days=60 * rank), "closes_at": OPENS + dt.timedelta(days=60 * rank + 40)}
        for rank in range(max(1, rounds))
    ]
    dates: Node = dict(windows[0])
    if rounds:
        dates = {"rounds": drawn.list_of(rounds, rounds, label=lambda: drawn.text(120))}
        for row, window in zip(dates["rounds"], windows, strict=True):
            row |= window
    steps = drawn.list_of(0, 3, label=drawn.text)
    for step in steps:
        step |= drawn.one({}, {"starts_on": dt.date(2027, 9, 1), "ends_on": dt.date(2027, 9, 30), "detail": "Ici."})
    return dates | {"steps": steps, "reminder_days": drawn.one([], [3], [30, 1])}


def texts(drawn: Drawn, *, has_datasets: bool) -> Node:
    found = {
        "receipt": "Dossier {reference}, « {titre} », reçu le {date_depot} : {empreinte}.",
        "letter_laureate": "{porteur}, {organisme} : « {titre} » est retenu pour {montant}, {duree}, {bases}.",
        "letter_reserve": "{titre} attend au rang {rang}.",
        "letter_rejected": "{titre} n’est pas retenu : {motif}",
        "letter_ineligible": "{titre} n’est pas recevable : {motif}",
        "convention": [
            {"title": "Objet", "text": "{organisme}, {porteur}, {titre}, {montant}, {bases}.\n\n{echeancier}"}
        ],
        "charter": drawn.text(),
        "conflict_help": drawn.text(),
    }
    if has_datasets or drawn.one(True, False):
        found |= {"opinion_neutrality": drawn.text(), "opinion_feasibility": drawn.text()}
    if drawn.one(True, False):
        found["receipt_office"] = {"name": "Le service", "address": "1 rue", "phone": "", "email": "s@op.example"}
        found["receipt_silence"] = {"months": 2, "outcome": drawn.one("acceptée", "rejetée")}
    return found


@st.composite
def calls(draw: Any) -> Node:
    """A whole call, as its file says it."""
    drawn = Drawn(draw)
    partners = drawn.list_of(1, 2, name=lambda: drawn.text(200)) if drawn.often() else []
    items = drawn.list_of(1, 2, title=lambda: drawn.text(250), summary=drawn.text) if partners else []
    for item in items:
        item |= {"partner": drawn.one(*partners)["code"], "version": drawn.one("1", "2027/03 bis", "é")}
    has_datasets = bool(items) and drawn.often()
    asking = form(drawn, has_datasets=has_datasets)
    questions = [question for section in asking["sections"] for question in section["questions"]]
    held = pieces(drawn, questions)
    rows = criteria(drawn, questions, has_datasets=has_datasets, has_pieces=bool(held))
    money, supports = regulation(drawn, questions), []
    same_lists(asking, rows, money, supports)
    call = {
        "code": drawn.one("A", "EHDS-2027", "appel-de-vingt-quatre-c", "2027"),
        "title": drawn.text(250),
        "operator": drawn.text(200),
        "contact": "appel@operateur.example",
        "summary": drawn.text(),
        "purpose": drawn.text(),
        "calendar": calendar(drawn),
        "rules": [{"title": drawn.text(), "text": drawn.text()} for _ in range(drawn.number(0, 2))],
        "texts": texts(drawn, has_datasets=has_datasets),
    }
    call |= {"opinions": drawn.one("veto", "advisory")} if drawn.one(True, False) else {}
    return {
        "format": 1,
        "call": call,
        "regulation": money,
        "supports": supports,
        **({"supporting_documents": held} if held else {}),
        "datasets": {"partners": partners, "items": items},
        "eligibility": rows,
        "selection": selection(drawn),
        "form": asking,
    }
