"""The long answers of a project, composed of its own words (pure). Each stays within the limit of its question."""

from collections import defaultdict
from decimal import Decimal

from ami_portal.kernel.money import ZERO, in_words

from .words import Project

HIRED = "À recruter"
"""The name, in the table of a team, of someone still to be found."""


def project_texts(w: Project) -> dict[str, str | None]:
    """What the project is, its data and its method."""
    objectives = "\n".join(f"– {item} ;" for item in w["objectives"]).rstrip(" ;") + "."
    return {
        "category_fit": _category_fit(w),
        "public_summary": w["summary"],
        "scientific_summary": _scientific_summary(w),
        "problem": _paragraphs(w["question"], "Objectifs :\n" + objectives),
        "population": w["population"],
        "benefits": _paragraphs(w["benefits"], w.pick("users")),
        "public_interest": w["public_interest"],
        "state_of_art": _paragraphs(w["known"], f"Ce que le projet apporte. {w['novelty']}"),
        "dataset_justification": _paragraphs(w["data_why"], *(w.phrases["datasets"][code] for code in w["datasets"])),
        "data_quality": _paragraphs(w["quality"], w.pick("missing_data")),
        "linkage_justification": _paragraphs(w["linkage_why"], w.pick(f"linkage_{w['linkage'][0]}")),
        "data_at_hand": w.phrases["at_hand"].format(source=w["linkage_other"]) if "other" in w["linkage"] else None,
        "approach": _paragraphs(w["approach"], w.pick("safeguards"), w.pick("verification")),
        "algorithms": _paragraphs(w["algorithms"], w.pick("reproducible")),
    }


def team_texts(w: Project) -> dict[str, str | None]:
    """What the team has done, and what each will do."""
    members = [
        f"{name} ({place}) est {_lower(role)} et y consacre {share} % de son temps"
        for name, place, role, share in w["team"]
        if name != HIRED
    ]
    posts = ", ".join(f"{_lower(role)} à {share} %" for name, _, role, share in w["team"] if name == HIRED)
    skills = ", ".join(_lower(role.split(", ")[-1]) for _, _, role, _ in w["team"])
    return {
        "experience": _paragraphs(w["experience"], f"Implication de chacun. {' ; '.join(members)}."),
        "team_fit": _paragraphs(
            f"Le projet demande ces compétences : {skills}.",
            w.phrases["hiring"].format(posts=posts) if posts else w.phrases["no_hiring"],
        ),
        "first_results": w["first_results"],
    }


def means_texts(w: Project) -> dict[str, str | None]:
    """Target, budget, openness, formalities, support, neutrality."""
    shared = " ; ".join(f"« {title} », sous licence {licence}" for _, title, licence, _ in w["outputs"])
    supports = [w.phrases["supports"][code].format(amount=in_words(w.requested)) for code in w["supports"]]
    return {
        "target": w["target"],
        "budget_justification": _budget(w),
        "open_science_plan": _paragraphs(w["opening"], f"Nous partagerons {shared}.", w.pick("maintenance")),
        "regulatory_understanding": _paragraphs(w.phrases["routes"][w["route"]], _steps(w)),
        "supports_justification": _paragraphs(w["supports_why"], *supports),
        "neutrality_approach": _paragraphs(w["neutrality"], w.pick("neutral")),
        "industry_links": w["industry_links"],
        "confidential_note": w.get("confidential_note"),
    }


def opening_text(w: Project) -> str:
    """The way to openness, for a draft that has no budget yet."""
    return _paragraphs(w["opening"], w.pick("maintenance"))


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _category_fit(w: Project) -> str:
    outputs = " et ".join(f"« {title} »" for _, title, _, _ in w["outputs"][:2])
    sentence: str = w.phrases[w["category"]].format(question=w["question"], outputs=outputs)
    return sentence


def _scientific_summary(w: Project) -> str:
    return _paragraphs(
        f"Contexte. {w['known']}",
        f"Objectif. {w['question']}",
        f"Population et données. {w['population']} {w['data_why']}",
        f"Méthode. {w['approach']}",
        f"Résultats attendus. {' '.join(filter(None, [w.get('target'), w['novelty']]))}",
    )


def _steps(w: Project) -> str:
    done = [sentence for code, sentence in w.phrases["steps"].items() if code in w["steps"]]
    return f"Où nous en sommes : {' ; '.join(done)}." if done else str(w.phrases["no_steps"])


def _budget(w: Project) -> str:
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for category, _, _, amount in w["budget"]:
        sums[category] += Decimal(amount)
    shares = [
        f"{w.phrases['categories'][code]}, {in_words(amount)} ({amount * 100 / w.total:.0f} %)"
        for code, amount in sorted(sums.items(), key=lambda item: -item[1])
    ]
    biggest = max(w["budget"], key=lambda line: Decimal(line[3]))
    return _paragraphs(
        f"Principaux postes : {' ; '.join(shares)}. Les frais de gestion sont le forfait du porteur.",
        w.phrases["biggest_cost"].format(label=biggest[1]),
        f"Les dépenses suivent les jalons, de « {w['milestones'][0][0]} » à « {w['milestones'][-1][0]} ».",
    )
