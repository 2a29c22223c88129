// Tables row by row: add, remove with an undo, Enter for the next row, a block pasted from a spreadsheet. A row is made
// here, under an identifier of ours, and the portal is told as of anything typed: without the network too.
import * as fields from "./dossier-fields.js";

const MANY = 500; // cells of one paste: a spreadsheet copied whole is a mistake
const euros = new Intl.NumberFormat("fr-FR", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const rowsOf = (table) => [...table.querySelectorAll("[data-row-id]")].filter((row) => !row.hidden);

const cellsOf = (row) => [...row.querySelectorAll("[data-cell]")];
const plain = (text) => text.normalize("NFKC").trim().toLowerCase().replace(/\s+/gu, " ");

// In cents, so that no amount is ever a broken fraction; NaN for what is no amount.
function cents(text) {
  const plainer = text.replace(/[\s€]/gu, "").replace(",", ".");
  return /^\d+(\.\d{1,2})?$/.test(plainer) ? Math.round(Number(plainer) * 100) : NaN;
}

// What a spreadsheet copies: cells between tabs, lines between line ends; a quoted cell may hold both.
function cellsIn(text) {
  const lines = [[]];
  const cell = /("(?:[^"]|"")*"|[^\t\n]*)(\t|\n|$)/gy;
  const block = text.replace(/\r\n?/g, "\n").replace(/\n+$/, "");
  for (let found = cell.exec(block); found; found = cell.exec(block)) {
    const [, held, end] = found;
    lines.at(-1).push(/^".*"$/s.test(held) ? held.slice(1, -1).replaceAll('""', '"') : held);
    if (end === "") break;
    if (end === "\n") lines.push([]);
  }
  return lines;
}

const MODEL = "00000000-0000-0000-0000-000000000000"; // the row that a table's model describes
const newIdentifier = () => crypto.randomUUID?.() ?? MODEL.replaceAll("0", () => (crypto.getRandomValues(new Uint8Array(1))[0] % 16).toString(16));

export class Tables {
  constructor(form, outbox) {
    this.form = form;
    this.outbox = outbox;
    form.addEventListener("click", (event) => this.clicked(event));
    form.addEventListener("keydown", (event) => this.pressed(event));
    form.addEventListener("paste", (event) => this.pasted(event));
    form.addEventListener("input", (event) => this.total(event.target.closest("[data-table]")));
  }

  clicked(event) {
    const table = event.target.closest("[data-table]");
    if (!table) return;
    if (event.target.closest("[data-row-add]")) { event.preventDefault(); this.add(table); }
    const remove = event.target.closest("[data-row-remove]");
    if (remove) { event.preventDefault(); this.remove(table, remove.closest("tr")); }
  }

  add(table, { focus = true } = {}) {
    if (this.outbox.readOnly || rowsOf(table).length >= Number(table.dataset.most)) return null;
    const row = this.append(table, newIdentifier());
    this.tell("add", table, row);
    if (focus) fields.focus(row.querySelector("[data-field]"));
    return row;
  }

  // An empty row, drawn from the table's model.
  append(table, identifier) {
    const template = document.createElement("template");
    template.innerHTML = table.querySelector("[data-row-model]").innerHTML.replaceAll(MODEL, identifier);
    const row = template.content.querySelector("tr");
    table.querySelector("[data-rows]").append(row);
    for (const field of fields.allFields(row)) this.outbox.entry(field); // as they are before anything is typed
    this.refresh(table);
    return row;
  }

  tell(action, table, row) {
    const url = { add: table.dataset.addUrl, remove: row.dataset.removeUrl, restore: row.dataset.restoreUrl }[action];
    this.outbox.row(action, table.dataset.table, row.dataset.rowId, url, table.querySelector(".dossier-table__title").firstChild.textContent);
  }

  // A row that another tab, or an earlier page, added, removed or brought back.
  follow({ action, question, row: identifier }) {
    const table = this.form.querySelector(`[data-table="${CSS.escape(question)}"]`);
    if (!table) return;
    const row = table.querySelector(`[data-row-id="${CSS.escape(identifier)}"]`) ?? (action === "add" ? this.append(table, identifier) : null);
    if (!row) return;
    row.hidden = action === "remove";
    if (action === "restore" && row.nextElementSibling?.matches(".dossier-table__gone")) row.nextElementSibling.remove();
    this.refresh(table);
  }

  remove(table, row) {
    const number = row.querySelector("[data-line]").textContent;
    for (const field of fields.allFields(row)) this.outbox.touch(field, { now: true });
    row.hidden = true;
    row.after(this.notice(table, row, number));
    this.refresh(table);
    this.tell("remove", table, row);
  }

