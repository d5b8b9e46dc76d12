import { openBrowser } from '../browser/chromium.mjs';
import { startInboxProcess } from './inbox-process.mjs';
import { expectEqual } from './ingestion.mjs';
import { countTaken } from './produce.mjs';
import { DAY_MS, EVENTS, fill, STEPS } from './query.mjs';

const REPEATS = 9;

/** What one does on the page, and what must be there afterwards; each begins where the one before has ended. */
const INTERACTIONS = [
  [
    'leave out the events',
    `document.querySelector('.chip.event')`,
    `document.querySelectorAll('.row.event').length === 0`,
  ],
  ['show them again', `document.querySelector('.chip.event')`, `document.querySelectorAll('.row.event').length > 100`],
  ['open a record', `document.querySelector('.row.event')`, `document.querySelector('.row[aria-current="true"]')`],
  [
    'go to User',
    `document.querySelector('nav a[href="/user"]')`,
    `document.querySelectorAll('main a[href*="/user?id="]').length > 0`,
  ],
  ['go to Plan', `document.querySelector('nav a[href="/plan"]')`, `document.querySelector('.planned')`],
  ['go back to Live', `document.querySelector('nav a[href="/"]')`, `document.querySelectorAll('.row').length > 100`],
];

/** First paint and the longest of everyday interactions with the page of an inbox that holds 100,000 events. */
export async function measurePage() {
  const inbox = await startInboxProcess();
  const browser = await openBrowser();
  try {
    await fill(inbox.url, STEPS, Math.floor(Date.now() / DAY_MS) - 1);
    const errors = expectEqual('events held for the page', (await countTaken(inbox.url)).stored, EVENTS);
    const page = await browser.context.newPage();
    const firstPaints = [];
    for (let load = 0; load < REPEATS; load++) {
      await page.goto(inbox.url);
      await page.locator('.row').nth(100).waitFor();
      firstPaints.push(await page.evaluate(`performance.getEntriesByName('first-contentful-paint')[0].startTime`));
    }
    const interactions = {};
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      for (const [name, control, isDone] of INTERACTIONS) {
        interactions[name] ??= [];
        interactions[name].push(await page.evaluate(timed(control, isDone)));
      }
    }
    const medians = Object.fromEntries(Object.entries(interactions).map(([name, values]) => [name, median(values)]));
    return {
      firstPaintMs: median(firstPaints),
      interactionMs: Math.max(...Object.values(medians)),
      slowestInteractionMs: Math.max(...Object.values(interactions).flat()),
      interactions: medians,
      errors,
    };
  } finally {
    await browser.close();
    await inbox.stop();
  }
}

/** A press until what it asked for has been painted, in milliseconds. */
function timed(control, isDone) {
  return `(async () => {
    const painted = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    const started = performance.now();
    (${control}).click();
    do {
      await painted();
      if (performance.now() - started > 10000) throw new Error(${JSON.stringify(`Not there after 10 s: ${isDone}`)});
    } while (!(${isDone}));
    return performance.now() - started;
  })()`;
}

function median(values) {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)];
}
