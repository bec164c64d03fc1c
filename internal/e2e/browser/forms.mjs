// Looks at pages that were kept from the platform: each is shown once, at 320 px, and asked everything in one go.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { HtmlValidate } from 'html-validate';
import { launch, say, settings, verdict } from './browser.mjs';
import { contrast, looksMeasured } from './contrast.mjs';
import { look, mirrored, still } from './looks.mjs';

const require = createRequire(import.meta.url);
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const shots = JSON.parse(readFileSync(process.env.SHOTS, 'utf8'));

const validator = new HtmlValidate({
  root: true,
  extends: ['html-validate:recommended', 'html-validate:a11y'],
  rules: {
    'attribute-boolean-style': 'off', // templ writes them its own way
    'doctype-style': 'off',
    'form-dup-name': ['error', { shared: ['radio', 'checkbox', 'button', 'reset', 'submit'] }],
    'long-title': 'off', // the service's and the authority's name must be whole
    'no-trailing-whitespace': 'off',
    'prefer-native-element': 'off', // role="status" has no element of its own
    'void-style': 'off', // likewise
  },
});

const spent = { show: 0, axe: 0, contrast: 0, looks: 0, validate: 0 };
async function timed(what, work) {
  const begun = performance.now();
  try {
    return await work();
  } finally {
    spent[what] += performance.now() - begun;
  }
}

const browser = await launch();
const context = await browser.newContext({ viewport: { width: settings.width, height: 900 }, locale: 'de-DE', reducedMotion: 'reduce' });
const page = await context.newPage();
page.on('pageerror', (error) => say(false, 'script', page.url(), String(error)));
page.on('console', (message) => {
  const at = message.location().url;
  // A kept page lacks the cookies of its draft: what a script asks below the draft's address may fail.
  if (message.type() === 'error' && !(message.text().startsWith('Failed to load resource') && at.includes('/apply/'))) say(false, 'console', page.url(), message.text(), at);
});

// Contrast is measured apart, by the look of a text: it costs more than all other rules together.
const rules = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], rules: { 'color-contrast': { enabled: false } } };

let current;
const turned = new Set();
await page.route((url) => url.searchParams.has('shot'), (route) => route.fulfill({
  body: readFileSync(current.File), contentType: 'text/html; charset=utf-8', headers: { 'content-security-policy': current.Policy },
}));

// A kept page lacks the cookies of its draft; what its script asks about uploads is answered as for a draft without any.
await page.route((url) => url.pathname.endsWith('/upload'), (route) => route.fulfill({ json: [] }));

for (const [n, shot] of shots.entries()) {
  current = shot;
  const faults = [];
  const address = new URL(shot.URL);
  address.searchParams.set('shot', n);
  await timed('show', () => page.goto(address.href, { waitUntil: 'load' }));
  await still(page);
  await timed('axe', async () => {
    await page.evaluate(axeSource);
    const found = await page.evaluate((rules) => globalThis.axe.run(document, { resultTypes: ['violations'], ...rules }), rules);
    faults.push(...found.violations.map((v) => `axe ${v.id}: ${v.nodes.slice(0, 3).map((x) => x.target.join(' ')).join(', ')}`));
  });
  await timed('contrast', async () => faults.push(...await contrast(page)));
  // Right to left: one page with problems of each form, and its last but one.
  const kind = shot.Name.replace(/ \d+ /, ' ');
  if (/ (nonsense|check)$/.test(kind) && !turned.has(kind)) await timed('looks', async () => faults.push(...await mirrored(page)));
  turned.add(kind);
  await timed('looks', async () => faults.push(...await look(page, shot)));
  await timed('validate', async () => {
    const report = await validator.validateString(readFileSync(shot.File, 'utf8'));
    faults.push(...report.results.flatMap((r) => r.messages).slice(0, 5).map((m) => `html ${m.ruleId}: ${m.message} at line ${m.line}:${m.column} ${m.selector ?? ''}`));
  });
  say(faults.length === 0, shot.Name, ...faults);
}
say(looksMeasured() > 20, `contrast of ${looksMeasured()} looks of text`);
say(true, `time: ${Object.entries(spent).map(([k, ms]) => `${k} ${(ms / 1000).toFixed(1)} s`).join(', ')}`);

await browser.close();
process.exit(verdict());
