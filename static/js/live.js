// A page that follows the session: it asks again every few seconds, and what has not changed is not sent again.
// Without it the page is refreshed by its link.

const PACE = 3000; // milliseconds between two questions; longer while the portal does not answer
const LONGEST = 60000;
let tag = "";
let wait = PACE;

async function follow() {
  if (!document.hidden && !isTyping()) {
    try {
      const response = await fetch(location.href, { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store" });
      if (response.redirected || (!response.ok && response.status !== 304)) return location.reload();
      if (response.status === 200) show(await response.text(), response.headers.get("ETag"));
      wait = PACE;
    } catch {
      wait = Math.min(wait * 2, LONGEST);
    }
  }
  setTimeout(follow, wait);
}

// A choice that is being made in the page is not taken away.
function isTyping() {
  return Boolean(document.querySelector("[data-live] input:checked"));
}

function show(html, seen) {
  const page = new DOMParser().parseFromString(html, "text/html");
  document.querySelector("[data-live]").replaceWith(page.querySelector("[data-live]"));
  tag = seen ?? "";
}

setTimeout(follow, PACE);
