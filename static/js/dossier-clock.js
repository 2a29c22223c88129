// The time left until the closing, on the portal's clock: the device's own may be wrong by hours.
const NEAR = 48 * 3600; // seconds: from then on the time left is counted here
const SAID = [3600, 900, 300, 60]; // what a screen reader is told of

const SECOND = 1000;
const plural = (count, word) => `${count} ${word}${count > 1 ? "s" : ""}`;

function inWords(seconds) {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  if (hours) return minutes ? `${plural(hours, "heure")} et ${plural(minutes, "minute")}` : plural(hours, "heure");
  if (minutes >= 5) return plural(minutes, "minute");
  const rest = seconds % 60;
  return [minutes && plural(minutes, "minute"), (rest || !minutes) && plural(rest, "seconde")].filter(Boolean).join(" et ");
}

export class Clock {
  // `onSoon()` a few seconds before the closing, `onClosing()` when the portal's clock has reached it.
  constructor(form, { onSoon, onClosing }) {
    this.hooks = { onSoon, onClosing };
    this.isDelay = "delay" in form.dataset; // that of a completion: the call is closed already
    this.left = document.querySelector("[data-time-left]");
    this.announced = document.querySelector("[data-time-said]");
    const [page] = performance.getEntriesByType("navigation");
    this.learn({ now: Number(form.dataset.now), closes_at: Number(form.dataset.closesAt) }, page?.responseStart);
    setInterval(() => this.tick(), SECOND);
  }

  // The portal said what time it is, when the page's own count was `heard`; the closing may have moved.
  learn({ now, closes_at: closesAt }, heard = performance.now()) {
    this.anchor = { portal: now, own: heard };
    Object.assign(this, { closesAt, wasSoon: false, wasClosing: false });
    this.tick();
  }

  get now() { return this.anchor.portal + performance.now() - this.anchor.own; }

  tick() {
    const seconds = Math.ceil((this.closesAt - this.now) / SECOND);
    if (seconds <= 0) {
      this.left.textContent = this.isDelay ? "le délai est passé" : "l’instant de la clôture est passé";
      if (!this.wasClosing) { this.wasClosing = true; this.hooks.onClosing(); }
      return;
    }
    if (seconds <= NEAR) this.left.textContent = `il reste ${inWords(seconds)}`;
    if (seconds <= 5 && !this.wasSoon) { this.wasSoon = true; this.hooks.onSoon(); }
    if (SAID.includes(seconds)) this.announced.textContent = `${this.isDelay ? "Fin du délai" : "Clôture de l’appel"} dans ${inWords(seconds)}.`;
  }
}
