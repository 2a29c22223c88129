// Keeps what is typed until the portal has it. Each field is sent as it is left, or a moment after the last key; what
// could not be sent stays on this device, by dossier and address, and is sent again: nothing typed is lost.
import * as conflict from "./dossier-conflict.js";
import * as fields from "./dossier-fields.js";
import { post } from "./dossier-net.js";

const PAUSE = 800; // milliseconds of pause in typing
const RETRY = 10_000;
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

export class Shelf {
  // The device's memory. A browser that refuses it (full, private) loses the comfort, not the page.
  constructor(ref) { this.prefix = `dossier:${ref}:`; }
  put(address, kept) { try { localStorage.setItem(this.prefix + address, JSON.stringify(kept)); } catch { /* full */ } }
  drop(address) { try { localStorage.removeItem(this.prefix + address); } catch { /* refused */ } }
  all() {
    const found = [];
    try {
      for (const key of Object.keys(localStorage)) {
        if (!key.startsWith(this.prefix)) continue;
        try { found.push({ address: key.slice(this.prefix.length), ...JSON.parse(localStorage.getItem(key)) }); } catch { localStorage.removeItem(key); }
      }
    } catch { /* refused */ }
    return found;
  }
}

export class Outbox {
  constructor(form, { onSaved, onReadOnly, onState }) {
    this.url = form.dataset.saveUrl;
    this.shelf = new Shelf(form.dataset.dossier);
    this.entries = new Map();
    this.readOnly = false;
    this.savedAt = "";
    this.hooks = { onSaved, onReadOnly, onState };
    addEventListener("online", () => this.retry());
    addEventListener("pagehide", () => this.flushAll({ keepalive: true }));
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") this.retry(); else this.flushAll({ keepalive: true }); });
    setInterval(() => this.retry(), RETRY);
  }

  entry(field) {
    const address = fields.addressOf(field);
    if (!this.entries.has(address)) {
      const place = { question: field.dataset.question, row: field.dataset.row, column: field.dataset.column };
      this.entries.set(address, { address, place, field, value: fields.read(field), saved: fields.read(field), version: Number(field.dataset.version), state: "saved" });
    }
    return this.entries.get(address);
  }

  // Something was typed: remember it at once, send it soon.
  touch(field, { now = false } = {}) {
    if (this.readOnly) return undefined;
    const entry = this.entry(field);
    entry.value = fields.read(field);
    clearTimeout(entry.timer);
    if (same(entry.value, entry.saved) && !entry.sending) {
      if (entry.state !== "conflict") this.settle(entry);
      return this.tell();
    }
    this.shelf.put(entry.address, { ...entry.place, value: entry.value, version: entry.version });
    if (entry.state === "conflict") return undefined;
    if (entry.state === "saved") entry.state = "typing";
    if (now) return this.flush(entry);
    entry.timer = setTimeout(() => this.flush(entry), PAUSE);
    return this.tell();
  }

  settle(entry) {
    entry.state = "saved";
    this.shelf.drop(entry.address);
  }

  async flush(entry, options = {}) {
    clearTimeout(entry.timer);
    if (entry.sending || this.readOnly || entry.state === "conflict" || same(entry.value, entry.saved)) return;
    entry.sending = true;
    if (entry.state !== "waiting") entry.state = "typing";
    this.tell();
    const sent = entry.value;
    const { kind, data } = await post(this.url, { ...entry.place, value: sent, version: entry.version }, options);
    entry.sending = false;
    this.answered(entry, sent, kind, data);
    this.tell();
  }

  answered(entry, sent, kind, data) {
    if (kind === "ok") return this.saved(entry, sent, data);
    if (kind === "stale") return this.stale(entry, data);
    if (kind === "read_only") return this.close(data.message);
    if (kind === "lost") return this.close("Ce dossier n’est plus accessible avec ce compte.");
    if (kind === "refused") {
      entry.state = "refused";
      if (entry.field) fields.showProblem(entry.field, data.message ?? "Cette réponse n’a pas pu être enregistrée.");
      return undefined;
    }
    entry.state = "waiting";
    entry.signedOut = kind === "signed_out";
    return undefined;
  }

  saved(entry, sent, data) {
    entry.saved = sent;
    if (data.sent_version !== data.version && entry.field) return this.merged(entry, sent, data);
    entry.version = data.version;
    this.savedAt = data.saved_at;
    if (entry.field) {
      fields.setVersion(entry.field, data.version);
      fields.showProblem(entry.field, data.problem);
      entry.stored = data;
      this.tidy(entry.field);
    }
    if (same(entry.value, entry.saved)) this.settle(entry);
    else this.flush(entry);
    this.hooks.onSaved(entry.field);
  }

