// What this device keeps of the dossier and the portal never had: to be sent when it can be, copied, or forgotten.
import { copyText } from "./copy.js";

export class Held {
  // `acts`: list() of entries, send() or nothing when it cannot be sent now, forget(entries).
  constructor(place, acts) {
    this.place = place;
    this.acts = acts;
    place.querySelector("[data-held-send]").addEventListener("click", () => { acts.send(); this.show(); });
    place.querySelector("[data-held-copy]").addEventListener("click", ({ currentTarget }) => copyText(this.text(), currentTarget));
    place.querySelector("[data-held-forget]").addEventListener("click", () => { acts.forget(acts.list()); this.show(); });
  }

  show({ canSend = false } = {}) {
    const entries = this.acts.list();
    this.place.hidden = entries.length === 0;
    this.place.querySelector("[data-held-send]").hidden = !canSend;
    this.place.querySelector("[data-held-list]").replaceChildren(...listOf(entries));
  }

  text() { return asText(this.acts.list()); }
}

const texts = (entries) => entries.filter((entry) => entry.kind === "answer");
export const asText = (entries) => texts(entries).map((entry) => `${entry.label}\n${entry.shown}\n`).join("\n");

// Each entry as a person reads it: its label, which is a link to its page, its text as typed, why it was refused.
export function listOf(entries) {
  return entries.map((entry) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = entry.page;
    link.textContent = entry.kind === "answer" ? entry.label : `${entry.label} : ${{ add: "ligne ajoutée", remove: "ligne supprimée", restore: "ligne rétablie" }[entry.action]}`;
    item.append(link);
    if (entry.held === "stale") item.append(" – une autre personne a modifié cette réponse : ouvrez sa rubrique pour comparer les deux textes.");
    else if (entry.message) item.append(` – ${entry.message}`);
    if (entry.kind === "answer") {
      const text = document.createElement("textarea");
      text.className = "fr-input fr-mt-1w";
      text.readOnly = true;
      text.rows = entry.shown.length > 200 ? 5 : 2;
      text.setAttribute("aria-label", `Texte non enregistré : ${entry.label}`);
      text.value = entry.shown;
      item.append(text);
    }
    return item;
  });
}
