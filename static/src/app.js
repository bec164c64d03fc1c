// What scripts add to pages that work without them. Each part looks for its own elements and leaves all others
// alone. Texts come from data- attributes, so that no language lives here.
import { reveal } from "./reveal.js";
import { forms } from "./forms.js";
import { session } from "./session.js";
import { theme } from "./theme.js";
import { CopyButton } from "./copy.js";
import { keeping } from "./keeping.js";
import { keys } from "./keys.js";
import { invited } from "./invited.js";
import { ticks } from "./ticks.js";
import { poll } from "./poll.js";
import { proof } from "./proof.js";
import { tidy } from "./kept.js";
import { Viewer } from "./viewer.js";
import { Presence } from "./presence.js";

customElements.define("aw-copy", CopyButton);
customElements.define("aw-viewer", Viewer);
customElements.define("aw-presence", Presence);

function enhance(page) {
  reveal(page);
  forms(page, enhance);
  tidy(page);
  session(page);
  theme(page);
  keeping(page);
  keys(page);
  invited(page);
  ticks(page);
  poll(page);
  proof(page);
}

enhance(document);
