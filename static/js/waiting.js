// On every page of someone signed in: what drafting left unsent goes out, and a sign-out clears what this device keeps,
// after it was sent, or after the person has seen what would be lost.
import { copyText } from "./copy.js";
import { asText, listOf } from "./dossier-held.js";
import { csrf } from "./dossier-net.js";
import { Sender } from "./sender.js";
import { channel, clear, Shelf } from "./shelf.js";

const PATIENCE = 4000; // milliseconds given to the last sending

export function watch() {
  const shelf = new Shelf();
  const tellOthers = channel(({ what }) => {
    if (what !== "signed_out") return;
    clear();
    location.reload();
  });
  const isDrafting = document.querySelector("form[data-dossier][data-editable='1']"); // that page sends by itself
  if (!isDrafting && shelf.all().some((entry) => !entry.held)) senderOf(shelf, tellOthers).wake();
  for (const form of document.querySelectorAll("form[data-sign-out]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      signOut(form, shelf, tellOthers);
    });
  }
}

async function signOut(form, shelf, tellOthers) {
  if (shelf.all().length) await sendLast(shelf, tellOthers);
  const left = shelf.all();
  if (left.length) warn(form, left, shelf, tellOthers);
  else leave(form, tellOthers);
}

// Answers when all is sent, when the way is closed, or when it takes too long.
function sendLast(shelf, tellOthers) {
  for (const entry of shelf.all()) if (entry.due) shelf.put({ ...entry, due: 0 });
  return new Promise((resolve) => {
    setTimeout(resolve, PATIENCE);
    senderOf(shelf, tellOthers, (way) => { if (way !== "ok") resolve(); }).wake().then(resolve);
  });
}

function senderOf(shelf, tellOthers, onWay) {
  return new Sender(shelf, { onAnswer: (entry, kind, data) => tellOthers({ what: "answer", entry, kind, data }), onWay });
}

function leave(form, tellOthers) {
  clear();
  tellOthers({ what: "signed_out" });
  form.querySelector("[name=csrfmiddlewaretoken]").value = csrf();
  form.submit();
}

// What could not be sent: listed, to be copied; erasing it is said in so many words.
function warn(form, left, shelf, tellOthers) {
  const dialog = document.querySelector("[data-leaving]");
  const on = (name, act) => { dialog.querySelector(name).onclick = act; };
  dialog.querySelector("[data-leaving-list]").replaceChildren(...listOf(left));
  on("[data-leaving-close]", () => dialog.close());
  on("[data-leaving-stay]", () => dialog.close());
  on("[data-leaving-copy]", ({ currentTarget }) => copyText(asText(left), currentTarget));
  on("[data-leaving-retry]", () => { dialog.close(); signOut(form, shelf, tellOthers); });
  on("[data-leaving-erase]", () => leave(form, tellOthers));
  dialog.showModal();
  dialog.querySelector("h2").focus();
}
