// The six points of the main job in Chromium: with scripts or without, narrow or wide. One line of output per check.
import { Person, launch, say, settings, verdict, whereabouts } from './browser.mjs';
import { complete, proof } from './sample.mjs';
import { weigh } from './weight.mjs';

const browser = await launch();
const journey = {};

// An earlier part that failed takes those with it that go on where it ended.
async function part(name, play, needs = []) {
  if (needs.some((n) => !journey[n])) {
    say(false, name, 'the part before did not get so far');
    return;
  }
  try {
    await play();
    say(true, name);
  } catch (error) {
    say(false, name, error.stack, ...(await whereabouts()));
  }
  await Person.leaveAll(['apply', 'scripts', 'a refused upload'].includes(name) ? [journey.citizen] : []);
}

await part('portal', async () => {
  const p = await Person.arrive(browser);
  for (const [name, path] of [
    ['portal', '/'], ['portal-hits', '/?q=Hund&ort=Jena'], ['portal-places', '/?q=Hund&ort=El'], ['portal-zip', '/?q=Hund&ort=99999'], ['portal-nothing', '/?q=Raumschiff'],
    ['start', '/jena'], ['start-vg', '/vg-hanstein-rusteberg'], ['service', '/jena/hundesteuer-anmeldung'], ['service-login', '/jena/bewohnerparkausweis'],
    ['service-elsewhere', '/bornhagen/hundesteuer-anmeldung'], ['imprint', '/jena/imprint'], ['privacy', '/jena/privacy'], ['service-privacy', '/jena/hundesteuer-anmeldung/privacy'],
    ['accessibility', '/jena/accessibility'], ['feedback', '/jena/feedback'], ['not-found', '/jena/gibt/es/nicht'], ['me-empty', '/me'],
  ]) {
    await p.go(path);
    await p.look(name);
  }
  await p.go('/');
  await p.fill('q', 'Hund anmelden');
  await p.fill('ort', 'Jena');
  await p.press('Amt und Dienst finden');
  await p.follow('Hundesteuer anmelden');
  say(p.page.url().includes('/jena/hundesteuer-anmeldung'), 'the search leads to the office');
});

await part('apply', async () => {
  const p = await Person.arrive(browser);
  await p.go('/jena/hundesteuer-anmeldung');
  await p.press('Ohne Konto beginnen');
  await p.look('form-1');
  await p.press('Speichern und weiter');
  await p.look('form-1-problems');
  say((await p.page.title()).startsWith('Fehler: '), 'the title says that there are problems');
  await complete(p, 'hundesteuer-anmeldung', 'gueltig-alles', async (n) => { if (n !== '1') await p.look(`form-${n}-empty`); });
  await p.look('check');
  await p.press('Antrag verbindlich absenden');
  await p.look('check-problems');
  await p.tick('_declaration', 'yes');
  await p.press('Antrag verbindlich absenden');
  await p.look('receipt');
  journey.number = await p.page.locator('[data-file-number]').getAttribute('data-file-number');
  say(Boolean(journey.number), 'the receipt shows a file number');
  await p.follow('Stand ansehen');
  await p.look('my-case');
  journey.citizen = p;
  journey.case = p.page.url();
  await p.go('/me');
  await p.look('me');
});

