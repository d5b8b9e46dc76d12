import { openBrowser } from './chromium.mjs';

const CPU_SLOWDOWN = 4;
/** Kilobits and milliseconds of Chrome's own profile for a fast 3G connection. */
const NETWORK = {
  offline: false,
  latency: 150,
  downloadThroughput: (1600 * 1024) / 8,
  uploadThroughput: (750 * 1024) / 8,
};
/** Late work begins when the page is idle and has to fetch its code. */
const WATCH_MS = 7000;

/** One load of a page in a fresh browser: times in milliseconds. */
export async function measureLoad(origin) {
  const browser = await openBrowser();
  try {
    const page = await browser.context.newPage();
    const cdp = await browser.context.newCDPSession(page);
    await cdp.send('Network.enable');
    await cdp.send('Network.emulateNetworkConditions', NETWORK);
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWDOWN });
    await page.addInitScript(() => {
      globalThis.longTasks = [];
      globalThis.shifts = 0;
      new PerformanceObserver((list) => {
        for (const { value } of list.getEntries()) globalThis.shifts += value;
      }).observe({ type: 'layout-shift', buffered: true });
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) globalThis.longTasks.push(duration);
      }).observe({ type: 'longtask', buffered: true });
    });
    await page.goto(origin, { waitUntil: 'load' });
    await page.waitForTimeout(WATCH_MS);
    const { fcp, tasks, shifts } = await page.evaluate(() => ({
      fcp: performance.getEntriesByName('first-contentful-paint')[0]?.startTime,
      tasks: globalThis.longTasks,
      shifts: globalThis.shifts,
    }));
    if (fcp === undefined) throw new Error(`${origin} has not painted anything.`);
    return {
      fcpMs: fcp,
      blockingMs: tasks.reduce((sum, duration) => sum + duration - 50, 0),
      longestTaskMs: Math.max(0, ...tasks),
      layoutShift: shifts,
    };
  } finally {
    await browser.close();
  }
}
