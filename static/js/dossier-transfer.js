// One file on its way: its line with its progress, what became of it, and the buttons to cancel or to send it again.
// The file stays in memory until it has arrived: after a cut nobody has to choose it again.
import { upload } from "./dossier-net.js";

const CUT = "L’envoi est coupé.";
const SIGNED_OUT = "Votre session est terminée : connectez-vous, puis envoyez-le de nouveau.";

export class Transfer {
  constructor(file, url, { onSaid, onEnd }) {
    Object.assign(this, { file, url, onSaid, onEnd });
    this.line = document.createElement("li");
    this.line.className = "dossier-transfer";
    this.words = this.add("p", "dossier-transfer__words");
    this.bar = this.add("progress");
    this.bar.max = 100;
    this.bar.setAttribute("aria-label", `Envoi de ${file.name}`);
    this.again = this.button("Réessayer", () => this.retry());
    this.stop = this.button("Annuler", () => this.cancel());
    this.tell("en attente");
    this.again.hidden = true;
  }

  add(tag, name = "") {
    const element = document.createElement(tag);
    element.className = name;
    this.line.append(element);
    return element;
  }

  button(word, act) {
    const button = this.add("button", "fr-btn fr-btn--tertiary fr-btn--sm");
    button.type = "button";
    button.textContent = word;
    const name = document.createElement("span");
    name.className = "fr-sr-only";
    name.textContent = ` l’envoi de ${this.file.name}`;
    button.append(name);
    button.addEventListener("click", act);
    return button;
  }

  tell(words) {
    this.words.textContent = `${this.file.name} : ${words}`;
  }

  // Answers when the file has arrived, was refused or was given up; after a cut, only once it was sent again.
  send() {
    this.done ??= new Promise((resolve) => { this.resolve = resolve; });
    this.attempt();
    return this.done;
  }

  async attempt() {
    this.sending = new AbortController();
    this.again.hidden = true;
    this.bar.hidden = false;
    this.bar.value = 0;
    this.tell("envoi…");
    this.onSaid(`Envoi de ${this.file.name}.`);
    const { kind, data } = await upload(this.url, this.file, (share) => this.progress(share), this.sending.signal);
    this.sending = null;
    if (kind === "offline" || kind === "signed_out" || kind === "second_factor") return this.wait(kind);
    return this.end(kind, data);
  }

  progress(share) {
    const percent = Math.round(share * 100);
    this.bar.value = percent;
    this.tell(percent < 100 ? `${percent} % envoyés` : "envoyé, réponse attendue");
  }

  wait(kind) {
    const words = kind === "offline" ? CUT : SIGNED_OUT;
    this.bar.hidden = true;
    this.again.hidden = false;
    this.tell(words);
    this.onSaid(`${this.file.name} : ${words}`);
    if (kind !== "offline") return;
    this.onBack = () => this.retry();
    addEventListener("online", this.onBack, { once: true });
  }

  retry() {
    removeEventListener("online", this.onBack);
    if (!this.sending) this.attempt();
  }

  cancel() {
    if (this.sending) this.sending.abort();
    else this.end("cancelled", {});
  }

  end(kind, data) {
    removeEventListener("online", this.onBack);
    this.line.remove();
    if (kind === "cancelled") this.onSaid(`L’envoi de ${this.file.name} est annulé.`);
    this.onEnd(kind, data);
    this.isOver = true;
    this.resolve?.();
  }
}