if (settings.scripts) {
  await part('scripts', async () => {
    const p = await Person.arrive(browser);
    await p.go('/jena/hundesteuer-anmeldung');
    await p.press('Ohne Konto beginnen');
    await p.page.locator('[name="/halter/vornamen"]').fill('Von selbst gespeichert');
    await p.page.locator('[name="/halter/familienname"]').focus();
    await p.page.waitForFunction(() => /Gespeichert um/.test(document.querySelector('.aw-saved').textContent));
    await p.page.reload();
    say(await p.page.locator('[name="/halter/vornamen"]').inputValue() === 'Von selbst gespeichert', 'what was typed is saved by itself');
    // Choosing an organisation asks for its name at once.
    await p.tick('/halter/art', 'organisation');
    await p.page.locator('[name="/halter/bezeichnung"]').waitFor({ state: 'visible' });
    await p.look('form-1-revealed');
    say(await p.page.getByRole('button', { name: 'Kopieren' }).first().isVisible(), 'the code can be copied');
  });

  await part('a refused upload', async () => {
    const p = await Person.arrive(browser);
    const { page } = p;
    await p.go('/jena/hundesteuer-anmeldung');
    await p.press('Ohne Konto beginnen');
    const asked = page.locator('[name="/befreiung/beantragt"]');
    const proofInput = page.locator('[name="/befreiung/nachweis"]');
    let redrawn = false;
    await complete(p, 'hundesteuer-anmeldung', 'gueltig-alles', async () => {
      if (redrawn || await asked.count() === 0) return;
      redrawn = true;
      await p.tick('/befreiung/beantragt', 'true');
      await page.evaluate(() => { window.sameDocument = true; });
      const told = page.locator('.aw-uploads__item [data-state]');
      await proofInput.setInputFiles({ name: 'programm.pdf', mimeType: 'application/pdf', buffer: Buffer.from('MZ no document') });
      await page.waitForFunction(() => /Erlaubt sind/.test(document.querySelector('.aw-uploads__item [data-state]')?.textContent ?? ''));
      say(await page.locator('[name="/befreiung/beantragt"][value="true"]').isChecked(), 'the refused upload: what was chosen is kept');
      await p.look('form-upload-refused');
      await p.tick('/befreiung/beantragt', 'false');
      await proofInput.waitFor({ state: 'detached' });
      await p.tick('/befreiung/beantragt', 'true');
      await proofInput.waitFor({ state: 'visible' });
      await page.waitForFunction(() => /Gespeichert um/.test(document.querySelector('.aw-saved').textContent));
      say(await page.evaluate(() => window.sameDocument), 'the refused upload: the page stands');
      say(await page.getByRole('button', { name: 'Kopieren' }).first().isVisible(), 'the refused upload: the code can be copied');
      // Somebody on the way answers, not the platform: the page stays with all that was typed, and can be sent again.
      await page.route('**/apply/**', (route) => route.fulfill({ status: 413, contentType: 'text/html', body: '<h1>Request Entity Too Large</h1>' }));
      await proofInput.setInputFiles(proof);
      await page.waitForFunction(() => /nicht geklappt/.test([...document.querySelectorAll('.aw-uploads__item [data-state]')].at(-1)?.textContent ?? ''));
      await page.getByRole('button', { name: 'Speichern und weiter', exact: true }).first().click();
      await page.waitForFunction(() => /nicht geklappt/.test(document.querySelector('.aw-saved').textContent));
      await page.unroute('**/apply/**');
      say(await page.evaluate(() => window.sameDocument) && await told.count() > 0, 'an answer of somebody on the way leaves the page as it was');
      await page.reload();
    });
    say(redrawn && page.url().endsWith('/check'), 'the refused upload: the application can be finished', page.url());
  });
}

await part('desk', async () => {
  const p = await Person.arrive(browser);
  await p.go('/desk');
  await p.look('personas-staff');
  await p.logIn('clerk-jena');
  await p.look('desk-inbox');
  await p.follow(journey.number);
  await p.look('desk-case');
  await p.press('Übernehmen');
  await p.page.locator('#schreiben summary').click();
  await p.fill('text', 'Guten Tag, wir bearbeiten Ihre Anmeldung.');
  await p.page.locator('input[type="file"][name="files"]').setInputFiles(proof);
  await p.press('Nachricht senden');
  await p.follow('Nachfordern');
  await p.look('desk-ask');
  await p.press('Nachforderung senden');
  await p.look('desk-ask-problems');
  await p.tick('fields', '/hunde/0/rasse');
  await p.tick('fields', '/versicherung/nachweis');
  await p.fill('text', 'Bitte nennen Sie die Rasse genau.');
  await p.press('Nachforderung senden');
  await p.look('desk-case-waiting');

  const c = journey.citizen;
  await c.go(journey.case);
  await c.look('my-case-asked');
  await c.follow('Jetzt antworten');
  await c.look('my-correct');
  await c.fill('/hunde/0/rasse', 'Rauhaardackel');
  await c.page.locator('input[type="file"]').first().setInputFiles(proof);
  await c.press('Ergänzung absenden');
  await c.look('my-case-answered');

  await p.page.reload();
  await p.look('desk-case-amended');
  await p.follow('Entscheiden');
  await p.look('desk-decide');
  await p.follow('Bewilligt');
  await p.press('Vorschau');
  await p.look('desk-decide-preview');
  await p.press('Bescheid bereitstellen');
  await p.look('desk-case-decided');
  await p.press('Vorgang abschließen');
  await p.look('desk-case-closed');
  await p.go('/desk/jena?q=nichtszufinden');
  await p.look('desk-inbox-empty');
  await c.go(journey.case);
  await c.look('my-case-decided');
}, ['number', 'case']);

