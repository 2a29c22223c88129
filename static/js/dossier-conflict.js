// Two texts for one field: both are shown, and the person chooses. Nothing is overwritten before.
import * as fields from "./dossier-fields.js";

function element(tag, name, text) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text !== undefined) node.textContent = text;
  return node;
}

function side(label, text) {
  const node = element("div");
  node.append(element("p", "dossier-conflict__label", label), element("div", "dossier-conflict__text", text || "(vide)"));
  return node;
}

function button(label, style, act) {
  const node = element("button", `fr-btn fr-btn--sm ${style}`, label);
  node.type = "button";
  node.addEventListener("click", act);
  return node;
}

// `theirs` is the answer of the portal; `keepMine` and `takeTheirs` are told of the choice.
export function show(field, theirs, { keepMine, takeTheirs }) {
  clear(field);
  const who = theirs.who || "une autre personne";
  const box = element("div", "dossier-conflict");
  box.dataset.conflict = "";
  box.setAttribute("role", "group");
  const title = element("p", "dossier-conflict__title", `Cette réponse a été modifiée par ${who}, le ${theirs.when}.`);
  title.tabIndex = -1;
  box.setAttribute("aria-label", title.textContent);
  const texts = element("div", "dossier-conflict__texts");
  const mine = element("div");
  texts.append(side(`Texte enregistré par ${who}`, Array.isArray(theirs.typed) ? theirs.shown : fields.inWords(field, theirs.typed)), mine);
  mine.replaceWith(side("Votre texte, qui n’est pas enregistré", fields.inWords(field, fields.read(field))));
  const acts = element("div", "dossier-conflict__acts");
  acts.append(
    button("Garder le mien", "", () => { clear(field); keepMine(); fields.focus(field); }),
    button("Prendre le texte enregistré", "fr-btn--secondary", () => { clear(field); takeTheirs(); fields.focus(field); }),
  );
  box.append(title, texts, acts);
  field.append(box);
}

export function clear(field) {
  for (const box of field.querySelectorAll(".dossier-conflict")) box.remove();
}
