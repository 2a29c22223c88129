// What every page shares. Everything here is a comfort: pages work without it.
import { copyText } from "./copy.js";
import { account } from "./shelf.js";
import { watch } from "./waiting.js";

// The summary of errors is read first: the person lands on it.
document.querySelector("[data-error-summary]")?.focus();

// « Copier » beside a reference or a code: <button type="button" data-copy="text to copy">Copier</button>
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copyText(button.dataset.copy, button);
});

if (account) watch();
