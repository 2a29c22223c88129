// Talks to the portal, and says in one word what became of a request.
import { account } from "./shelf.js";

const PATIENCE = 20_000; // milliseconds after which a server that says nothing is away

// Read at each request: signing in again, here or in another tab, changes it.
export function csrf() {
  const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
  return cookie ? cookie[1] : document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
}

const headers = () => ({ Accept: "application/json", "X-CSRFToken": csrf(), "X-Account": account });
const KINDS = { signed_out: "signed_out", second_factor: "second_factor", other_account: "other_account", stale: "stale", read_only: "read_only", lost: "lost", refused: "refused", too_long: "refused" };

// "ok", "stale", "read_only", "refused", "lost" (no access any more); the way is closed for now: "signed_out",
// "second_factor", "other_account", "offline". What is not an answer of the portal's own is "offline": try again.
function kindOf(status, data) {
  if (data === null) return status === 403 ? "signed_out" : "offline"; // 403 without a word: a form too old
  if (status >= 200 && status < 300) return "ok";
  return KINDS[data.error] ?? "offline";
}

export async function post(url, body, { keepalive = false } = {}) {
  const text = JSON.stringify(body ?? {});
  try {
    const answer = await fetch(url, {
      method: "POST",
      body: text,
      headers: { "Content-Type": "application/json", ...headers() },
      redirect: "manual",
      keepalive: keepalive && text.length < 20_000,
      signal: AbortSignal.timeout(PATIENCE),
    });
    const data = await answer.json().catch(() => null);
    return { kind: answer.type === "opaqueredirect" ? "offline" : kindOf(answer.status, data), data: data ?? {} };
  } catch {
    return { kind: "offline", data: {} };
  }
}

export async function get(url) {
  try {
    const answer = await fetch(url, { headers: headers(), redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

// One file; `onProgress` is given a share from 0 to 1; `signal` stops the sending, which then is "cancelled".
export function upload(url, file, onProgress, signal) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("file", file);
    request.open("POST", url);
    for (const [name, value] of Object.entries(headers())) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) onProgress(event.loaded / event.total); });
    request.addEventListener("error", () => resolve({ kind: "offline", data: {} }));
    request.addEventListener("abort", () => resolve({ kind: "cancelled", data: {} }));
    signal?.addEventListener("abort", () => request.abort());
    request.addEventListener("load", () => {
      let data = null;
      try { data = JSON.parse(request.responseText); } catch { /* a page, not an answer for us */ }
      resolve({ kind: kindOf(request.status, data), data: data ?? {} });
    });
    request.send(body);
  });
}
