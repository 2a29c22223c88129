// The session has ended while one types: signing in again happens here, on the same page, and what waits goes out after.
import { csrf } from "./dossier-net.js";

const QUIET = 1500; // milliseconds without a key before the dialog may take the focus

export class Session {
  // `resume()` is called when the way may be open again.
  constructor(resume) {
    this.resume = resume;
    this.banner = document.querySelector("[data-signed-out]");
    this.dialog = document.querySelector("[data-sign-in]");
    this.form = this.dialog.querySelector("form");
    this.lastKey = 0;
    document.addEventListener("keydown", () => { this.lastKey = Date.now(); }, true);
    this.banner.querySelector("[data-sign-in-open]").addEventListener("click", () => this.open());
    this.dialog.querySelector("[data-sign-in-close]").addEventListener("click", () => this.dialog.close());
    this.dialog.addEventListener("close", () => this.closed());
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.signIn(); });
  }

  // `way` as the sender says it. The dialog opens by itself once, never under the fingers of who is typing.
  show(way) {
    if (way === this.way || way === "offline") return;
    this.way = way;
    this.banner.hidden = way === "ok";
    for (const part of this.banner.querySelectorAll("[data-way]")) part.hidden = part.dataset.way !== way;
    if (way === "signed_out") this.openWhenQuiet();
    if (way === "ok" && this.dialog.open) this.dialog.close();
  }

  openWhenQuiet() {
    const wait = this.lastKey + QUIET - Date.now();
    if (wait > 0) setTimeout(() => { if (this.way === "signed_out") this.openWhenQuiet(); }, wait);
    else this.open();
  }

  open() {
    if (this.dialog.open) return;
    this.before = document.activeElement;
    this.say("");
    this.dialog.showModal();
    this.dialog.querySelector("h2").focus();
  }

  closed() {
    this.form.elements.password.value = "";
    const target = this.before?.isConnected && this.before !== document.body ? this.before : this.banner.hidden ? null : this.banner.querySelector("[data-sign-in-open]");
    target?.focus();
  }

  async signIn() {
    const button = this.form.querySelector("button[type=submit]");
    button.disabled = true;
    this.say("");
    const said = await this.post();
    button.disabled = false;
    if (said) {
      this.say(said);
      this.form.elements.password.focus();
      return;
    }
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = csrf();
    this.form.elements.password.value = "";
    await this.resume(); // an open way closes the dialog
    if (this.dialog.open) this.dialog.close();
  }

  // Signs in by the page that everybody uses; what it says against it, or nothing.
  async post() {
    try {
      const answer = await fetch(this.form.action, {
        method: "POST",
        body: new URLSearchParams({ login: this.form.elements.login.value, password: this.form.elements.password.value }),
        headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest", "X-CSRFToken": csrf() },
      });
      const data = await answer.json();
      if (answer.ok) return "";
      const fields = Object.values(data.form.fields).flatMap((field) => field.errors);
      return [...data.form.errors, ...fields].join(" ");
    } catch {
      return "Le portail ne répond pas : réessayez dans un instant.";
    }
  }

  say(sentence) {
    const place = this.dialog.querySelector("[data-sign-in-error]");
    place.textContent = sentence;
    place.hidden = !sentence;
  }
}
