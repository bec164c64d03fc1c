// Copies its data-text; the button is hidden until a script can do it.
export class CopyButton extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    if (!button || !navigator.clipboard) return;
    const label = button.querySelector(".kern-label");
    const before = label.textContent;
    label.setAttribute("aria-live", "polite");
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(this.dataset.text);
      label.textContent = this.dataset.copied;
      setTimeout(() => (label.textContent = before), 4000);
    });
  }
}
