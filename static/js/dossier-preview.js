// Waits for the PDF of the draft, then shows its link: the page is read again once it is ready.
import { get } from "./dossier-net.js";

const place = document.querySelector("[data-preview-url]");

async function look(left) {
  const data = await get(place.dataset.previewUrl);
  if (data?.ready) location.reload();
  else if (left) setTimeout(() => look(left - 1), 1500);
}

if (place) look(80);
