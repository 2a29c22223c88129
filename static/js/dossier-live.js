// What the portal computes while one types: computed cells, totals, what the rules of the call say beside each place.

function showSaid(place, said) {
  const lines = said.map(({ message, blocks }) => {
    const line = document.createElement("p");
    line.className = `fr-message fr-message--${blocks ? "error" : "warning"}`;
    line.textContent = message;
    return line;
  });
  if (lines.map((line) => line.outerHTML).join("") !== place.innerHTML) place.replaceChildren(...lines); // told once
}

export function showLive(form, { computed = {}, totals = {}, said = {}, figures = {} }) {
  for (const place of form.querySelectorAll("[data-rule]")) showSaid(place, said[place.dataset.rule] ?? []);
  for (const place of form.querySelectorAll("[data-computed]")) place.textContent = computed[place.dataset.computed] ?? "";
  for (const place of form.querySelectorAll("[data-figure]")) {
    const html = figures[place.dataset.figure] ?? "";
    if (place.dataset.drawn !== html) { place.innerHTML = html; place.dataset.drawn = html; }
  }
  for (const table of form.querySelectorAll("[data-table]")) {
    const sums = totals[table.dataset.table] ?? [];
    table.querySelectorAll("[data-total]").forEach((cell, index) => { cell.textContent = sums[index] ?? ""; });
  }
}
