// The slider of the envelope: what it moves is asked of the server as it moves. Without this the button does the same.

const form = document.querySelector("form[data-envelope]");
const effects = document.getElementById("effets");

if (form && effects) {
  const { curseur, enveloppe } = form.elements;
  let asked = 0;
  let waiting;

  const ask = async () => {
    const number = ++asked;
    const address = new URL(location.href);
    for (const name of ["vue", "curseur"]) address.searchParams.delete(name);
    address.searchParams.set("enveloppe", enveloppe.value);
    const shown = new URL(address);
    address.searchParams.set("partie", "enveloppe");
    const answer = await fetch(address, { credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok || number !== asked) return;
    effects.innerHTML = await answer.text();
    history.replaceState(null, "", shown);
  };

  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 150);
  };

  curseur.addEventListener("input", () => { enveloppe.value = curseur.value; soon(); });
  enveloppe.addEventListener("input", () => {
    if (!enveloppe.validity.valid || !enveloppe.value) return;
    curseur.value = enveloppe.value;
    soon();
  });
}
