// What is typed in the page of a section, from the key to the portal's answer: kept on this device at once, sent after
// a pause, shown as saved, contested or waiting. Nothing typed is lost, whatever becomes of the network or the session.
import * as conflict from "./dossier-conflict.js";
import * as fields from "./dossier-fields.js";
import { Sender } from "./sender.js";
import { channel, Shelf } from "./shelf.js";

const PAUSE = 800; // milliseconds of pause in typing
const TURN = 5000; // milliseconds left to another tab to send what it keeps
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

export class Outbox {
  // Hooks: onSaved(field), onReadOnly(message), onState(words, tone), onWay(kind), onRow(entry), onHeld().
  constructor(form, hooks) {
    this.form = form;
    this.ref = form.dataset.dossier;
    this.url = form.dataset.saveUrl;
    this.hooks = hooks;
    this.shelf = new Shelf();
    this.entries = new Map();
    this.readOnly = false;
    this.savedAt = "";
    this.sender = new Sender(this.shelf, {
      onAnswer: (entry, kind, data) => { this.tellOthers({ what: "answer", entry, kind, data }); this.answered(entry, kind, data); },
      onWay: (way) => { this.tellOthers({ what: "way", way }); this.hooks.onWay(way); this.tell(); },
    });
    this.tellOthers = channel((message) => this.heard(message));
    addEventListener("storage", () => this.tell()); // what another tab dropped may leave this one's view a moment later
    addEventListener("pagehide", () => this.hurry());
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") this.hurry(); });
    addEventListener("beforeunload", (event) => { if (!this.shelf.isSafe) event.preventDefault(); });
  }

  // What the page knows of one field: its text, the text and the version that the portal has, its entry on the shelf.
  entry(field) {
    const address = fields.addressOf(field);
    if (!this.entries.has(address)) {
      const value = fields.read(field);
      this.entries.set(address, { address, field, value, saved: value, version: Number(field.dataset.version), waiting: "" });
    }
    return this.entries.get(address);
  }

  waitingOf(entry) { return this.shelf.get(entry.waiting); }

  // Something was typed: keep it at once, send it soon.
  touch(field, { now = false } = {}) {
    if (this.readOnly) return;
    const entry = this.entry(field);
    entry.value = fields.read(field);
    const waiting = this.waitingOf(entry);
    if (same(waiting ? waiting.body.value : entry.saved, entry.value)) {
      if (waiting && now && waiting.due) { this.shelf.put({ ...waiting, due: 0 }); this.sender.wake({ keepalive: true, typed: true }); }
      return;
    }
    const due = now ? 0 : Date.now() + PAUSE;
    const body = { question: field.dataset.question, row: field.dataset.row, column: field.dataset.column, value: entry.value };
    const words = { label: fields.labelOf(field), shown: fields.inWords(field, entry.value), page: location.pathname };
    if (waiting && !waiting.sent) {
      const held = waiting.held === "stale" ? waiting.held : undefined; // a refused text is tried again, changed
      this.keep({ ...waiting, held, due, ...words, body: { ...waiting.body, value: entry.value } });
    } else {
      entry.waiting = this.shelf.nextId();
      const base = waiting ? { after: waiting.id, body } : { body: { ...body, version: entry.version } };
      this.keep({ id: entry.waiting, ref: this.ref, kind: "answer", url: this.url, address: entry.address, due, ...words, ...base });
    }
    this.sender.wake({ keepalive: true, typed: true });
    this.tell();
  }

  // A row added, removed or brought back: already so in the page, and soon for the portal.
  row(action, question, row, url, label) {
    const entry = { id: this.shelf.nextId(), ref: this.ref, kind: "row", action, question, row, url, label, page: location.pathname, body: action === "add" ? { row } : {} };
    this.keep(entry);
    this.sender.wake({ keepalive: true });
    this.tell();
  }

  keep(entry) {
    this.shelf.put(entry);
    this.tellOthers({ what: "kept", entry });
  }

  // The page is left: what is still being typed goes now.
  hurry() {
    if (this.readOnly) return;
    for (const entry of this.shelf.all(this.ref)) if (entry.due > Date.now()) this.shelf.put({ ...entry, due: 0 });
    this.sender.wake({ keepalive: true });
  }

  // Whatever a page of this browser sent for this dossier, this one or another.
  answered(waiting, kind, data) {
    if (waiting.ref !== this.ref) return;
    if (kind === "read_only" || kind === "lost") return this.close(data.message);
    if (waiting.kind === "row") {
      if (kind === "ok") this.savedNow(data);
      else this.hooks.onHeld();
      return this.tell();
    }
    const entry = this.entries.get(waiting.address);
    if (!entry) this.hooks.onHeld();
    else if (kind === "ok") this.saved(entry, waiting, data);
    else if (kind === "stale") this.stale(entry, waiting, data);
    else fields.showProblem(entry.field, data.message ?? "Cette réponse n’a pas pu être enregistrée.");
    return this.tell();
  }

  saved(entry, waiting, data) {
    const next = entry.waiting !== waiting.id && this.waitingOf(entry);
    const wasUntouched = entry.waiting !== waiting.id && !next && same(entry.value, entry.saved);
    const isMerged = data.sent_version !== data.version;
    Object.assign(entry, { saved: waiting.body.value, version: data.sent_version, stored: isMerged ? null : data });
    if (!next) entry.waiting = "";
    fields.setVersion(entry.field, data.version);
    fields.showProblem(entry.field, data.problem);
    conflict.clear(entry.field);
    if (isMerged && (wasUntouched || same(fields.read(entry.field), entry.saved))) this.merged(entry, data);
    else if (wasUntouched) this.show(entry, entry.saved);
    else if (!next && !same(entry.value, entry.saved)) this.touch(entry.field, { now: true }); // two tabs at once
    this.tidy(entry.field);
    this.savedNow(data);
  }

