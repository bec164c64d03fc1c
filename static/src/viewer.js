// The viewer of pictures turns and zooms in place; without it the same links load the page anew.
const widths = [0, 1.5, 2, 3]; // of the stage; 0 is as large as fits

export class Viewer extends HTMLElement {
  connectedCallback() {
    this.turn = Number(this.dataset.turn) || 0;
    this.step = 0;
    this.image = this.querySelector("img");
    this.stage = this.image.parentElement;
    this.zoom = this.querySelector("[data-zoom]");
    this.large = this.stage.classList.contains("aw-viewer__stage--large");
    this.addEventListener("click", (event) => {
      const tool = event.target.closest("[data-turn], [data-zoom]");
      if (!tool || tool === this || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      if (tool === this.zoom) this.enlarge();
      else this.turn = (this.turn + Number(tool.dataset.turn) + 360) % 360;
      this.show();
    });
  }

  enlarge() {
    this.step = this.large && this.step === 0 ? 0 : (this.step + 1) % widths.length;
    this.large = this.step > 0;
    this.stage.classList.toggle("aw-viewer__stage--large", this.large);
    this.image.style.width = this.large ? `${widths[this.step] * 100}%` : "";
    const last = this.step === widths.length - 1;
    this.zoom.firstElementChild.textContent = last ? this.zoom.dataset.fit : this.zoom.dataset.large;
  }

  show() {
    const source = `${this.dataset.source}?size=${this.large ? "l" : "m"}&turn=${this.turn}`;
    if (this.image.getAttribute("src") !== source) this.image.src = source;
  }
}
