// Ticks of a list: one for all on the page, a range with the shift key, and how many there are.
export function ticks(root) {
  const form = root.getElementById?.("auswahl");
  const head = root.querySelector("[data-tick-all]");
  if (!form || !head || head.querySelector("input")) return;
  const boxes = [...root.querySelectorAll('input[name="case"][form="auswahl"]')];
  const all = Object.assign(root.createElement("input"), { type: "checkbox", className: "kern-form-check__checkbox" });
  all.setAttribute("aria-label", head.dataset.tickAll);
  head.append(all);
  const title = form.querySelector(".aw-bulk__title");
  const quiet = title.textContent;
  title.setAttribute("role", "status");
  let last = null;

  function count() {
    const n = boxes.filter((b) => b.checked).length;
    all.checked = n > 0 && n === boxes.length;
    all.indeterminate = n > 0 && n < boxes.length;
    title.textContent = n ? (n === 1 ? form.dataset.tick : form.dataset.ticks.replace("2", n)) : quiet;
  }

  all.addEventListener("change", () => {
    for (const b of boxes) b.checked = all.checked;
    count();
  });
  for (const box of boxes) {
    box.addEventListener("click", (event) => {
      if (event.shiftKey && last) {
        const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
        for (const b of boxes.slice(from, to + 1)) b.checked = box.checked;
      }
      last = box;
      count();
    });
  }
  count(); // the browser may have brought ticks back
}
