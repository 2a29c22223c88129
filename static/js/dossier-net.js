// Talks to the portal, and says in one word what became of a request.

// Read at each request: signing in again in another tab changes it.
function csrf() {
  const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
  return cookie ? cookie[1] : document.querySelector("[name=csrfmiddlewaretoken]").value;
}

// "ok", "stale", "read_only", "refused", "signed_out", "lost" (no access any more), "offline" (try again).
function kindOf(status) {
  if (status >= 200 && status < 300) return "ok";
  return { 401: "signed_out", 403: "signed_out", 404: "lost", 409: "stale", 422: "refused", 423: "read_only" }[status] ?? "offline";
}

export async function post(url, body, { keepalive = false } = {}) {
  try {
    const answer = await fetch(url, {
      method: "POST",
      body: JSON.stringify(body ?? {}),
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf() },
      redirect: "manual",
      keepalive,
    });
    if (answer.type === "opaqueredirect") return { kind: "signed_out", data: {} };
    const data = await answer.json().catch(() => ({}));
    return { kind: kindOf(answer.status), data };
  } catch {
    return { kind: "offline", data: {} };
  }
}

export async function get(url) {
  try {
    const answer = await fetch(url, { headers: { Accept: "application/json" }, redirect: "manual" });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

// One file; `onProgress` is given a share from 0 to 1.
export function upload(url, file, onProgress) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("file", file);
    request.open("POST", url);
    request.setRequestHeader("X-CSRFToken", csrf());
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) onProgress(event.loaded / event.total); });
    request.addEventListener("error", () => resolve({ kind: "offline", data: {} }));
    request.addEventListener("load", () => {
      let data = {};
      try { data = JSON.parse(request.responseText); } catch { /* a page, not an answer for us */ }
      const kind = kindOf(request.status);
      resolve({ kind: kind === "ok" && !("html" in data) ? "signed_out" : kind, data });
    });
    request.send(body);
  });
}
