// What scripts do for a citizen over good, slow and broken lines: saving, rows and files in place, answers kept while the line
// is down, uploads that go on, the end of a session. Without scripts the same things are done by sending the page.
import { createHash } from 'node:crypto';
import { writeFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Person, launch, say, settings, verdict, whereabouts } from './browser.mjs';

const browser = await launch();
const only = process.env.ONLY?.split(',');

async function part(name, play) {
  if (only && !only.includes(name)) return;
  try {
    await play();
  } catch (error) {
    say(false, name, String(error?.message ?? error), ...(await whereabouts()));
  }
  await Person.leaveAll([]);
}

// large makes a PDF of so many bytes in which every place differs.
const folder = mkdtempSync(join(tmpdir(), 'antragswerk-lines-'));
function large(name, bytes) {
  const body = Buffer.alloc(bytes);
  for (let i = 0; i < bytes; i += 4) body.writeUInt32LE((i * 2654435761) % 4294967296, Math.min(i, bytes - 4));
  body.write('%PDF-1.4\n');
  const path = join(folder, name);
  writeFileSync(path, body);
  return { path, name, digest: createHash('sha256').update(body).digest('hex') };
}

async function begin(service, lang = 'de', options = { lossy: true }) {
  const p = await Person.arrive(browser, options);
  await p.go(`/gera/${service}?lang=${lang}`);
  await p.press(lang === 'en' ? 'Start without an account' : 'Ohne Konto beginnen');
  if (settings.scripts) {
    await p.line();
    await p.page.evaluate(() => { window.sameDocument = true; });
  }
  return p;
}

const line = (p) => p.page.locator('.aw-saved');
const reads = (p, pattern, timeout) => p.page.waitForFunction((source) => new RegExp(source).test(document.querySelector('.aw-saved')?.textContent ?? ''), pattern.source, { timeout });
const unsaved = (p) => p.page.evaluate(() => Object.keys(sessionStorage).filter((k) => k.startsWith('aw:')).length);
const same = (p) => p.page.evaluate(() => window.sameDocument === true);

// A first page that is filled, up to the page of files of the general application.
async function toFiles(lang = 'de') {
  const p = await begin('allgemeiner-antrag', lang);
  const next = async () => p.leave(p.page.locator('#antrag button[name="_action"][value="next"]:not([aria-hidden])'));
  await p.tick('/anliegen/art', 'antrag').catch(() => p.page.locator('[name="/anliegen/art"]').selectOption('antrag'));
  await p.fill('/anliegen/betreff', 'Bank am Dorfteich');
  await p.fill('/anliegen/text', 'Am Dorfteich fehlt eine Bank zum Ausruhen.');
  await next();
  await p.tick('/antragsteller/art', 'person');
  await p.fill('/antragsteller/vornamen', 'Erika');
  await p.fill('/antragsteller/familienname', 'Mustermann');
  await p.fill('/antragsteller/anschrift/strasse', 'Am Teich 1');
  await p.fill('/antragsteller/anschrift/plz', '07545');
  await p.fill('/antragsteller/anschrift/ort', 'Gera');
  await next();
  if (settings.scripts) {
    await p.line();
    await p.page.evaluate(() => { window.sameDocument = true; });
  }
  return p;
}

const files = '[name="/anlagen/dateien"]';
const item = (p) => p.page.locator('.aw-uploads__item');
const stored = (p) => p.page.locator('button[value^="detach:"]');

// digestOf fetches a file as the citizen gets it back.
async function digestOf(p, name) {
  const href = await p.page.getByRole('link', { name }).getAttribute('href');
  const body = await (await p.context.request.get(href)).body();
  return createHash('sha256').update(body).digest('hex');
}