  notice(table, row, number) {
    const line = document.createElement("tr");
    const cell = document.createElement("td");
    const undo = document.createElement("button");
    line.className = "dossier-table__gone";
    cell.colSpan = row.children.length;
    undo.type = "button";
    undo.className = "fr-btn fr-btn--tertiary fr-btn--sm";
    undo.textContent = "Annuler";
    undo.setAttribute("aria-label", `Annuler la suppression de la ligne ${number}`);
    undo.addEventListener("click", () => {
      row.hidden = false;
      line.remove();
      this.refresh(table);
      this.tell("restore", table, row);
      fields.focus(row.querySelector("[data-field]"));
    });
    cell.append(`Ligne ${number} supprimée. `, undo);
    line.append(cell);
    queueMicrotask(() => undo.focus());
    return line;
  }

  refresh(table) {
    const rows = rowsOf(table);
    rows.forEach((row, index) => { for (const node of row.querySelectorAll("[data-line]")) node.textContent = index + 1; });
    const left = Number(table.dataset.most) - rows.length;
    const full = table.querySelector("[data-full]");
    table.querySelector("[data-empty]").hidden = rows.length > 0;
    table.querySelector("[data-row-add]").disabled = left <= 0;
    full.hidden = left > 0;
    full.textContent = `Ce tableau admet ${table.dataset.most} lignes au plus.`;
    this.total(table);
  }

  // Amounts that are typed are summed at once; what is computed comes from the portal.
  total(table) {
    for (const cell of table?.querySelectorAll("[data-total=amount]") ?? []) {
      const amounts = rowsOf(table).map((row) => row.querySelector(`[data-field][data-column="${CSS.escape(cell.dataset.column)}"]`)).filter(Boolean).map((field) => cents(fields.read(field)));
      const sum = amounts.filter((amount) => !Number.isNaN(amount)).reduce((all, one) => all + one, 0);
      cell.textContent = `${euros.format(sum / 100)}\u00a0€`;
    }
  }

  pressed(event) {
    const row = event.target.closest("[data-row-id]");
    if (event.key !== "Enter" || event.isComposing || !row || !["INPUT", "SELECT"].includes(event.target.tagName)) return;
    event.preventDefault();
    const table = row.closest("[data-table]");
    const rows = rowsOf(table);
    const column = fields.allFields(row).indexOf(fields.fieldOf(event.target));
    const below = rows[rows.indexOf(row) + 1];
    if (below) fields.focus(fields.allFields(below)[column]);
    else if (rows.length < Number(table.dataset.most)) this.add(table);
  }

  // A block fills the cells from the one where it is pasted, by the columns as they are shown, and adds the rows it needs.
  pasted(event) {
    const row = event.target.closest("[data-row-id]");
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!row || !/[\t\n]/.test(text.replace(/[\r\n]+$/, ""))) return;
    event.preventDefault();
    const table = row.closest("[data-table]");
    const lines = cellsIn(text);
    const count = lines.reduce((all, line) => all + line.length, 0);
    if (count > MANY) { this.say(table, `Ce collage a ${count} cellules ; ${MANY} au plus sont admises en une fois.`); return; }
    const column = cellsOf(row).indexOf(event.target.closest("[data-cell]"));
    let index = rowsOf(table).indexOf(row);
    let left = lines.length;
    for (const line of lines) {
      const full = index >= rowsOf(table).length && rowsOf(table).length >= Number(table.dataset.most);
      const target = full ? null : rowsOf(table)[index] ?? this.add(table, { focus: false });
      if (!target) break;
      line.forEach((held, offset) => this.put(cellsOf(target)[column + offset], held.trim()));
      index += 1;
      left -= 1;
    }
    if (left) this.say(table, `${left} ligne${left > 1 ? "s" : ""} du collage n’${left > 1 ? "ont" : "a"} pas trouvé place : ce tableau admet ${table.dataset.most} lignes au plus.`);
  }

  say(table, sentence) {
    const line = table.querySelector("[data-full]");
    line.hidden = false;
    line.textContent = sentence;
  }

  // A computed cell takes nothing. In a list, the label or the code is looked for, whatever its case; what is neither
  // leaves the cell as it is.
  put(cell, text) {
    const field = cell?.querySelector("[data-field]");
    if (!field) return;
    const select = field.querySelector("select");
    const option = select && [...select.options].find((one) => plain(one.textContent) === plain(text) || one.value === text);
    if (select && !option) return;
    fields.write(field, select ? option.value : text);
    fields.count(field);
    this.outbox.touch(field, { now: true });
  }
}
