// Computes what a busy server asks for before it shows a page, and goes on by itself. Without scripts the page waits instead.
import { worker } from "./trusted.js";

export function proof(root) {
  const form = root.querySelector("form[data-proof]");
  if (!form || form.proving) return;
  const work = (form.proving = worker(form.dataset.worker));
  const line = form.querySelector("[data-proof-says]");
  const without = line.textContent;
  const button = form.querySelector("[data-proof-without]");
  line.textContent = line.dataset.proofSays;
  button.hidden = true;
  work.addEventListener("message", ({ data }) => {
    form.elements._proof.value = data;
    form.submit();
  });
  work.addEventListener("error", () => { // as without scripts
    line.textContent = without;
    button.hidden = false;
  });
  work.postMessage({ challenge: form.elements._challenge.value, bits: Number(form.dataset.proof) });
}
