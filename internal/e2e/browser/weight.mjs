// Weighs a form page as it comes to a browser that was never here: requests and bytes on the line, headers included.
import { say, settings } from './browser.mjs';

const limits = { requests: 6, plain: 60 * 1000, all: 110 * 1000 };

export async function weigh(browser) {
  // One browser finds the address of a form page, its cookies let a second, cold one open it.
  const scout = await browser.newContext({ baseURL: settings.base, locale: 'de-DE' });
  const page = await scout.newPage();
  await page.goto('/jena/hundesteuer-anmeldung');
  await page.getByRole('button', { name: 'Ohne Konto beginnen' }).click();
  await page.waitForURL('**/apply/**');
  const cold = await browser.newContext({ locale: 'de-DE', viewport: { width: settings.width, height: 900 }, storageState: await scout.storageState() });
  const form = await cold.newPage();
  const line = await cold.newCDPSession(form);
  await line.send('Network.enable');
  const types = new Map();
  const bytes = { all: 0, fonts: 0 };
  line.on('Network.requestWillBeSent', ({ requestId, request }) => {
    if (!request.url.startsWith('data:')) types.set(requestId, request.url);
  });
  const fonts = new Set();
  line.on('Network.responseReceived', ({ requestId, type }) => { if (type === 'Font') fonts.add(requestId); });
  line.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (!types.has(requestId)) return;
    bytes.all += encodedDataLength;
    if (fonts.has(requestId)) bytes.fonts += encodedDataLength;
  });
  await form.goto(page.url());
  await form.waitForLoadState('networkidle');
  const plain = bytes.all - bytes.fonts;
  const told = `${types.size} requests, ${plain} bytes without fonts, ${bytes.all} with`;
  say(types.size > 1 && types.size <= limits.requests && plain <= limits.plain && bytes.all <= limits.all, `weight of a form page: ${told}`, ...types.values());
  await scout.close();
  await cold.close();
}