if (settings.scripts) {
  await part('saving', async () => {
    for (const [lang, words] of [['de', /^Gespeichert um \d\d:\d\d\sUhr$/], ['en', /^Saved at \d\d:\d\d$/]]) {
      const p = await begin('allgemeiner-antrag', lang);
      await p.fill('/anliegen/betreff', 'Von selbst gespeichert');
      say(await unsaved(p) === 1, `${lang}: what is not saved yet is kept by the tab`);
      await reads(p, words);
      const [, hour, minute] = (await line(p).textContent()).match(/(\d\d):(\d\d)/);
      const here = new Intl.DateTimeFormat('de-DE', { timeZone: 'Europe/Berlin', hour: '2-digit', minute: '2-digit' });
      const times = [Date.now(), Date.now() - 60_000].map((t) => here.format(new Date(t)));
      say(times.includes(`${hour}:${minute}`), `${lang}: the time is that of the clock on the wall`, `${hour}:${minute}`, ...times);
      say(await unsaved(p) === 0, `${lang}: once saved nothing is kept by the tab`);
      await p.page.reload();
      say(await p.page.locator('[name="/anliegen/betreff"]').inputValue() === 'Von selbst gespeichert', `${lang}: what was typed is saved by itself`);
      if (lang === 'de') await p.look('lines-saved');
    }
  });

  await part('rows', async () => {
    const p = await begin('baumfaellung');
    const circumference = p.page.locator('[name$="/umfang"]');
    for (let i = 0; i < 6 && (await p.page.locator('button[value^="add:/baeume"]').count()) === 0; i++) {
      await p.page.goto(p.page.url().replace(/\d+$/, (n) => Number(n) + 1));
    }
    await p.line();
    await p.page.evaluate(() => { window.sameDocument = true; });
    const add = p.page.locator('button[value="add:/baeume"]');
    const rows = () => p.page.locator('.aw-item').count();
    const before = await rows();
    if (before === 0) {
      await add.click();
      await circumference.first().waitFor();
    }
    await circumference.nth(0).fill('95');
    await add.click();
    await circumference.nth(1).waitFor();
    await p.page.waitForFunction(() => !document.querySelector('#antrag').inert);
    say(await same(p), 'a row is added in place');
    say(await circumference.nth(0).inputValue() === '95', 'what was typed stays when a row is added');
    say(await p.page.evaluate(() => document.activeElement.name?.startsWith('/baeume/1/')), 'the focus is in the new row', await p.page.evaluate(() => document.activeElement.outerHTML.slice(0, 120)));
    // What only the server can work out appears while the page stands.
    await circumference.nth(1).fill('314');
    await circumference.nth(1).blur();
    await p.page.locator('.aw-output__value', { hasText: /^\s*100\scm\s*$/ }).waitFor();
    say(await same(p), 'a calculated value appears in place');
    await p.look('lines-rows');
    await p.page.locator('button[value="remove:/baeume/0"]').click();
    await p.page.waitForFunction(() => document.querySelectorAll('[name$="/umfang"]').length === 1);
    await p.page.waitForFunction(() => !document.querySelector('#antrag').inert);
    say(await same(p) && await circumference.first().inputValue() === '314', 'a row is removed in place, the other moves up', await circumference.first().inputValue());
    say(await p.page.evaluate(() => document.activeElement.matches('section.aw-list')), 'the focus is on the list then');
    await p.page.reload();
    say(await circumference.count() === 1 && await circumference.first().inputValue() === '314', 'the server holds the same rows');
    // The line breaks when a button is pressed: nothing is lost, and it works when the line is back.
    await p.line({ offline: true });
    await circumference.first().fill('200');
    await add.click();
    await reads(p, /Keine Verbindung/);
    say(await circumference.count() === 1 && await circumference.first().inputValue() === '200', 'a row that cannot be added loses nothing');
    await p.line();
    await reads(p, /Gespeichert/);
    await add.click();
    await circumference.nth(1).waitFor();
    say(await circumference.first().inputValue() === '200', 'the row comes when the line is back');
  });

  await part('offline', async () => {
    const p = await begin('allgemeiner-antrag');
    const subject = p.page.locator('[name="/anliegen/betreff"]');
    const text = p.page.locator('[name="/anliegen/text"]');
    await p.tick('/anliegen/art', 'antrag').catch(() => p.page.locator('[name="/anliegen/art"]').selectOption('antrag'));
    await subject.fill('Vor der Unterbrechung');
    await reads(p, /Gespeichert/);
    await p.line({ offline: true });
    await text.fill('Im Tunnel getippt, Buchstabe für Buchstabe: äöüß €.');
    await reads(p, /Keine Verbindung.*Noch nicht gespeichert/);
    await p.look('lines-offline');
    const next = p.page.getByRole('button', { name: 'Speichern und weiter', exact: true }).first();
    await next.click();
    await reads(p, /Keine Verbindung/);
    say(await same(p) && await text.inputValue() === 'Im Tunnel getippt, Buchstabe für Buchstabe: äöüß €.', 'sending while the line is down leaves the page as it is');
    say(await unsaved(p) === 1, 'what is not saved is kept by the tab while the line is down');
    await text.pressSequentially(' Und mehr.');
    await p.line();
    await reads(p, /Gespeichert um/);
    say(await unsaved(p) === 0, 'when the line is back it is saved by itself, and kept no longer');
    // The tab is reloaded while the line is down: the browser shows its own page, and the letters are there when it is back.
    await p.line({ offline: true });
    await subject.fill('Nach dem Neuladen noch da');
    await text.fill('Alles, auch dies.');
    p.page.once('dialog', (d) => d.accept());
    await p.page.reload().catch(() => {});
    await p.line();
    await p.page.reload();
    say(await subject.inputValue() === 'Nach dem Neuladen noch da' && await text.inputValue() === 'Alles, auch dies.', 'what was typed off line outlives a reload');
    await reads(p, /Gespeichert um/);
    say(await unsaved(p) === 0, 'and is saved then');
    await p.page.reload();
    say(await subject.inputValue() === 'Nach dem Neuladen noch da', 'the server has it');
    // Half an hour later nothing of it is given back: somebody else may sit here.
    const left = (minutes, value) => p.page.evaluate(([at, typed]) => {
      const entries = [...new FormData(document.querySelector('#antrag'))].filter(([name]) => name !== '_csrf').map(([name, v]) => [name, name === '/anliegen/betreff' ? typed : v]);
      sessionStorage.setItem(`aw:unsaved:${location.pathname}`, JSON.stringify({ at, entries }));
      sessionStorage.setItem('aw:unsaved:/elsewhere', JSON.stringify({ at, entries }));
    }, [Date.now() - minutes * 60_000, value]);
    await left(31, 'Zu alt');
    await p.page.reload();
    await p.page.waitForTimeout(300);
    say(await subject.inputValue() === 'Nach dem Neuladen noch da' && await unsaved(p) === 0, 'after half an hour the tab has forgotten', await subject.inputValue());
    await left(29, 'Noch jung');
    await p.page.reload();
    await p.page.waitForFunction(() => document.querySelector('[name="/anliegen/betreff"]').value === 'Noch jung');
    await reads(p, /Gespeichert um/);
    say(await unsaved(p) === 1, 'and before that it has not');
    await p.page.evaluate(() => sessionStorage.clear());
    // A server that answers nonsense or an error is no server that has saved.
    await p.page.route('**/apply/**', (route) => (route.request().method() === 'POST' ? route.fulfill({ status: 503, body: 'gone' }) : route.continue()));
    await subject.fill('Gegen eine Störung');
    await reads(p, /Keine Verbindung/);
    say(await unsaved(p) === 1, 'an error of the server keeps what was typed');
    await p.page.unroute('**/apply/**');
    await reads(p, /Gespeichert um/);
  });

  await part('conditions', async () => {
    const p = await begin('hundesteuer-anmeldung');
    await p.tick('/halter/art', 'organisation');
    await p.page.locator('[name="/halter/bezeichnung"]').waitFor({ state: 'visible' });
    await p.fill('/halter/bezeichnung', 'Tierheim Gera e. V.');
    await reads(p, /Gespeichert/);
    await p.page.reload();
    say(await p.page.locator('[name="/halter/bezeichnung"]').inputValue() === 'Tierheim Gera e. V.', 'a question that appeared is saved by itself');
    await p.line({ offline: true });
    await p.tick('/halter/art', 'person');
    await p.fill('/halter/familienname', 'Ohne Leitung');
    p.page.once('dialog', (d) => d.accept());
    await p.page.reload().catch(() => {});
    await p.line();
    await p.page.reload();
    say(await p.page.locator('[name="/halter/familienname"]').inputValue() === 'Ohne Leitung', 'answers to a question that appeared off line come back with it');
    await reads(p, /Gespeichert/);
  });

  await part('two windows', async () => {
    const p = await begin('allgemeiner-antrag');
    const subject = '[name="/anliegen/betreff"]';
    await p.page.locator(subject).fill('Am Anfang');
    await reads(p, /Gespeichert/);
    await p.page.reload();
    const other = await p.context.newPage();
    await other.goto(p.page.url());
    await other.locator(subject).fill('Im anderen Fenster');
    await other.waitForFunction(() => /Gespeichert/.test(document.querySelector('.aw-saved').textContent) && !sessionStorage.length);
    await p.page.locator(subject).fill('In diesem Fenster');
    await reads(p, /an anderer Stelle anders beantwortet/);
    say(await unsaved(p) === 1, 'what others answered differently is not written over in passing, and stays with the tab');
    await p.look('lines-clash');
    await p.press('Zwischenspeichern');
    say((await p.page.content()).includes('Im anderen Fenster') && await p.page.locator(subject).inputValue() === 'In diesem Fenster', 'saving it oneself shows both');
    await p.press('Zwischenspeichern');
    await other.reload();
    say(await other.locator(subject).inputValue() === 'In diesem Fenster', 'and the second time decides', await other.locator(subject).inputValue());
  });

  await part('upload', async () => {
    const p = await toFiles();
    const scan = large('Gutachten.pdf', 6_000_000);
    await p.line({ up: 900_000 });
    await p.page.locator(files).setInputFiles(scan.path);
    await p.page.waitForFunction(() => /[1-9]\d? % hochgeladen/.test(document.querySelector('.aw-uploads__item [data-state]')?.textContent ?? ''));
    await p.look('lines-upload');
    await item(p).getByRole('button', { name: /Anhalten/ }).click();
    const paused = await item(p).locator('[data-state]').textContent();
    say(/Angehalten bei \d+ %/.test(paused), 'an upload is paused', paused);
    say(await p.page.evaluate(() => document.activeElement.matches('[data-resume]')), 'the button to go on has the focus');
    await p.look('lines-upload-paused');
    // Going on to the next page would leave it behind.
    await p.page.getByRole('button', { name: 'Speichern und weiter', exact: true }).first().click();
    await reads(p, /noch nicht fertig hochgeladen/);
    await item(p).getByRole('button', { name: /Fortsetzen/ }).click();
    await p.page.waitForFunction(() => /hochgeladen/.test(document.querySelector('.aw-uploads__item [data-state]').textContent));
    // The line breaks, for longer than the quick tries take.
    await p.line({ offline: true });
    await p.page.waitForFunction(() => /Keine Verbindung/.test(document.querySelector('.aw-uploads__item [data-state]')?.textContent ?? ''));
    await p.look('lines-upload-waiting');
    await p.line();
    await stored(p).first().waitFor();
    say(await same(p) && await item(p).count() === 0, 'the upload goes on when the line is back, and the file is listed in place');
    say((await digestOf(p, 'Gutachten.pdf')) === scan.digest, 'it is the same file, byte for byte');
    say(/Gutachten\.pdf ist hochgeladen/.test(await line(p).textContent()), 'and it is said', await line(p).textContent());
    await p.look('lines-upload-done');
    // Another one, in pieces while the person goes on: the page is sent when the file is there.
    await p.line({ up: 2_000_000 });
    const photo = large('Zweites.pdf', 3_000_000);
    await p.page.locator(files).setInputFiles(photo.path);
    await item(p).first().waitFor();
    await p.press('Speichern und weiter');
    say(p.page.url().endsWith('/check') && (await p.page.getByText('Zweites.pdf').count()) > 0, 'a page that is sent waits for its file', p.page.url());
    say(await p.page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]).includes('.pdf')) === false, 'no name of a file stays in the browser');
  });

  await part('upload over a reload', async () => {
    const p = await toFiles();
    const scan = large('Nachweis nach dem Neuladen.pdf', 9_000_000);
    await p.line({ up: 1_500_000 });
    const sent = [];
    p.page.on('request', (r) => r.method() === 'PATCH' && sent.push(Number(r.headers()['upload-offset'])));
    await p.page.locator(files).setInputFiles(scan.path);
    await p.page.waitForFunction(() => /([5-9]\d) % hochgeladen/.test(document.querySelector('.aw-uploads__item [data-state]')?.textContent ?? ''));
    sent.length = 0;
    await p.page.reload();
    await p.line({ up: 1_500_000 });
    await item(p).first().waitFor();
    const left = await item(p).locator('[data-state]').textContent();
    say(/[1-9]\d* % sind schon da/.test(left), 'after a reload the page says how much is there', left);
    await p.look('lines-upload-left');
    await p.page.locator(files).setInputFiles(scan.path);
    await stored(p).first().waitFor();
    say(sent.length > 0 && Math.min(...sent) > 0, 'the same file goes on from there', ...sent);
    say((await digestOf(p, scan.name)) === scan.digest, 'the file of two visits is the same, byte for byte');
    // Another device: a stranger to this browser's memory, with the code.
    await p.line({ up: 400_000 });
    await p.page.locator(files).setInputFiles(large('Verworfen.pdf', 5_000_000).path);
    await p.page.waitForFunction(() => /[1-9]\d* % hochgeladen/.test(document.querySelector('.aw-uploads__item [data-state]')?.textContent ?? ''));
    await item(p).getByRole('button', { name: /Verwerfen/ }).click();
    say(await item(p).count() === 0, 'an upload is discarded');
    await p.line();
    await p.page.waitForTimeout(500 + 4 * settings.latency);
    await p.page.reload();
    await p.page.waitForTimeout(300 + 4 * settings.latency);
    say(await item(p).count() === 0 && await stored(p).count() === 1, 'and does not come back');
  });

  await part('correction', async () => {
    const p = await toFiles();
    await p.press('Speichern und weiter');
    await p.page.locator('[name="_declaration"]').check();
    await p.leave(p.page.locator('main form button[type="submit"]', { hasText: 'absenden' }).first());
    const dossier = p.page.url().match(/apply\/([^/]+)/)[1];
    const clerk = await Person.arrive(browser);
    await clerk.go('/desk/gera');
    await clerk.logIn('clerk-gera');
    await clerk.page.getByRole('link', { name: /^ALLG-/ }).first().click();
    await clerk.follow('Nachfordern');
    await clerk.tick('fields', '/anlagen/dateien');
    await clerk.tick('fields', '/anliegen/betreff');
    await clerk.fill('text', 'Bitte reichen Sie das Gutachten nach.');
    await clerk.press('Nachforderung senden');
    await p.go(`/me/${dossier}/correct`);
    await p.line({ up: 900_000 });
    await p.page.evaluate(() => { window.sameDocument = true; });
    await p.fill('/anliegen/betreff', 'Zwei Bänke am Dorfteich');
    const scan = large('Nachgereicht.pdf', 6_000_000);
    await p.page.locator(files).setInputFiles(scan.path);
    await p.page.waitForFunction(() => /[1-9]\d? % hochgeladen/.test(document.querySelector('.aw-uploads__item [data-state]')?.textContent ?? ''));
    await p.look('lines-correction');
    await item(p).getByRole('button', { name: /Anhalten/ }).click();
    await p.page.getByRole('button', { name: 'Ergänzung absenden', exact: true }).click();
    await reads(p, /noch nicht fertig hochgeladen/);
    await item(p).getByRole('button', { name: /Fortsetzen/ }).click();
    await p.line({ offline: true });
    await p.page.waitForFunction(() => /Keine Verbindung/.test(document.querySelector('.aw-uploads__item [data-state]')?.textContent ?? ''));
    await p.line();
    await stored(p).first().waitFor();
    say(await same(p) && await item(p).count() === 0, 'a file for a correction goes on when the line is back, and is listed in place');
    say(await p.page.locator('[name="/anliegen/betreff"]').inputValue() === 'Zwei Bänke am Dorfteich', 'what was typed stands');
    say((await digestOf(p, scan.name)) === scan.digest, 'the corrected file is the same, byte for byte');
    say(await p.page.locator('input[name="_steps"][value^="attach:urn:uuid:"]').count() === 1, 'the page says when the file came');
    await p.look('lines-correction-done');
    const second = large('Nach dem Neuladen.pdf', 9_000_000);
    await p.line({ up: 1_500_000 });
    const sent = [];
    p.page.on('request', (r) => r.method() === 'PATCH' && sent.push(Number(r.headers()['upload-offset'])));
    await p.page.locator(files).setInputFiles(second.path);
    await p.page.waitForFunction(() => /([5-9]\d) % hochgeladen/.test(document.querySelector('.aw-uploads__item [data-state]')?.textContent ?? ''));
    sent.length = 0;
    await p.page.reload();
    await p.line({ up: 1_500_000 });
    await item(p).first().waitFor();
    say(/[1-9]\d* % sind schon da/.test(await item(p).locator('[data-state]').textContent()), 'after a reload the correction says how much is there');
    await p.page.locator(files).setInputFiles(second.path);
    await p.press('Ergänzung absenden');
    say(sent.length > 0 && Math.min(...sent) > 0, 'the same file goes on from there', ...sent);
    await clerk.page.reload();
    const told = await clerk.page.content();
    say(told.includes(scan.name) && told.includes(second.name), 'the answer is sent with both files');
  });

  await part('refused files', async () => {
    const p = await toFiles('en');
    await p.page.locator(files).setInputFiles({ name: 'programm.pdf', mimeType: 'application/pdf', buffer: Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200_000)]) });
    await p.page.waitForFunction(() => /PDF, JPG, PNG/.test(document.querySelector('.aw-uploads__item [data-state]')?.textContent ?? ''));
    await p.look('lines-upload-refused');
    await item(p).getByRole('button', { name: /Discard/ }).click();
    await p.page.locator(files).setInputFiles(large('zu gross.pdf', 11_000_000).path);
    await p.page.waitForFunction(() => /too large|10 MB/.test(document.querySelector('.aw-uploads__item [data-state]')?.textContent ?? ''));
    say(await same(p), 'refused files leave the page as it is');
    // Without the uploader the file goes up with its form.
    await p.page.reload();
    await p.page.route('**/static/upload.*.js', (route) => route.abort());
    const small = large('mit dem Formular.pdf', 90_000);
    await p.page.locator(files).setInputFiles(small.path);
    await p.press('Save and continue');
    say(p.page.url().endsWith('/check') && (await p.page.getByText(small.name).count()) > 0, 'without the uploader the file goes with the form', p.page.url());
  });

  await part('session', async () => {
    const p = await Person.arrive(browser, { lossy: true });
    await p.go('/auth/citizen/login?return=/gera/allgemeiner-antrag');
    await p.logIn('citizen-high');
    await p.press('Antrag beginnen');
    await p.page.clock.install();
    await p.page.reload();
    const dialog = p.page.locator('#sitzung');
    const until = (minutes) => p.page.clock.fastForward(minutes * 60_000);
    await until(29);
    await p.page.waitForTimeout(500 + 4 * settings.latency);
    say(!(await dialog.isVisible()), 'nobody is warned while the session lasts, whatever this page has counted');
    let left = '100';
    await p.page.route('**/auth/citizen/left', (route) => (left === '0' ? route.fulfill({ status: 401 }) : route.fulfill({ status: 204, headers: { 'X-Session-Seconds': left } })));
    await until(29);
    await dialog.waitFor({ state: 'visible' });
    say(/endet die Sitzung um \d\d:\d\d Uhr/.test(await dialog.textContent()), 'the warning says when', (await dialog.textContent()).trim());
    await p.look('lines-session');
    await dialog.getByRole('button', { name: 'Sitzung verlängern' }).click();
    await dialog.waitFor({ state: 'hidden' });
    say(true, 'the session is extended');
    left = '0';
    await until(29);
    await dialog.waitFor({ state: 'visible' });
    say(/Die Sitzung ist beendet/.test(await dialog.textContent()) && await dialog.getByRole('link', { name: 'Wieder anmelden' }).isVisible(), 'at its end the way back is offered');
    await p.look('lines-session-over');
    await p.page.unroute('**/auth/citizen/left');
    await p.leave(dialog.getByRole('link', { name: 'Wieder anmelden' }));
    await p.logIn('citizen-high');
    say(/\/apply\//.test(p.page.url()), 'and leads to the same page', p.page.url());
    // What was typed after the log-in had ended is kept, and said to be; logging out leaves nothing in the tab.
    await p.page.clock.resume();
    await p.page.locator('[name="/anliegen/betreff"]').fill('Gleich abgemeldet');
    p.page.on('dialog', (d) => d.accept());
    await p.leave(p.page.getByRole('button', { name: 'Abmelden', exact: true }));
    say(await unsaved(p) === 0, 'after logging out the tab keeps nothing');
  });
} else {
  await part('without scripts', async () => {
    const p = await toFiles();
    const scan = large('Ohne Skripte.pdf', 2_000_000);
    await p.page.locator(files).setInputFiles(scan.path);
    await p.press('Hochladen', { exact: false });
    say(await stored(p).count() === 1 && (await digestOf(p, scan.name)) === scan.digest, 'a file goes up with the page');
    await p.look('plain-upload');
    await p.page.locator(files).setInputFiles({ name: 'programm.pdf', mimeType: 'application/pdf', buffer: Buffer.from('MZ no document') });
    await p.press('Speichern und weiter');
    say((await p.page.title()).startsWith('Fehler: '), 'a refused file is told on the page');
    await p.press('Zwischenspeichern');
    say(/Gespeichert um \d\d:\d\d\sUhr/.test(await p.page.locator('[data-saved-at]').textContent()), 'the page says when it was saved');
    const q = await begin('baumfaellung');
    for (let i = 0; i < 6 && (await q.page.locator('button[value^="add:/baeume"]').count()) === 0; i++) await q.go(q.page.url().replace(/\d+$/, (n) => Number(n) + 1));
    const rows = () => q.page.locator('[name$="/umfang"]');
    while ((await rows().count()) < 2) await q.leave(q.page.locator('button[value="add:/baeume"]'));
    await rows().nth(1).fill('314');
    await q.leave(q.page.locator('button[value="remove:/baeume/0"]'));
    say(await rows().count() === 1 && await rows().first().inputValue() === '314', 'rows come and go by sending the page');
    await q.look('plain-rows');
  });
}

await browser.close();
process.exit(verdict());