await part('forward', async () => {
  const p = await Person.arrive(browser);
  await p.go('/weimar/allgemeiner-antrag');
  await p.press('Ohne Konto beginnen');
  await complete(p, 'allgemeiner-antrag', 'person');
  await p.tick('_declaration', 'yes');
  await p.press('Antrag verbindlich absenden');
  const clerk = await Person.arrive(browser);
  await clerk.go('/desk/weimar');
  await clerk.logIn('lead-weimar');
  await clerk.leave(clerk.page.locator('a[href*="/desk/weimar/0"]').first());
  await clerk.look('desk-case-lead');
  await clerk.follow('Abgeben');
  await clerk.fill('to', 'Erfurt');
  await clerk.press('Suchen');
  await clerk.look('desk-forward');
  for (const name of ['team', 'views', 'views/new', 'settings', 'calendar', 'figures', 'mentions', 'bulk', 'export', 'exports']) {
    await clerk.go(`/desk/weimar/${name}`);
    await clerk.look(`desk-${name.replaceAll('/', '-')}`);
  }
});

await part('citizen login', async () => {
  const p = await Person.arrive(browser);
  await p.go('/kreis-gotha/gewerbeanmeldung');
  await p.follow('Anmelden');
  await p.look('personas-citizen');
  await p.logIn('citizen-high');
  await p.look('service-logged-in');
  await p.press('Antrag beginnen');
  await complete(p, 'gewerbeanmeldung', 'gmbh', (n) => settings.thorough && p.look(`gewerbe-${n}`));
  await p.look('gewerbe-check');
});

await part('state', async () => {
  const editor = await Person.arrive(browser);
  await editor.go('/state');
  await editor.logIn('editor');
  await editor.look('state-forms');
  await editor.go('/state/forms/new');
  await editor.look('state-upload');
  await editor.page.locator('input[type="file"]').setInputFiles(process.env.BROKEN_PACKAGE);
  await editor.press('Hochladen und prüfen');
  await editor.look('state-upload-findings');
  await editor.page.locator('input[type="file"]').setInputFiles(process.env.PACKAGE);
  await editor.press('Hochladen und prüfen');
  await editor.look('state-version-own');
  const version = editor.page.url();
  const publisher = await Person.arrive(browser);
  await publisher.go('/state');
  await publisher.logIn('publisher');
  await publisher.go(version);
  await publisher.look('state-version');
  await publisher.leave(publisher.page.locator('.aw-pages a').first());
  await publisher.look('state-preview');
  await publisher.go(version);
  await publisher.press('Veröffentlichen');
  await publisher.look('state-version-published');
  await publisher.go('/state/tenants/new');
  await publisher.look('state-new');
  await publisher.fill('name', 'Musterstadt');
  await publisher.fill('slug', 'musterstadt');
  await publisher.fill('admin', 'admin-jena@demo.invalid');
  await publisher.press('Behörde anlegen');
  await publisher.look('state-tenants');
  await publisher.go('/state/events');
  await publisher.look('state-events');
  await publisher.go('/musterstadt');
  await publisher.look('start-not-live');
});

await part('admin', async () => {
  const p = await Person.arrive(browser);
  await p.go('/admin');
  await p.logIn('admin-jena');
  if (/\/admin$/.test(p.page.url())) await p.look('admin-doors');
  for (const name of ['', '/profile', '/services', '/services/sondernutzungserlaubnis', '/staff', '/routes', '/feedback']) {
    await p.go(`/admin/jena${name}`);
    await p.look(`admin${name.replaceAll('/', '-')}`);
  }
  for (const name of ['privacy', 'privacy/hundesteuer-anmeldung', 'desk', 'desk/annotations', 'desk/circles', 'desk/clocks', 'desk/groups', 'desk/labels', 'desk/letters', 'desk/rules', 'desk/templates', 'desk/templates/new']) {
    await p.go(`/admin/jena/${name}`);
    await p.look(`admin-${name.replaceAll('/', '-')}`);
  }
  await p.go('/admin/jena/profile');
  await p.fill('colour', '#ffff00');
  await p.press('Speichern');
  await p.look('admin-profile-problems');
  await p.fill('colour', '#7a1f4b');
  await p.fill('street', 'Am Anger 15');
  await p.fill('welcome_de', '## Willkommen\n\nHier erledigen Sie vieles **von zu Hause**.');
  await p.press('Speichern');
  await p.go('/jena');
  await p.look('start-branded');
  await p.go('/admin/jena/staff');
  await p.fill('name', 'ada.beispiel@jena.example');
  await p.tick('roles', 'clerk');
  await p.press('Bestellen');
  await p.look('admin-staff-appointed');
  await p.go('/admin/jena/routes');
  await p.tick('connector', 'webhook');
  await p.fill('target', 'https://fachverfahren.example/annahme');
  await p.press('Zustellweg einrichten');
  await p.look('admin-routes-secret');
  await p.go('/admin/musterstadt');
  await p.look('admin-not-live');
  await p.press('Seiten öffnen');
  await p.go('/musterstadt');
  await p.look('start-new');
  await p.go('/demo/mail');
  await p.look('mails');
});

if (settings.scripts && settings.width < 400) await part('weight', () => weigh(browser));

await browser.close();
process.exit(verdict());