  // Somebody else's changes are in the answer too. Shown at once, unless one typed on: then that goes first, as changes
  // of the text that was sent, and comes back with theirs.
  merged(entry, sent, data) {
    this.savedAt = data.saved_at;
    if (!same(fields.read(entry.field), sent)) {
      entry.version = data.sent_version;
      return this.flush(entry);
    }
    fields.replace(entry.field, data.typed);
    fields.setVersion(entry.field, data.version);
    fields.showProblem(entry.field, data.problem);
    fields.showNote(entry.field, "Cette réponse tient aussi compte des modifications d’une autre personne.");
    fields.count(entry.field);
    entry.value = entry.saved = fields.read(entry.field);
    entry.version = data.version;
    this.settle(entry);
    return this.hooks.onSaved(entry.field);
  }

  // « 98500 » becomes « 98 500,00 », but never under the fingers of who is typing.
  tidy(field) {
    const entry = this.entry(field);
    const { typed, problem } = entry.stored ?? {};
    if (typed === undefined || problem || fields.hasFocus(field) || !same(entry.value, entry.saved) || same(typed, entry.value)) return;
    fields.write(field, typed);
    entry.value = entry.saved = fields.read(field);
    fields.count(field);
  }

  stale(entry, theirs) {
    if (!entry.field) { entry.state = "elsewhere"; return; } // shown when its own section is opened
    entry.state = "conflict";
    conflict.show(entry.field, theirs, {
      keepMine: () => {
        Object.assign(entry, { value: fields.read(entry.field), version: theirs.version, saved: null, state: "typing" });
        this.flush(entry);
      },
      takeTheirs: () => {
        fields.write(entry.field, theirs.typed);
        fields.setVersion(entry.field, theirs.version);
        fields.showProblem(entry.field, "");
        fields.count(entry.field);
        Object.assign(entry, { value: fields.read(entry.field), version: theirs.version });
        entry.saved = entry.value;
        this.settle(entry);
        this.savedAt ||= new Date().toLocaleTimeString("fr-FR", { hour: "2-digit", minute: "2-digit" });
        this.tell();
        this.hooks.onSaved(entry.field);
      },
    });
  }

  // Nothing can change any more: what was not saved stays in the page and on this device, to be copied.
  close(message) {
    this.readOnly = true;
    this.hooks.onReadOnly(message, this.unsaved());
  }

  unsaved() {
    return [...this.entries.values()].filter((entry) => !same(entry.value, entry.saved));
  }

  retry() {
    for (const entry of this.entries.values()) if (["waiting", "typing"].includes(entry.state)) this.flush(entry);
  }

  flushAll(options = {}) {
    return Promise.all([...this.entries.values()].map((entry) => this.flush(entry, options)));
  }

  // What an earlier page of this dossier could not send.
  restore(form) {
    for (const kept of this.shelf.all()) {
      const field = fields.allFields(form).find((one) => fields.addressOf(one) === kept.address);
      const place = { question: kept.question, row: kept.row, column: kept.column };
      if (!field) {
        this.entries.set(kept.address, { address: kept.address, place, value: kept.value, saved: null, version: kept.version, state: "waiting" });
        continue;
      }
      const entry = this.entry(field);
      if (same(kept.value, entry.value)) { this.settle(entry); continue; }
      fields.write(field, kept.value);
      fields.count(field);
      Object.assign(entry, { value: fields.read(field), version: kept.version, state: "waiting" });
    }
    this.retry();
  }

  tell() {
    const states = [...this.entries.values()].map((entry) => entry.state);
    const signedOut = [...this.entries.values()].some((entry) => entry.state === "waiting" && entry.signedOut);
    if (this.readOnly) this.hooks.onState("Lecture seule", "wrong", false);
    else if (states.includes("conflict") || states.includes("refused")) this.hooks.onState("Conflit à résoudre", "wrong", signedOut);
    else if (states.includes("waiting")) this.hooks.onState("Hors ligne, gardé sur cet appareil", "waiting", signedOut);
    else if (states.includes("typing")) this.hooks.onState("Enregistrement…", "", false);
    else if (this.savedAt) this.hooks.onState(`Enregistré à ${this.savedAt}`, "", false);
  }
}
