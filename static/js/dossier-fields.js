// One field of the page: its value read and written whatever its control, its messages, its count.

export const fieldOf = (node) => node.closest("[data-field]");
export const addressOf = (field) => [field.dataset.question, field.dataset.row, field.dataset.column].filter(Boolean).join(".");
export const allFields = (root) => [...root.querySelectorAll("[data-field]")];
const isSeveral = (field) => ["choices", "dataset", "linkage"].includes(field.dataset.type);
const boxes = (field) => [...field.querySelectorAll("input[name^='q.'][type=checkbox], input[name^='q.'][type=radio]")];
const control = (field) => field.querySelector("[name^='q.']");

export function read(field) {
  const all = boxes(field);
  if (isSeveral(field)) return all.filter((box) => box.checked).map((box) => box.value);
  if (all.length) return all.find((box) => box.checked)?.value ?? "";
  return control(field).value;
}

export function write(field, value) {
  const all = boxes(field);
  const wanted = Array.isArray(value) ? value : [value];
  if (all.length) {
    for (const box of all) box.checked = wanted.includes(box.value);
    return;
  }
  const one = control(field);
  if (one.type === "date" && value && !/^\d{4}-\d\d-\d\d$/.test(value)) one.type = "text";
  one.value = wanted.join("\n");
}

// Another text in a field that may be under the fingers: the caret stays beside the words that it was beside.
export function replace(field, value) {
  const one = control(field);
  if (one.tagName !== "TEXTAREA") return write(field, value);
  const before = one.value;
  const blank = before.match(/\s*$/)[0]; // not kept by the portal, and about to be typed on
  const { selectionStart: caret, scrollTop } = one;
  one.value = value + blank;
  const place = moved(caret, before, one.value);
  if (hasFocus(field)) one.setSelectionRange(place, place);
  one.scrollTop = scrollTop;
  return undefined;
}

// Where a place of one text is in another: by the longest surroundings that both hold, the nearest to where it was.
function moved(place, before, after) {
  const shift = after.length - before.length;
  for (const reach of [80, 20, 5]) {
    const start = Math.max(0, place - reach);
    const around = before.slice(start, place + reach);
    const found = [];
    for (let at = after.indexOf(around); at >= 0; at = after.indexOf(around, at + 1)) found.push(at + place - start);
    if (found.length) return found.sort((one, other) => Math.abs(one - place - shift / 2) - Math.abs(other - place - shift / 2))[0];
  }
  return Math.min(place, after.length);
}

// The value in the words of the screen, to compare two texts.
export function inWords(field, value) {
  const wanted = Array.isArray(value) ? value : [value];
  const all = boxes(field);
  if (all.length) return all.filter((box) => wanted.includes(box.value)).map((box) => field.querySelector(`label[for="${CSS.escape(box.id)}"]`).textContent.trim()).join(", ");
  const one = control(field);
  if (one.tagName === "SELECT") return [...one.options].find((option) => option.value === value)?.textContent ?? "";
  return wanted.join(", ");
}

// What a person calls the field, away from its page.
export function labelOf(field) {
  const own = field.querySelector("label, legend");
  const line = own.querySelector(".fr-sr-only")?.textContent ?? "";
  const table = field.closest("[data-table]")?.querySelector(".dossier-table__title").firstChild.textContent;
  return [table, own.firstChild.textContent + line].filter(Boolean).map((part) => part.trim()).join(" – ");
}

export function focus(field) {
  (field.querySelector("input:checked, [name^='q.']") ?? field).focus();
}

export function hasFocus(field) {
  return field.contains(document.activeElement);
}

export function setVersion(field, version) {
  field.dataset.version = version;
  field.closest(".dossier-block")?.querySelector("[data-history]")?.toggleAttribute("hidden", version < 2);
  const seen = field.querySelector("input[name^='v.']");
  if (seen) seen.value = `${version}:`; // without a mark, the form sent whole saves the field again: harmless
}

export function showProblem(field, sentence) {
  const group = field.querySelector("[data-messages]");
  const error = ["fr-input-group", "fr-select-group", "fr-checkbox-group", "fr-fieldset"].find((name) => field.classList.contains(name));
  if (error) field.classList.toggle(`${error}--error`, Boolean(sentence));
  group.replaceChildren();
  if (!sentence) return;
  const line = document.createElement("p");
  line.className = "fr-message fr-message--error";
  line.textContent = sentence;
  group.append(line);
}

// Something to know, that is not wrong.
export function showNote(field, sentence) {
  const line = document.createElement("p");
  line.className = "fr-message fr-message--info";
  line.textContent = sentence;
  field.querySelector("[data-messages]").append(line);
}

export function lock(field) {
  for (const one of field.querySelectorAll("[name^='q.']")) {
    if (["checkbox", "radio"].includes(one.type) || one.tagName === "SELECT") one.disabled = true;
    else one.readOnly = true;
  }
}

// Words as the call counts them: runs between white space that hold a letter or a digit.
const words = (text) => text.split(/\s+/u).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
const characters = (text) => [...text.normalize("NFC").trim()].length;

export function count(field) {
  const line = field.querySelector("[data-count]");
  if (!line) return;
  const most = Number(line.dataset.words ?? line.dataset.characters);
  if (!most) return;
  const now = line.dataset.words ? words(read(field)) : characters(read(field));
  const over = now > most ? (line.dataset.words ? ` : ${now - most} de trop` : ` : ${now - most} de trop`) : "";
  line.textContent = `${now} / ${most} ${line.dataset.words ? "mots" : "caractères"}${over}`;
  line.dataset.tone = over ? "wrong" : now > most * 0.9 ? "near" : "";
}
