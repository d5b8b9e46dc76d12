import { openBrowser } from '../browser/chromium.mjs';

const CPU_SLOWDOWN = 4;
const PAGES = 20;

/** Milliseconds from the press of "Show more" until the next page of codes is on the screen, page by page. */
export async function measureLongList(origin) {
  const browser = await openBrowser();
  try {
    const page = await browser.context.newPage();
    const cdp = await browser.context.newCDPSession(page);
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWDOWN });
    await page.goto(origin);
    await page.getByRole('button', { name: 'Show more' }).waitFor();
    return await page.evaluate(async (pages) => {
      const nextPaint = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      const cards = () => document.querySelectorAll('ul.codes > li').length;
      const waits = [];
      for (let count = 0; count < pages; count++) {
        const before = cards();
        const started = performance.now();
        [...document.querySelectorAll('button')].find((button) => button.textContent === 'Show more').click();
        while (cards() === before) await nextPaint();
        await nextPaint();
        waits.push(performance.now() - started);
      }
      return waits;
    }, PAGES);
  } finally {
    await browser.close();
  }
}
