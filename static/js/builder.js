// The form builder: order by drag or by button without leaving the page, the applicant's view while one types.
// Without this script every button still works, and the view follows when one saves.

const work = document.querySelector("[data-work]");
const said = document.querySelector("[data-said]");

async function act(value, more = {}) {
  const form = work.querySelector("form");
  const body = new FormData(form);
  body.set("act", value);
  for (const [name, content] of Object.entries(more)) body.set(name, content);
  const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
  if (!(answer.headers.get("Content-Type") ?? "").includes("json")) {
    location.reload();
    return;
  }
  const { said: words, html } = await answer.json();
  work.innerHTML = html;
  said.textContent = "";
  requestAnimationFrame(() => { said.textContent = words; });
  const [verb, ...place] = value.split(":");
  const item = work.querySelector(`[data-item="${CSS.escape(place.slice(0, 2).join(":")).replaceAll("\\:", ":")}"]`);
  const again = item?.querySelector(`button[value^="${verb}:"]`) ?? item?.querySelector("a") ?? work.querySelector("a");
  again?.focus();
}

if (work) {
  work.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (button?.name !== "act") return;
    event.preventDefault();
    act(button.value);
  });

  let dragged = null;
  const target = (event) => {
    const item = event.target.closest("[data-item]");
    if (!dragged || !item || item === dragged) return null;
    const [mine, theirs] = [dragged, item].map((one) => one.dataset.item.split(":")[0]);
    return mine === theirs || mine === "question" ? item : null;
  };
  const clear = () => work.querySelectorAll(".builder-item--target").forEach((one) => one.classList.remove("builder-item--target"));

  work.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-item]");
    dragged?.classList.add("builder-item--dragged");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged?.dataset.item ?? "");
  });
  work.addEventListener("dragover", (event) => {
    const item = target(event);
    clear();
    if (!item) return;
    event.preventDefault();
    item.classList.add("builder-item--target");
  });
  work.addEventListener("dragend", () => {
    clear();
    dragged?.classList.remove("builder-item--dragged");
    dragged = null;
  });
  work.addEventListener("drop", (event) => {
    const item = target(event);
    if (!item) return;
    event.preventDefault();
    const [kind, code] = item.dataset.item.split(":");
    const rank = [...item.parentElement.children].indexOf(item);
    const into = kind === "section" ? { into: code, to: "0" } : { into: item.parentElement.dataset.section ?? "", to: `${rank}` };
    const isSection = dragged.dataset.item.startsWith("section:");
    act(`move:${dragged.dataset.item}`, isSection ? { to: `${rank}` } : into);
  });
}

const form = document.querySelector("[data-builder-form]");
const view = document.querySelector("[data-view]");

if (form) {
  const type = form.elements.type;
  const show = () => form.querySelectorAll("[data-kinds]").forEach((field) => {
    field.hidden = !field.dataset.kinds.split(" ").includes(type.value);
  });
  type?.addEventListener("change", show);
  if (type) show();

  const wrong = form.querySelector("[data-wrong]");
  let waiting;
  let asked = 0;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const mine = ++asked;
      const answer = await fetch(location.href, { method: "POST", body: new FormData(form), headers: { "X-Apercu": "1" } });
      const words = await answer.text();
      if (mine !== asked) return;
      if (answer.ok) view.innerHTML = words;
      wrong.hidden = answer.status !== 422;
      wrong.textContent = answer.status === 422 ? words : "";
    }, 400);
  });
}
