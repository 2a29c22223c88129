// Who else has this dossier open: looked at every few seconds while the page is in sight, said aloud once an arrival.
import { fieldOf } from "./dossier-fields.js";
import { get } from "./dossier-net.js";

const GLANCE = 8_000; // milliseconds; the portal forgets who has not looked for thirty seconds

export class Presence {
  constructor(form) {
    this.form = form;
    this.place = document.querySelector("[data-others]");
    this.said = document.querySelector("[data-others-said]");
    this.names = this.here();
    if (!form.dataset.together) return;
    setInterval(() => this.glance(), GLANCE);
    document.addEventListener("visibilitychange", () => this.glance());
  }

  here() { return [...this.place.querySelectorAll("[data-here]")].map((one) => one.textContent); }

  // The address to ask, with the question that one is in.
  url() {
    const field = fieldOf(document.activeElement ?? document.body);
    return `${this.form.dataset.progressUrl}&champ=${encodeURIComponent(field?.dataset.question ?? "")}`;
  }

  async glance() {
    if (document.visibilityState !== "visible") return;
    const data = await get(`${this.url()}&bref=1`);
    if (data) this.show(data.others);
  }

  // A move from one question to another is seen, not said.
  show(html) {
    if (html === this.html) return;
    this.html = html;
    this.place.innerHTML = html;
    const before = this.names;
    this.names = this.here();
    const arrived = this.names.filter((name) => !before.includes(name));
    if (arrived.length) this.said.textContent = `Dans cette rubrique aussi : ${arrived.join(", ")}.`;
  }
}
