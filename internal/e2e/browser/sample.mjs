// Fills a form from a sample that is shipped with it, as a person does who answers what is asked.
import { readFileSync, writeFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { settings } from './browser.mjs';

const forms = join(import.meta.dirname, '..', '..', '..', 'forms');
const pdf = join(mkdtempSync(join(tmpdir(), 'antragswerk-browser-')), 'Nachweis.pdf');
writeFileSync(pdf, '%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n');
export const proof = pdf;

// at is the answer at a JSON Pointer, undefined without one.
function at(answers, pointer) {
  return pointer.split('/').slice(1).reduce((here, key) => (here == null ? undefined : here[key]), answers);
}

// typed is what a person types for an input's name.
function typed(answers, name) {
  const part = name.match(/^(.*)\/(day|month|year)$/);
  if (part && typeof at(answers, part[1]) === 'string') {
    return at(answers, part[1]).split('-')[{ year: 0, month: 1, day: 2 }[part[2]]].replace(/^0/, '');
  }
  const value = at(answers, name);
  return typeof value === 'number' ? String(value).replace('.', ',') : value;
}

// complete goes through all pages; each new page is given to the function before it is filled.
export async function complete(person, service, name, onPage) {
  const { answers } = JSON.parse(readFileSync(join(forms, service, 'samples', `${name}.json`), 'utf8'));
  const shown = new Set();
  for (let steps = 0; steps < 80; steps++) {
    const path = new URL(person.page.url()).pathname;
    if (path.endsWith('/check')) return;
    if (!shown.has(path)) {
      shown.add(path);
      await onPage?.(path.split('/').pop());
    }
    if (await act(person, answers)) continue;
    await person.leave(person.page.locator('#antrag button[name="_action"][value="next"]:not([aria-hidden])'));
  }
  throw new Error(`the sample ${name} does not come to an end: ${person.page.url()}`);
}

// act fills what is there and presses one button that brings up more; false when there is none to press.
async function act(person, answers) {
  const { page } = person;
  const done = new Set();
  // An answer may bring up further questions at once where scripts run: look again until nothing is new.
  for (let more = true; more;) {
    more = false;
    for (const control of await controls(page)) {
      const key = `${control.name} ${control.kind === 'radio' || control.kind === 'checkbox' ? control.value : ''}`;
      if (done.has(key)) continue;
      done.add(key);
      more = (await enter(page, control, typed(answers, control.name))) || more;
    }
    more = more && settings.scripts;
  }
  return grow(person, answers);
}

function controls(page) {
  return page.evaluate(() => [...document.querySelectorAll('#antrag input, #antrag select, #antrag textarea')]
    .filter((e) => e.name.startsWith('/') && !e.matches(':disabled') && !e.readOnly && e.type !== 'file' && e.checkVisibility())
    .map((e) => ({ id: e.id, name: e.name, kind: e.type, value: e.value })));
}

async function enter(page, control, value) {
  if (value === undefined) return false;
  const field = page.locator(`[id="${control.id}"]`);
  switch (control.kind) {
    case 'radio':
      if (control.value !== String(value)) return false;
      await field.check();
      return true;
    case 'checkbox':
      await field.setChecked(Array.isArray(value) ? value.includes(control.value) : String(value) === control.value);
      return true;
    case 'select-one':
      await field.selectOption(String(value));
      return true;
    default:
      await field.fill(String(value));
      return true;
  }
}

async function grow(person, answers) {
  const { page } = person;
  const { adds, files } = await page.evaluate(() => {
    const form = document.querySelector('#antrag');
    const buttons = [...form.querySelectorAll('button[name="_action"]')].filter((b) => b.checkVisibility());
    return {
      adds: buttons.filter((b) => b.value.startsWith('add:')).map((b) => {
        const list = b.value.slice(4);
        const rows = new Set([...form.elements].filter((e) => e.name.startsWith(`${list}/`)).map((e) => e.name.slice(list.length + 1).split('/')[0]));
        return { list, rows: rows.size };
      }),
      files: [...form.querySelectorAll('input[type="file"]')].filter((e) => !e.matches(':disabled') && e.checkVisibility()).map((e) => ({
        name: e.name, have: buttons.filter((b) => b.value.startsWith(`detach:${e.name}#`)).length,
      })),
    };
  });
  for (const { list, rows } of adds) {
    if ((at(answers, list) ?? []).length > rows) {
      const add = page.locator(`button[value="add:${list}"]`);
      if (!settings.scripts) await person.leave(add);
      else { // the row comes in place
        await add.click();
        await page.waitForFunction(([name, n]) => {
          const found = new Set([...document.querySelector('#antrag').elements].filter((e) => e.name.startsWith(`${name}/`)).map((e) => e.name.slice(name.length + 1).split('/')[0]));
          return found.size > n && !document.querySelector('#antrag').inert;
        }, [list, rows]);
      }
      return true;
    }
  }
  for (const { name, have } of files) {
    const value = at(answers, name);
    const want = Array.isArray(value) ? value.length : value === undefined ? 0 : 1;
    if (have < want) {
      await page.locator(`input[type="file"][name="${name}"]`).setInputFiles(pdf);
      if (!settings.scripts) await person.leave(page.locator(`button[value="upload:${name}"]`));
      else await page.waitForFunction(([field, n]) => [...document.querySelectorAll('button')].filter((b) => b.value.startsWith(`detach:${field}#`)).length > n, [name, have]);
      return true;
    }
  }
  return false;
}
