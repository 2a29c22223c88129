// What every page shares. Everything here is a comfort: pages work without it.

// The summary of errors is read first: the person lands on it.
document.querySelector("[data-error-summary]")?.focus();

// « Copier » beside a reference or a code: <button type="button" data-copy="text to copy">Copier</button>
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    return; // the browser does not allow it: the text can still be selected
  }
  const words = button.textContent;
  button.textContent = "Copié";
  setTimeout(() => { button.textContent = words; }, 2000);
});
