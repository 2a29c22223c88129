// The total of weights or shares while one types. Without this script the server says it on the next page.

const number = (text) => Number(text.replaceAll(/\s/g, "").replace(",", ".")) || 0;

for (const total of document.querySelectorAll("[data-total]")) {
  const part = total.closest("section");
  const value = total.querySelector("[data-total-value]");
  const show = () => {
    const kept = [...part.querySelectorAll(`[data-sum="${total.dataset.total}"]`)]
      .filter((field) => !field.closest("fieldset").querySelector('[name$="-removed"]:checked'));
    const sum = kept.reduce((before, field) => before + number(field.value), 0);
    const words = sum.toLocaleString("fr", { maximumFractionDigits: 2 });
    if (value.textContent !== words) value.textContent = words;
    total.toggleAttribute("data-off", Math.abs(sum - 100) > 0.001);
  };
  part.addEventListener("input", show);
  show();
}
