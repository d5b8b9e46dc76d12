import { openBrowser } from './chromium.mjs';

/** How long what was left behind may take to arrive. */
const ARRIVAL_MS = 20_000;

/**
 * Injects an error or an event into each of many page loads, early or late, and counts what the inbox never sees: in a script before the bundle, in
 * the first render, and as an error and an event a millisecond before the page is closed, after another share of its loading each time.
 */
export async function countEarlyLosses(origin, inbox, loads, log) {
  const expected = [];
  const browser = await openBrowser();
  for (let number = 0; number < loads; number++) {
    const kind = ['script', 'render', 'closing'][number % 3];
    const page = await browser.context.newPage();
    const mark = `${kind} ${number}`;
    expected.push({ kind: 'error', mark });
    if (kind === 'closing') {
      await page.goto(origin, { waitUntil: 'commit' });
      await page.waitForFunction(() => 'report' in globalThis, undefined, { polling: 5 });
      await page.waitForTimeout((number * 37) % 1500);
      expected.push({ kind: 'event', mark: number });
      await page
        .evaluate((value) => {
          globalThis.track(value);
          globalThis.report(String(value));
          setTimeout(() => window.close(), 1);
        }, number)
        .catch(() => {});
      await page.close({ runBeforeUnload: true });
    } else {
      await page.goto(`${origin}/?${kind}=${number}`, { waitUntil: 'load' });
      await page.waitForTimeout((number * 53) % 900);
      await page.close({ runBeforeUnload: true });
    }
    if (number % 30 === 29) log(`early: ${number + 1} pages`);
  }
  const missing = () => expected.filter(({ kind, mark }) => !hasArrived(inbox, kind, mark));
  await until(() => missing().length === 0, ARRIVAL_MS / 4);
  // What was tracked while a request was under way, Mixpanel keeps on the device for the next visit.
  const arrivedOnNextVisit = missing().length;
  const page = await browser.context.newPage();
  await page.goto(origin, { waitUntil: 'load' });
  await until(() => missing().length === 0, ARRIVAL_MS);
  await browser.close();
  const twice = expected.filter(({ kind, mark }) => kind === 'error' && errorsOf(inbox, mark).length > 1);
  const lost = missing().map(({ kind, mark }) => `${kind} ${mark}`);
  return { injected: expected.length, lost, arrivedOnNextVisit: arrivedOnNextVisit - lost.length, twice: twice.length };
}

async function until(isTrue, timeoutMs) {
  const deadline = Date.now() + timeoutMs;
  while (!isTrue() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 200));
}

function hasArrived(inbox, kind, mark) {
  if (kind === 'error') return errorsOf(inbox, mark).length > 0;
  return inbox.events().some(({ event, properties }) => event === 'dashboard_viewed' && properties.total_qrs === mark);
}

const errorsOf = (inbox, mark) =>
  inbox.errors().filter(({ value }) => value === mark || value.endsWith(`Error: ${mark}`));
