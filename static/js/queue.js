// Keys of the pages where criteria are decided. Each one holds a modifier, so that no screen reader loses a key, and
// each is also a plain link or button of the page.

const KEYS = { PageDown: "after", PageUp: "before" };

addEventListener("keydown", (event) => {
  if (event.altKey && !event.ctrlKey && !event.metaKey && KEYS[event.key]) {
    const key = event.shiftKey ? event.key === "PageDown" && "dossier" : KEYS[event.key];
    const link = key && document.querySelector(`[data-key="${key}"]`);
    if (!link) return;
    event.preventDefault();
    link.click();
  }
  const form = event.target.closest?.("form[data-next]");
  if (form && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit();
  }
});

// A reason of the call, once chosen, is put in the text, to be adapted there.
for (const select of document.querySelectorAll("form[data-next] select[name$='-proposed']")) {
  const text = select.form.querySelector("textarea[name$='-reason']");
  select.addEventListener("change", () => {
    if (!select.value) return;
    text.value = text.value.trim() ? `${text.value.trimEnd()}\n${select.value}` : select.value;
    select.value = "";
    text.dispatchEvent(new Event("input", { bubbles: true }));
    text.focus();
  });
}
