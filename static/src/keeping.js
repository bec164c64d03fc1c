// Keeps what somebody writes to a case while they write it: the server saves it as their draft, as its button does without scripts.
const typing = 3000; // from the last letter to the save, milliseconds

function body(form) {
  const values = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
  values.set("_action", "save");
  return values;
}

function keep(holder) {
  const form = holder.querySelector("form");
  const line = holder.querySelector("[data-kept-line]");
  if (!form || !line) return;
  const say = (text, kind = "") => {
    line.textContent = text;
    line.dataset.kind = kind;
  };
  let timer = 0;
  let running = null;

  async function save() {
    running?.abort();
    const own = (running = new AbortController());
    say(holder.dataset.keeping);
    try {
      const answer = await fetch(form.action, { method: "POST", body: body(form), headers: { "X-Script": "1" }, signal: own.signal });
      const to = answer.headers.get("X-Location") ?? "";
      if (!answer.ok || to === "" || to.startsWith("/auth/")) throw new Error("not saved");
      say(holder.dataset.kept.replace("{time}", new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" })));
    } catch {
      if (!own.signal.aborted) say(holder.dataset.unkept, "waiting");
    }
  }

  form.addEventListener("input", (event) => {
    if (event.target.type === "file") return;
    clearTimeout(timer);
    timer = setTimeout(save, typing);
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter?.formTarget === "_blank") return;
    clearTimeout(timer);
    running?.abort();
  });
}

export function keeping(page) {
  for (const holder of page.querySelectorAll("[data-keeping]")) keep(holder);
}
