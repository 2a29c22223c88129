// The pages of partners and jurors. Everything here is a comfort: they work without it.

// A reason asked for only with some answers: says so as one chooses, and hides what has no object.
for (const field of document.querySelectorAll("[data-reason-for]")) {
  const form = field.form;
  const group = field.closest(".portal-field, .fr-fieldset");
  const note = group.querySelector(".portal-optional");
  const update = () => {
    const chosen = new FormData(form).get(field.dataset.reasonFor);
    const { reasonWhen, reasonUnless } = field.dataset; // with one answer alone, or with all but one
    const needed = Boolean(chosen) && (reasonWhen ? chosen === reasonWhen : chosen !== reasonUnless);
    if (field.type !== "checkbox") field.setAttribute("aria-required", String(needed));
    if (note) note.textContent = needed ? "(obligatoire)" : "(facultatif)";
    if ("reasonHide" in field.dataset && form.elements[field.dataset.reasonFor]?.[0]?.type === "radio") group.hidden = !needed;
  };
  form.addEventListener("change", update);
  update();
}

const form = document.querySelector("[data-score]");
if (form) startScoring(form);

function startScoring(form) {
  const status = form.querySelector("[data-saved]");
  const version = form.elements.version;
  const key = `evaluation:${document.body.dataset.account}:${form.dataset.ref}`; // cleared at sign-out: shelf.js
  const number = new Intl.NumberFormat("fr-FR", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  let timer = 0;
  let saving = false;
  let again = false;
  let stopped = false;
  let leaving = null; // the button pressed while a save was under way

  const say = (text, tone = "") => {
    status.textContent = text;
    status.dataset.tone = tone;
  };

  // The weighted total of the marks given so far: never a zero for a missing one.
  const total = () => {
    const lowest = Number(form.dataset.lowest);
    const span = Number(form.dataset.highest) - lowest;
    let earned = 0;
    let most = 0;
    let marked = 0;
    for (const heading of form.querySelectorAll("[data-weight]")) {
      const share = Number(heading.dataset.weight) / Number(heading.dataset.points);
      for (const mark of heading.querySelectorAll("input[type=radio]:checked")) {
        earned += (share * (Number(mark.value) - lowest)) / span;
        most += share;
        marked += 1;
      }
    }
    form.querySelector("[data-earned]").textContent = number.format(earned);
    form.querySelector("[data-most]").textContent = number.format(most);
    form.querySelector("[data-marked]").textContent = String(marked);
  };

  const typed = () => [...new FormData(form)].filter(([name]) => !["csrfmiddlewaretoken", "version"].includes(name));
  const keep = () => {
    try {
      localStorage.setItem(key, JSON.stringify({ version: version.value, typed: typed() }));
      return true;
    } catch {
      return false;
    }
  };
  const forget = () => {
    try { localStorage.removeItem(key); } catch { /* nothing was kept */ }
  };

  const offline = () => {
    say(keep() ? "Hors ligne, gardé sur cet appareil" : "Hors ligne : laissez cette page ouverte", "wrong");
    clearTimeout(timer);
    timer = setTimeout(save, 10000);
  };

  async function save() {
    clearTimeout(timer);
    timer = 0; // nothing waits: hiding the page has nothing to send
    if (stopped) return;
    if (saving) { again = true; return; }
    saving = true;
    again = false;
    say("Enregistrement…", "waiting");
    const { response, answer } = await send();
    saving = false; // only now: a save begun before its answer is read would carry the version of yesterday
    const button = leaving;
    leaving = null;
    if (!response) return offline();
    if (!answer) {
      keep();
      return say(response.status >= 500 ? "Le portail ne répond pas : ce que vous avez écrit est gardé sur cet appareil" : "Session terminée : reconnectez-vous, ce que vous avez écrit est gardé sur cet appareil", "wrong");
    }
    if (response.ok) {
      version.value = answer.version;
      forget();
      say(`Enregistré à ${new Date(answer.saved_at || Date.now()).toLocaleTimeString("fr-FR", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Paris" })}`);
      if (button) form.requestSubmit(button);
      else if (again) save();
      return undefined;
    }
    if (response.status === 409) {
      stopped = true;
      keep();
      if (button) form.requestSubmit(button); // the answer shows both texts
      return say("Conflit à résoudre : cette évaluation a changé dans une autre fenêtre. Appuyez sur « Enregistrer » pour voir les deux textes.", "wrong");
    }
    return say(answer.problem, "wrong");
  }

  // The portal's response and its answer: nothing at all without a network, no answer from an error or a sign-in page.
  async function send() {
    try {
      const response = await fetch(form.dataset.saveUrl, { method: "POST", body: new FormData(form), credentials: "same-origin", redirect: "manual", keepalive: document.visibilityState === "hidden" });
      const isAnswer = response.type !== "opaqueredirect" && (response.headers.get("content-type") || "").startsWith("application/json");
      return { response, answer: isAnswer ? await response.json() : null };
    } catch {
      return { response: null, answer: null };
    }
  }

  // What was kept while the network was away comes back, and is saved.
  const restore = () => {
    let kept = null;
    try { kept = JSON.parse(localStorage.getItem(key)); } catch { return; }
    if (!kept) return;
    for (const [name, value] of kept.typed) {
      const field = form.elements[name];
      if (field instanceof RadioNodeList || field instanceof HTMLTextAreaElement || field instanceof HTMLInputElement) field.value = value;
    }
    version.value = kept.version;
    save();
  };

  form.addEventListener("change", () => { total(); save(); });
  form.addEventListener("input", (event) => {
    if (event.target.type === "radio") return;
    clearTimeout(timer);
    timer = setTimeout(save, 2000);
  });
  // A form sent with the version from before a save under way would be in conflict with oneself: it waits for the answer.
  form.addEventListener("submit", (event) => {
    if (saving) {
      event.preventDefault();
      leaving = event.submitter;
      return;
    }
    if (!navigator.onLine) {
      event.preventDefault();
      offline();
      return;
    }
    stopped = true;
    clearTimeout(timer);
    forget();
  });
  window.addEventListener("online", () => { if (status.dataset.tone === "wrong") save(); });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden" && timer) save(); });
  restore();
  total();
}
