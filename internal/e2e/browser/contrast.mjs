// Contrast is looked at on every page, in both themes, but each look of a text once: axe measures an element only when no
// earlier one had the same colour, size and weight on the same layers of ground. A whole page costs axe more than all other rules.
const measured = new Set();

// contrast finds texts of the open page that are too pale, in the light and in the dark theme.
export async function contrast(page) {
  const faults = [];
  for (const theme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: theme });
    const looks = await page.evaluate(textLooks);
    const fresh = looks.filter((look) => !measured.has(`${theme} ${look}`));
    if (fresh.length === 0) continue;
    for (const look of fresh) measured.add(`${theme} ${look}`);
    const found = await page.evaluate(async (wanted) => {
      const include = wanted.map((look) => globalThis.textOfLook.get(look));
      const result = await globalThis.axe.run({ include }, { resultTypes: ['violations'], runOnly: { type: 'rule', values: ['color-contrast'] } });
      return result.violations.flatMap((v) => v.nodes).slice(0, 3).map((n) => `${n.target.join(' ')} (${n.any[0]?.message ?? ''})`);
    }, fresh);
    faults.push(...found.map((f) => `axe color-contrast, ${theme}: ${f}`));
  }
  await page.emulateMedia({ colorScheme: 'light' });
  return faults;
}

// looksMeasured is how many looks of a text there were, in both themes.
export const looksMeasured = () => measured.size;

// textLooks runs in the page: it gives each visible text its look, and keeps one element for each.
function textLooks() {
  const kept = (globalThis.textOfLook = new Map());
  const grounds = new Map(); // of an element: what lies behind its text, down to the first layer that hides the rest
  const ground = (e) => {
    if (!e) return '';
    let known = grounds.get(e);
    if (known === undefined) {
      const s = getComputedStyle(e);
      const own = [s.backgroundColor, s.backgroundImage, s.opacity, s.filter, s.mixBlendMode].join(',');
      const solid = /^rgb\(/.test(s.backgroundColor) && s.opacity === '1';
      known = solid ? own : `${own}|${ground(e.parentElement)}`;
      grounds.set(e, known);
    }
    return known;
  };
  for (const e of document.querySelectorAll('body *')) {
    const says = e.matches('input:not([type="hidden"]), select, textarea') || [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!says || !e.checkVisibility({ visibilityProperty: true })) continue;
    const s = getComputedStyle(e);
    const look = [e.matches(':disabled, [aria-disabled="true"]'), s.color, s.fontSize, s.fontWeight, s.textShadow, s.position, ground(e)].join(';');
    if (!kept.has(look)) kept.set(look, e);
  }
  return [...kept.keys()];
}
