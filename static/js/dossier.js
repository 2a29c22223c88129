// The page of one section: everything typed is saved as it is left. Without this script, one button sends the form.
import * as fields from "./dossier-fields.js";
import { Files } from "./dossier-files.js";
import { showLive } from "./dossier-live.js";
import { get } from "./dossier-net.js";
import { Outbox, Shelf } from "./dossier-outbox.js";
import { Tables } from "./dossier-tables.js";

const form = document.querySelector("form[data-dossier]");
const saved = document.querySelector("[data-saved]");
const LOOK = 60_000; // milliseconds between two looks at what others do

function showState(words, tone, signedOut) {
  if (saved.textContent !== words) saved.textContent = words;
  saved.dataset.tone = tone;
  document.querySelector("[data-signed-out]").hidden = !signedOut;
}

function showReadOnly(message, unsaved) {
  for (const field of fields.allFields(form)) fields.lock(field);
  for (const button of form.querySelectorAll("button[type=submit], input[type=file]")) button.disabled = true;
  const alert = document.querySelector("[data-read-only]");
  alert.querySelector("[data-read-only-message]").textContent = message;
  alert.hidden = false;
  for (const entry of unsaved) {
    if (!entry.field) continue;
    fields.showProblem(entry.field, "Ce texte n’a pas été enregistré : copiez-le si vous en avez besoin.");
  }
  alert.focus();
}

let looking;
async function look() {
  const data = await get(form.dataset.progressUrl);
  if (!data) return;
  for (const name of ["sections", "missing", "others"]) {
    const place = document.querySelector(`[data-${name}]`);
    if (place && !place.contains(document.activeElement)) place.innerHTML = data[name];
  }
  showLive(form, data);
}

function lookSoon() {
  clearTimeout(looking);
  looking = setTimeout(look, 500);
}

// A question under a condition appears with the answer that asks for it; hidden, it keeps its own. An answer of another
// page is as the portal told it (`now`).
function isMet(condition) {
  if (condition.all) return condition.all.every(isMet);
  if (condition.any) return condition.any.some(isMet);
  const asked = form.querySelector(`[data-field][data-question="${CSS.escape(condition.question)}"][data-row=""][data-column=""]`);
  if (!asked) return condition.now;
  if (asked.closest(".dossier-block").hidden) return false;
  const value = fields.read(asked);
  const held = Array.isArray(value) ? value : [value];
  return held.some((one) => condition.values.includes(one));
}

function applyConditions() {
  for (const block of form.querySelectorAll("[data-shown-if]")) block.hidden = !isMet(JSON.parse(block.dataset.shownIf));
}

function start() {
  const outbox = new Outbox(form, { onSaved: lookSoon, onReadOnly: showReadOnly, onState: showState });
  const tables = new Tables(form, outbox);
  const files = new Files(form, outbox);
  form.addEventListener("input", ({ target }) => {
    const field = fields.fieldOf(target);
    if (!field || !target.name?.startsWith("q.")) return;
    fields.count(field);
    outbox.touch(field);
  });
  form.addEventListener("change", ({ target }) => {
    const field = fields.fieldOf(target);
    if (!field || !target.name?.startsWith("q.")) return;
    applyConditions();
    outbox.touch(field, { now: true });
  });
  form.addEventListener("focusout", ({ target }) => {
    const field = fields.fieldOf(target);
    if (!field || !target.name?.startsWith("q.")) return;
    outbox.touch(field, { now: true });
    setTimeout(() => outbox.tidy(field));
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    for (const field of fields.allFields(form)) outbox.touch(field);
    outbox.flushAll();
  });
  for (const field of fields.allFields(form)) { outbox.entry(field); fields.count(field); }
  applyConditions();
  outbox.restore(form);
  outbox.tell();
  setInterval(() => { if (document.visibilityState === "visible") look(); }, LOOK);
  return { outbox, tables, files };
}

// In a closed dossier: what this device still holds and the portal never had, to be copied or forgotten.
function showLeftovers() {
  const shelf = new Shelf(form.dataset.dossier);
  const kept = shelf.all();
  const place = document.querySelector("[data-leftovers]");
  if (!kept.length || !place) return;
  place.hidden = false;
  for (const one of kept) {
    const text = document.createElement("textarea");
    text.className = "fr-input fr-mb-2w";
    text.readOnly = true;
    text.rows = 4;
    text.setAttribute("aria-label", `Texte non enregistré : ${one.address}`);
    text.value = Array.isArray(one.value) ? one.value.join(", ") : one.value;
    place.querySelector("[data-leftovers-list]").append(text);
  }
  place.querySelector("[data-leftovers-forget]").addEventListener("click", () => {
    for (const one of kept) shelf.drop(one.address);
    place.hidden = true;
  });
}

if (form.dataset.editable) start();
else showLeftovers();