  // Somebody else's changes are in the answer too. Shown at once, unless one typed on: then that goes first, as changes
  // of the text that was sent, and comes back with theirs.
  merged(entry, data) {
    fields.replace(entry.field, data.typed);
    fields.setVersion(entry.field, data.version);
    fields.showNote(entry.field, "Cette réponse tient aussi compte des modifications d’une autre personne.");
    fields.count(entry.field);
    entry.value = entry.saved = fields.read(entry.field);
    entry.version = data.version;
  }

  savedNow({ saved_at }) {
    if (saved_at) this.savedAt = saved_at;
    this.hooks.onSaved();
  }

  show(entry, value) {
    if (!same(fields.read(entry.field), value)) fields.write(entry.field, value);
    fields.count(entry.field);
    entry.value = value;
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

  stale(entry, waiting, theirs) {
    if (entry.waiting !== waiting.id) return; // another tab's text: contested there
    conflict.show(entry.field, theirs, {
      keepMine: () => {
        this.shelf.drop(entry.waiting);
        Object.assign(entry, { version: theirs.version, saved: null, waiting: "" });
        this.touch(entry.field, { now: true });
      },
      takeTheirs: () => {
        this.shelf.drop(entry.waiting);
        fields.write(entry.field, theirs.typed);
        fields.setVersion(entry.field, theirs.version);
        fields.showProblem(entry.field, "");
        fields.count(entry.field);
        const value = fields.read(entry.field);
        Object.assign(entry, { value, saved: value, version: theirs.version, waiting: "" });
        this.savedAt ||= new Date().toLocaleTimeString("fr-FR", { hour: "2-digit", minute: "2-digit" });
        this.tell();
        this.hooks.onSaved();
      },
    });
  }

  // Another tab of this browser: what it keeps is shown here too, unless something else is being typed here.
  heard({ what, entry: waiting, kind, data, way }) {
    const known = what === "answer" ? "ok" : way; // what another tab had an answer to went an open way
    if (known) { this.sender.way = known; this.hooks.onWay(known); }
    if (what === "answer") this.answered(waiting, kind, data);
    if (what === "way") this.tell();
    if (what !== "kept" || waiting.ref !== this.ref || this.readOnly) return;
    this.place(waiting);
    this.sender.wakeLater(TURN); // should the tab that keeps it close before it is sent
    this.tell();
  }

  place(waiting) {
    if (waiting.kind === "row") return this.hooks.onRow(waiting);
    const entry = this.entries.get(waiting.address);
    if (!entry) return undefined;
    const isOurs = [waiting.id, waiting.after].includes(entry.waiting) && entry.waiting;
    if (!isOurs && (this.waitingOf(entry) || !same(entry.value, entry.saved))) return undefined; // contested when sent
    entry.waiting = waiting.id;
    return this.show(entry, waiting.body.value);
  }

  // Nothing can change any more: what was not saved stays in the page and on this device, to be copied.
  close(message) {
    if (this.readOnly) return;
    this.readOnly = true;
    this.sender.hold(this.ref, "read_only", message);
    for (const waiting of this.shelf.all(this.ref)) {
      const entry = this.entries.get(waiting.address);
      if (entry) fields.showProblem(entry.field, "Ce texte n’a pas été enregistré : il est gardé sur cet appareil.");
    }
    this.hooks.onReadOnly(message);
    this.tell();
  }

  // What earlier pages of this dossier could not send is shown in its field and sent; a conflict is asked again. What
  // came after a closing waits for the person's word, `release()`.
  restore({ late = false } = {}) {
    for (const waiting of this.shelf.all(this.ref)) {
      const isLate = ["read_only", "lost"].includes(waiting.held);
      const isHere = waiting.kind === "row" || this.entries.has(waiting.address);
      if (isLate ? late : waiting.held && isHere) this.shelf.put({ ...waiting, held: undefined, sent: false, due: 0 });
      if (!isLate || late) this.place(waiting);
    }
    this.sender.wake();
    this.tell();
  }

  forget(entries) {
    for (const one of entries) this.shelf.drop(one.id);
    this.tell();
  }

  // What does not leave by itself and is not shown beside its field.
  held() {
    const isShown = (one) => !this.readOnly && ["stale", "refused"].includes(one.held) && this.entries.has(one.address);
    return this.shelf.all(this.ref).filter((one) => one.held && !isShown(one));
  }

  tell() {
    const waiting = this.shelf.all(this.ref);
    const isContested = waiting.some((one) => one.held && !["read_only", "lost"].includes(one.held));
    if (this.readOnly) this.hooks.onState("Lecture seule", "wrong");
    else if (isContested) this.hooks.onState("Conflit à résoudre", "wrong");
    else if (waiting.some((one) => !one.held)) {
      if (this.sender.way === "ok") this.hooks.onState("Enregistrement…", "");
      else this.hooks.onState(this.shelf.isSafe ? "Hors ligne, gardé sur cet appareil" : "Hors ligne : laissez cette page ouverte", "waiting");
    } else if (this.savedAt) this.hooks.onState(`Enregistré à ${this.savedAt}`, "");
  }
}
