// Says that the case is still open here, shows who else has it open, and that it has moved on. Leaving the page says so, too.
const beat = 45000;

export class Presence extends HTMLElement {
  connectedCallback() {
    this.line = this.querySelector("[role=status]");
    this.timer = setInterval(() => document.hidden || this.ask(), beat);
    this.leave = () => navigator.sendBeacon(this.dataset.url, this.body({ leave: "1" }));
    this.back = (e) => e.persisted && this.ask();
    addEventListener("pagehide", this.leave);
    addEventListener("pageshow", this.back);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    removeEventListener("pagehide", this.leave);
    removeEventListener("pageshow", this.back);
  }

  body(more) {
    return new URLSearchParams({ _csrf: this.dataset.csrf, ...more });
  }

  async ask() {
    let now;
    try {
      const answer = await fetch(this.dataset.url, { method: "POST", body: this.body(), headers: { "X-Script": "presence" } });
      if (!answer.ok) return;
      now = await answer.json();
    } catch {
      return; // the next beat tries again
    }
    const lines = [...now.lines];
    if (String(now.revision) !== this.dataset.revision) lines.push(this.dataset.changed);
    if (lines.join("\n") === [...this.line.children].map((c) => c.textContent).join("\n")) return;
    this.line.replaceChildren(
      ...lines.map((text) => {
        const span = document.createElement("span");
        span.className = "aw-presence__line";
        span.textContent = text;
        return span;
      }),
    );
  }
}
