// Copies a text and says so on the button that was pressed; the text stays selectable where the browser refuses.
export async function copyText(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    return;
  }
  const words = button.textContent;
  button.textContent = "Copié";
  setTimeout(() => { button.textContent = words; }, 2000);
}
