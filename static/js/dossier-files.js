// Files: sent when chosen or dropped, one after the other, with a progress that tells the truth; their control is watched
// until its verdict.
import { get, post } from "./dossier-net.js";
import { Transfer } from "./dossier-transfer.js";

const WATCH = 1500; // milliseconds between two looks at a control under way

export class Files {
  constructor(form, outbox) {
    this.outbox = outbox;
    for (const place of form.querySelectorAll("[data-upload]")) {
      place.addEventListener("change", ({ target }) => this.chosen(place, target));
      place.addEventListener("click", (event) => this.clicked(place, event));
      this.welcomeDrops(place);
      if (place.querySelector(".dossier-file--pending")) this.watch(place);
    }
  }

  chosen(place, input) {
    if (input.type !== "file") return;
    const files = [...input.files];
    input.value = "";
    this.deposit(place, files, input.dataset.url ?? place.dataset.url);
  }

  welcomeDrops(place) {
    const zone = place.querySelector("[data-deposit]");
    if (!zone) return;
    const mark = (isOver) => zone.classList.toggle("dossier-upload--over", isOver);
    zone.addEventListener("dragover", (event) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      mark(true);
    });
    zone.addEventListener("dragleave", () => mark(false));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      mark(false);
      if (!zone.hidden) this.deposit(place, [...event.dataTransfer.files], place.dataset.url);
    });
  }

  // One at a time: the portal counts files as they arrive, and a slow line is not shared.
  deposit(place, files, url) {
    this.say(place, ...files.map((file) => faultOf(place, file)));
    for (const file of files.filter((one) => !faultOf(place, one))) {
      const transfer = new Transfer(file, url, {
        onSaid: (words) => { place.querySelector("[data-transfer-said]").textContent = words; },
        onEnd: (kind, data) => this.show(place, kind, data),
      });
      place.querySelector("[data-transfers]").append(transfer.line);
      place.queue = (place.queue ?? Promise.resolve()).then(() => (transfer.isOver ? null : transfer.send()));
    }
  }

  async clicked(place, event) {
    const button = event.target.closest("[data-file-remove], [data-file-restore]");
    if (!button) return;
    event.preventDefault();
    const { kind, data } = await post(button.dataset.url);
    this.show(place, kind, data);
    (place.querySelector("[data-file-restore][type=button]") ?? place).focus();
  }

  show(place, kind, data) {
    if (kind === "cancelled") return;
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
      this.say(place, "Votre session est terminée : connectez-vous, puis recommencez.");
    } else {
      this.say(place, data.message ?? "Le portail n’a pas répondu : vérifiez votre connexion, puis recommencez.");
    }
  }

  watch(place) {
    clearTimeout(place.watching);
    place.watching = setTimeout(async () => {
      const data = await get(place.dataset.listUrl);
      if (data === null || data.pending) return this.watch(place);
      return this.show(place, "ok", data);
    }, WATCH);
  }

  say(place, ...sentences) {
    const lines = sentences.filter(Boolean).map((sentence) => {
      const line = document.createElement("p");
      line.className = "fr-message fr-message--error";
      line.textContent = sentence;
      return line;
    });
    place.querySelector("[data-messages]").replaceChildren(...lines);
  }
}

// What the portal would refuse, said before the time it takes to send it. The portal looks again, at the content.
function faultOf(place, file) {
  const formats = place.dataset.formats.split(",");
  const ending = file.name.split(".").pop().toLowerCase().replace("jpeg", "jpg");
  const admitted = formats.map((one) => one.toUpperCase()).join(" ou ");
  if (file.size > Number(place.dataset.max)) return `${file.name} : ce fichier dépasse ${place.dataset.maxSaid}, allégez-le.`;
  if (!file.size) return `${file.name} : ce fichier est vide.`;
  return formats.includes(ending) ? "" : `${file.name} : déposez un fichier ${admitted}.`;
}
