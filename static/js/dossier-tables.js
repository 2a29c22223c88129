// Tables row by row: add, remove with an undo, totals, Enter for the next row, a block pasted from a spreadsheet.
import * as fields from "./dossier-fields.js";
import { post } from "./dossier-net.js";

const euros = new Intl.NumberFormat("fr-FR", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const rowsOf = (table) => [...table.querySelectorAll("[data-row-id]")].filter((row) => !row.hidden);

// In cents, so that no amount is ever a broken fraction; NaN for what is no amount.
function cents(text) {
  const plain = text.replace(/[\s€]/gu, "").replace(",", ".");
  return /^\d+(\.\d{1,2})?$/.test(plain) ? Math.round(Number(plain) * 100) : NaN;
}

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

  async add(table, { focus = true } = {}) {
    const { kind, data } = await post(table.dataset.addUrl);
    if (kind !== "ok") { this.failed(table, kind, data); return null; }
    const template = document.createElement("template");
    template.innerHTML = data.html;
    const row = template.content.querySelector("tr");
    table.querySelector("[data-rows]").append(row);
    for (const field of fields.allFields(row)) this.outbox.entry(field); // as they are before anything is typed
    for (const field of fields.allFields(row)) this.outbox.entry(field); // what it held before anything is typed
    this.refresh(table);
    if (focus) fields.focus(row.querySelector("[data-field]"));
    this.outbox.hooks.onSaved();
    return row;
  }

  async remove(table, row) {
    await Promise.all(fields.allFields(row).map((field) => this.outbox.flush(this.outbox.entry(field))));
    const { kind, data } = await post(row.dataset.removeUrl);
    if (kind !== "ok") { this.failed(table, kind, data); return; }
    const number = row.querySelector("[data-line]").textContent;
    row.hidden = true;
    row.after(this.notice(table, row, number));
    this.refresh(table);
    this.outbox.hooks.onSaved();
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
    undo.addEventListener("click", async () => {
      const { kind, data } = await post(row.dataset.restoreUrl);
      if (kind !== "ok") { this.failed(table, kind, data); return; }
      row.hidden = false;
      line.remove();
      this.refresh(table);
      fields.focus(row.querySelector("[data-field]"));
      this.outbox.hooks.onSaved();
    });
    cell.append(`Ligne ${number} supprimée. `, undo);
    line.append(cell);
    queueMicrotask(() => undo.focus());
    return line;
  }

  failed(table, kind, data) {
    if (kind === "read_only") { this.outbox.close(data.message); return; }
    const line = table.querySelector("[data-full]");
    line.hidden = false;
    line.textContent = data.message ?? (kind === "signed_out" ? "Votre session est terminée : connectez-vous dans un autre onglet, puis recommencez." : "Le portail ne répond pas : recommencez dans un instant.");
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

  total(table) {
    for (const cell of table?.querySelectorAll("[data-total]") ?? []) {
      const amounts = rowsOf(table).map((row) => fields.allFields(row)[Number(cell.dataset.total)]).map((field) => cents(fields.read(field)));
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

  async pasted(event) {
    const row = event.target.closest("[data-row-id]");
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const block = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
    if (!row || !/[\t\n]/.test(block)) return;
    event.preventDefault();
    const table = row.closest("[data-table]");
    const column = fields.allFields(row).indexOf(fields.fieldOf(event.target));
    let index = rowsOf(table).indexOf(row);
    for (const line of block.split("\n")) {
      const target = rowsOf(table)[index] ?? (await this.add(table, { focus: false }));
      if (!target) break;
      line.split("\t").forEach((cell, offset) => this.put(fields.allFields(target)[column + offset], cell.trim()));
      index += 1;
    }
    this.total(table);
  }

  put(field, text) {
    if (!field) return;
    const select = field.querySelector("select");
    const option = select && [...select.options].find((one) => one.textContent.trim().toLowerCase() === text.toLowerCase() || one.value === text);
    fields.write(field, select ? (option?.value ?? "") : text);
    fields.count(field);
    this.outbox.touch(field, { now: true });
  }
}
