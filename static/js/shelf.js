// What waits on this device until the portal has it: one entry for each change, by account, oldest first. Another
// account of the same browser neither sees nor sends it.

// An entry: { id, ref, kind: "answer" or "row", url, body, address, label, shown, page } and, as it goes,
// `due` (not before that instant), `sent` (it may have arrived: it is sent again as it was, never changed),
// `after` (the entry it was typed upon: its version is not known yet) and `held` (why it does not leave by itself).

export const account = document.body.dataset.account ?? "";
const DRAFTS = "waiting:";
let isForgotten = false; // a sign-out leaves nothing, whatever the page still does before it goes
const KEPT = [DRAFTS, "evaluation:"]; // every key of ours that a sign-out clears

export class Shelf {
  constructor() {
    this.prefix = `${DRAFTS}${account}:`;
    this.memory = new Map(); // for a browser that refuses to keep (private, full): as long as the page lives
  }

  get isSafe() { return this.memory.size === 0; }

  put(entry) {
    if (isForgotten) return;
    try {
      localStorage.setItem(this.prefix + entry.id, JSON.stringify(entry));
      this.memory.delete(entry.id);
    } catch {
      try { localStorage.removeItem(this.prefix + entry.id); } catch { /* refused */ }
      this.memory.set(entry.id, structuredClone(entry));
    }
  }

  get(id) {
    if (this.memory.has(id)) return structuredClone(this.memory.get(id));
    try { return JSON.parse(localStorage.getItem(this.prefix + id)); } catch { return null; }
  }

  drop(id) {
    this.memory.delete(id);
    try { localStorage.removeItem(this.prefix + id); } catch { /* refused */ }
  }

  // All of them, or those of one dossier, oldest first.
  all(ref) {
    let keys = [];
    try { keys = Object.keys(localStorage).filter((key) => key.startsWith(this.prefix)); } catch { /* refused */ }
    const ids = new Set([...keys.map((key) => key.slice(this.prefix.length)), ...this.memory.keys()]);
    return [...ids].sort().map((id) => this.get(id)).filter((entry) => entry && (!ref || entry.ref === ref));
  }

  // A new place at the end, whatever the clock of the device does.
  nextId() {
    const last = this.all().at(-1)?.id ?? "";
    const instant = Math.max(Date.now(), Number(last.slice(0, 15)) + 1);
    return `${String(instant).padStart(15, "0")}-${crypto.getRandomValues(new Uint32Array(1))[0].toString(36)}`;
  }
}

// Everything that this device keeps for the account, forgotten: at sign-out.
export function clear() {
  isForgotten = true;
  try {
    for (const key of Object.keys(localStorage)) {
      if (KEPT.some((prefix) => key.startsWith(`${prefix}${account}:`))) localStorage.removeItem(key);
    }
  } catch { /* refused: nothing was kept */ }
}

// The other pages of this account in this browser.
export function channel(heard) {
  if (!("BroadcastChannel" in window)) return () => {};
  const line = new BroadcastChannel(`portal:${account}`);
  line.addEventListener("message", ({ data }) => heard(data));
  return (message) => line.postMessage(message);
}
