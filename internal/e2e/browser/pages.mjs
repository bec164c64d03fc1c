// Every page of every shipped form, empty and with answers, in German and in English, as the binary renders it: axe and
// html-validate find no fault in it, and it fits 320 px. Journeys see some of these pages on their way; this sees all.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { HtmlValidate } from 'html-validate';
import { launch, say, settings, verdict } from './browser.mjs';

const run = promisify(execFile);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const forms = join(import.meta.dirname, '..', '..', '..', 'forms');
const dir = mkdtempSync(join(tmpdir(), 'antragswerk-pages-'));

// Matters of taste are off; ticks of one question share their name, which is what a list of answers is.
const validator = new HtmlValidate({
  extends: ['html-validate:recommended', 'html-validate:a11y'],
  rules: {
    'attribute-boolean-style': 'off', 'doctype-style': 'off', 'long-title': 'off', 'no-trailing-whitespace': 'off', 'void-style': 'off',
    'form-dup-name': ['error', { shared: ['radio', 'checkbox', 'submit', 'button'] }],
  },
});

const read = (file) => JSON.parse(readFileSync(file, 'utf8'));

// The samples that are whole applications, at most two, and none: a page as it is first seen.
function scenes(form) {
  const all = readdirSync(join(forms, form, 'samples')).map((file) => ({ name: file, ...read(join(forms, form, 'samples', file)) }));
  return [{ name: 'empty', lang: 'en' }, ...all.filter((s) => s.expect === 'valid').slice(0, 2).map((s, i) => ({ ...s, lang: i % 2 ? 'en' : 'de' }))];
}

// render gives the page's HTML, or nothing when the answers do not lead to the page.
async function render(form, scene, page) {
  const args = ['forms', 'render', join(forms, form), '--page', String(page), '--lang', scene.lang];
  if (scene.answers) {
    const file = join(dir, `${form}.json`);
    writeFileSync(file, JSON.stringify(scene.answers));
    args.push('--data', file);
  }
  try {
    return (await run(process.env.BINARY, args, { maxBuffer: 1 << 26 })).stdout;
  } catch (error) {
    if (String(error.stderr).includes('do not lead to page')) return undefined;
    throw error;
  }
}

async function faultsOf(page, html, css) {
  const report = await validator.validateString(html);
  const faults = report.results.flatMap((r) => r.messages).filter((m) => m.severity === 2).map((m) => `${m.ruleId}: ${m.message} (${m.selector})`);
  await page.setContent(html.replace('</head>', () => `<style>${css}</style></head>`));
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  faults.push(...violations.map((v) => `${v.id}: ${v.nodes[0].html.slice(0, 200)}`));
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  if (width > settings.width) faults.push(`${width} px wide`);
  return faults;
}

const browser = await launch();
try {
  const front = await (await fetch(settings.base)).text();
  const css = await (await fetch(new URL(front.match(/<link rel="stylesheet" href="([^"]+)"/)[1], settings.base))).text();
  const page = await browser.newPage({ viewport: { width: settings.width, height: 900 } });
  for (const form of readdirSync(forms).filter((name) => name !== 'regions' && !name.includes('.'))) {
    const pages = read(join(forms, form, 'ui.json')).elements.length;
    let seen = 0;
    const faults = new Set();
    for (const scene of scenes(form)) {
      for (let n = 1; n <= pages; n++) {
        const html = await render(form, scene, n);
        if (html === undefined) continue;
        seen++;
        for (const fault of await faultsOf(page, html, css)) faults.add(`page ${n} of ${scene.name}: ${fault}`);
      }
    }
    say(faults.size === 0 && seen >= pages, `pages of ${form}`, `${seen} pages`, ...faults);
  }
} finally {
  await browser.close();
  rmSync(dir, { recursive: true });
}
process.exitCode = verdict();
