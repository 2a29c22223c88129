// Comforts of the staff's pages: everything works without them.

// Filters act as soon as they are chosen; the button stays for the search and for those without a mouse.
for (const form of document.querySelectorAll("form[data-auto-submit]")) {
  form.addEventListener("change", (event) => {
    if (event.target.matches("select")) form.requestSubmit();
  });
}

// A decision that was just typed and not saved is not lost by a click elsewhere.
let typed = false;
for (const form of document.querySelectorAll("form[data-keep]")) {
  form.addEventListener("input", () => { typed = true; });
  form.addEventListener("submit", () => { typed = false; });
}
addEventListener("beforeunload", (event) => {
  if (typed) event.preventDefault();
});
