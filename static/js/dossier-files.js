// Files: sent when chosen, with a progress that tells the truth; their control is watched until its verdict.
import { get, post, upload } from "./dossier-net.js";

const WATCH = 1500; // milliseconds between two looks at a control under way

export class Files {
  constructor(form, outbox) {
    this.outbox = outbox;
    for (const place of form.querySelectorAll("[data-upload]")) {
      place.querySelector("input[type=file]")?.addEventListener("change", (event) => this.deposit(place, event.target));
      place.addEventListener("click", (event) => this.clicked(place, event));
      if (place.querySelector(".dossier-file--pending")) this.watch(place);
    }
  }

  async deposit(place, input) {
    const [file] = input.files;
    if (!file) return;
    this.say(place, "");
    const bar = document.createElement("progress");
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", `Envoi de ${file.name}`);
    input.after(bar);
    input.disabled = true;
    const { kind, data } = await upload(place.dataset.url, file, (share) => { bar.value = Math.round(share * 100); });
    bar.remove();
    input.disabled = false;
    input.value = "";
    this.show(place, kind, data);
  }

  async clicked(place, event) {
    const button = event.target.closest("[data-file-remove], [data-file-restore]");
    if (!button) return;
    event.preventDefault();
    const { kind, data } = await post(button.dataset.url);
    this.show(place, kind, data);
    place.querySelector("[data-file-restore]")?.focus();
  }

  show(place, kind, data) {
    if (kind === "ok") {
      place.querySelector("[data-files]").innerHTML = data.html;
      const deposit = place.querySelector("[data-deposit]");
      deposit.hidden = data.left <= 0;
      deposit.querySelector("input").disabled = data.left <= 0;
      if (data.pending) this.watch(place);
      this.outbox.hooks.onSaved();
    } else if (kind === "read_only") {
      this.outbox.close(data.message);
      this.say(place, data.message);
    } else if (kind === "signed_out") {
      this.say(place, "Votre session est terminée : connectez-vous dans un autre onglet, puis déposez de nouveau le fichier.");
    } else {
      this.say(place, data.message ?? "Le fichier n’est pas arrivé : vérifiez votre connexion, puis déposez-le de nouveau.");
    }
  }

  watch(place) {
    clearTimeout(place.watching);
    place.watching = setTimeout(async () => {
      const data = await get(place.dataset.listUrl);
      if (data === null) return this.watch(place);
      if (data.pending) return this.watch(place);
      return this.show(place, "ok", data);
    }, WATCH);
  }

  say(place, sentence) {
    const group = place.querySelector("[data-messages]");
    group.replaceChildren();
    if (!sentence) return;
    const line = document.createElement("p");
    line.className = "fr-message fr-message--error";
    line.textContent = sentence;
    group.append(line);
  }
}
