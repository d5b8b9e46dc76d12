import type { Page } from 'playwright-core';

/** Returns the elements whose content sticks out of them sideways, each as the start of its HTML. */
export function overflowing(page: Page): Promise<readonly string[]> {
  return page.evaluate<string[]>(`[document.documentElement, ...document.querySelectorAll('body, body *')]
    .filter((element) => element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1)
    .filter((element) => element === document.documentElement || getComputedStyle(element).overflowX === 'visible')
    .map((element) => element.outerHTML.slice(0, 120))`);
}
