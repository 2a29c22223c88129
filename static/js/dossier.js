// The page of one section: everything typed is saved as it is left. Without this script, one button sends the form.
import { Clock } from "./dossier-clock.js";
import * as fields from "./dossier-fields.js";
import { Files } from "./dossier-files.js";
import { Held } from "./dossier-held.js";
import { showLive } from "./dossier-live.js";
import { get } from "./dossier-net.js";
import { Outbox } from "./dossier-outbox.js";
import { Presence } from "./dossier-presence.js";
import { Session } from "./dossier-session.js";
import { Tables } from "./dossier-tables.js";
import { Together } from "./dossier-together.js";
import { Shelf } from "./shelf.js";

const form = document.querySelector("form[data-dossier]");
const saved = document.querySelector("[data-saved]");
const LOOK = 60_000; // milliseconds between two looks at what others do

function showState(words, tone) {
  if (saved.textContent !== words) saved.textContent = words;
  saved.dataset.tone = tone;
}

function showReadOnly(message) {
  for (const field of fields.allFields(form)) fields.lock(field);
  for (const button of form.querySelectorAll("button[type=submit], input[type=file]")) button.disabled = true;
  const alert = document.querySelector("[data-read-only]");
  alert.querySelector("[data-read-only-message]").textContent = message;
  alert.hidden = false;
  alert.focus();
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

// What the portal knows now: what is missing, who is here, what time it is there, whether answers may still change.
let looking;
async function look(page) {
  clearTimeout(looking);
  const data = await get(page.presence.url());
  if (!data) return;
  for (const name of ["sections", "missing", "given", "ready"]) {
    const place = document.querySelector(`[data-${name}]`);
    if (place && !place.contains(document.activeElement)) place.innerHTML = data[name];
  }
  page.presence.show(data.others);
  showLive(form, data);
  page.clock.learn(data);
  if (data.refusal) page.outbox.close(data.refusal);
}

function lookSoon(page, delay = 500) {
  clearTimeout(looking);
  looking = setTimeout(() => look(page), delay);
}

function listen({ outbox, together }) {
  const ours = ({ target }) => (target.name?.startsWith("q.") ? fields.fieldOf(target) : null);
  form.addEventListener("input", (event) => {
    const field = ours(event);
    if (!field) return;
    fields.count(field);
    outbox.touch(field);
  });
  form.addEventListener("change", (event) => {
    const field = ours(event);
    if (!field) return;
    applyConditions();
    outbox.touch(field, { now: true });
  });
  form.addEventListener("focusout", (event) => {
    const field = ours(event);
    if (!field) return;
    outbox.touch(field, { now: true });
    setTimeout(() => outbox.tidy(field));
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.submitter && "act" in event.submitter.dataset) return together.act(event.submitter);
    for (const field of fields.allFields(form)) outbox.touch(field, { now: true });
    return outbox.sender.wake();
  });
}

function start(presence) {
  const page = { presence };
  const held = new Held(document.querySelector("[data-held]"), {
    list: () => page.outbox.held(),
    send: () => page.outbox.restore({ late: true }),
    forget: (entries) => page.outbox.forget(entries),
  });
  const showHeld = () => held.show({ canSend: !page.outbox.readOnly && page.outbox.held().some((one) => one.held === "read_only") });
  page.outbox = new Outbox(form, {
    onSaved: () => lookSoon(page),
    onReadOnly: (message) => { showReadOnly(message); showHeld(); },
    onState: (words, tone) => { showState(words, tone); page.together?.goOn(); },
    onWay: (way) => page.session.show(way),
    onRow: (entry) => page.tables.follow(entry),
    onHeld: showHeld,
  });
  page.session = new Session(() => page.outbox.sender.wake());
  page.tables = new Tables(form, page.outbox);
  page.files = new Files(form, page.outbox);
  page.together = new Together(form, page.outbox, showState);
  listen(page);
  for (const field of fields.allFields(form)) { page.outbox.entry(field); fields.count(field); }
  page.outbox.restore();
  applyConditions();
  showHeld();
  page.clock = new Clock(form, { onSoon: () => page.outbox.hurry(), onClosing: () => lookSoon(page, 500) });
  setInterval(() => { if (document.visibilityState === "visible") look(page); }, LOOK);
}

// In a dossier that cannot change: what this device still holds and the portal never had.
function showLeftovers() {
  const shelf = new Shelf();
  const held = new Held(document.querySelector("[data-held]"), {
    list: () => shelf.all(form.dataset.dossier),
    send: () => {},
    forget: (entries) => { for (const entry of entries) shelf.drop(entry.id); },
  });
  held.show();
}

const presence = new Presence(form);
if (form.dataset.editable) start(presence);
else showLeftovers();
