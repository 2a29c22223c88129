// Sends what waits, oldest first, one at a time and once: one page of the browser at a time holds the pen. What the
// portal may have received without our knowing is sent again as it was; the portal takes the same thing twice as once.
import { post } from "./dossier-net.js";
import { account } from "./shelf.js";

const FIRST_RETRY = 1000; // milliseconds, doubled up to LAST_RETRY
const LAST_RETRY = 30_000;
const TYPED_RETRY = 2000; // a key pressed while the way is closed asks again no sooner
const CLOSED_WAYS = ["offline", "signed_out", "second_factor", "other_account"];

// Browsers without locks (and pages that are not served securely) have one pen a page: the portal's versions do the rest.
const withThePen = (act) => (navigator.locks ? navigator.locks.request(`portal:${account}`, act) : act());

export class Sender {
  // `onAnswer(entry, kind, data)` is told of every entry that was decided; `onWay(kind)` whether the way is open.
  constructor(shelf, { onAnswer = () => {}, onWay = () => {} } = {}) {
    this.shelf = shelf;
    this.hooks = { onAnswer, onWay };
    this.way = "ok";
    this.delay = FIRST_RETRY;
    addEventListener("online", () => this.wake());
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") this.wake(); });
  }

  // Sends until nothing is left, or the way is closed. Answers once done. `typed`: a key was pressed, which is no reason
  // to ask a portal that is away once more.
  async wake({ typed = false, ...options } = {}) {
    if (typed && this.way !== "ok" && Date.now() - this.triedAt < TYPED_RETRY) return undefined;
    clearTimeout(this.timer);
    this.again = true;
    if (this.running) return this.running;
    this.running = withThePen(async () => {
      while (this.again) {
        this.again = false;
        await this.drain(options);
      }
    });
    try { await this.running; } finally { this.running = null; }
    if (this.again) await this.wake(options); // woken between the last look and the pen put down
    return undefined;
  }

  wakeLater(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.wake(), delay);
  }

  async drain(options) {
    for (;;) {
      const entry = this.shelf.all().find((one) => !one.held);
      if (!entry) return;
      const wait = (entry.due ?? 0) - Date.now();
      if (wait > 0) { this.wakeLater(wait); return; }
      this.shelf.put({ ...entry, sent: true });
      const { kind, data } = await post(entry.url, entry.body, options);
      this.open(CLOSED_WAYS.includes(kind) ? kind : "ok");
      if (this.way !== "ok") return;
      this.decide(entry, kind, data);
    }
  }

  open(way) {
    if (way === "ok") this.delay = FIRST_RETRY;
    else {
      this.triedAt = Date.now();
      this.wakeLater(this.delay);
      this.delay = Math.min(this.delay * 2, LAST_RETRY);
    }
    this.way = way;
    this.hooks.onWay(way);
  }

  decide(entry, kind, data) {
    if (!this.shelf.get(entry.id)) return; // forgotten meanwhile: signed out
    const next = this.shelf.all(entry.ref).find((one) => one.after === entry.id);
    if (next) {
      // Typed upon this one, hence changes of the text that was sent: what a merge brought in was not seen.
      const version = kind === "ok" ? data.sent_version : entry.body.version;
      this.shelf.put({ ...next, after: undefined, body: { ...next.body, version } });
    }
    if (kind === "ok" || next) this.shelf.drop(entry.id);
    else if (["read_only", "lost"].includes(kind)) this.hold(entry.ref, kind, data.message);
    else this.shelf.put({ ...entry, held: kind, message: data.message });
    if (kind === "ok" || !next) this.hooks.onAnswer(entry, kind, data);
  }

  // A whole dossier that cannot change any more: its entries stay on the device.
  hold(ref, kind, message) {
    for (const one of this.shelf.all(ref)) this.shelf.put({ ...one, held: one.held ?? kind, message });
  }
}
