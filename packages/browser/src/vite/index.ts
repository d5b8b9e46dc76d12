import { createHash } from 'node:crypto';
import type { Plugin } from 'vite';

/**
 * Runs before any other script of the page: keeps the errors that nobody caught, with their times, for `initSentry` to take over. Otherwise nothing
 * would report what is thrown before the bundle has run. 105 bytes; `eager/errors.ts` is the other half.
 */
export const EARLY_SNIPPET =
  '__early=[];for(let t of["error","unhandledrejection"])addEventListener(t,e=>__early.push([e,Date.now()]))';

/** The source by which a `script-src` of a Content-Security-Policy allows the snippet of {@link earlyErrors}, quotes included. */
export const earlyErrorsCspSource: string = `'sha256-${createHash('sha256').update(EARLY_SNIPPET).digest('base64')}'`;

/**
 * Puts the listener for the first errors into `<head>`, before every script of the page, and reports wrong variables at build, so that no visitor has
 * to fetch the text of these warnings.
 *
 * It is optional: without it, errors are reported from the call of `initSentry` on.
 */
export function earlyErrors(): Plugin {
  return {
    name: 'qr-early-errors',
    configResolved({ env, logger }) {
      for (const problem of problemsOf(env)) logger.warn(`[observability] ${problem}`);
    },
    transformIndexHtml: () => [{ tag: 'script', children: EARLY_SNIPPET, injectTo: 'head-prepend' }],
  };
}

/** Returns what is wrong with the variables that a page is built with, a sentence each. */
function problemsOf(env: Readonly<Record<string, unknown>>): string[] {
  const rates = [
    'VITE_SENTRY_TRACES_SAMPLE_RATE',
    'VITE_SENTRY_REPLAY_SAMPLE_RATE',
    'VITE_SENTRY_REPLAY_ON_ERROR_SAMPLE_RATE',
  ];
  const problems = rates.flatMap((name) => {
    const text = env[name];
    const rate = Number(text);
    if (!text || (rate >= 0 && rate <= 1)) return [];
    return [`${name} should be a number from 0 to 1, got "${text}"; its default is used.`];
  });
  const mode = env['VITE_CONSENT_MODE'];
  if (mode && mode !== 'opt-out' && mode !== 'required') {
    problems.push(
      `VITE_CONSENT_MODE should be "opt-out" or "required", got "${mode}"; consent is required until it is fixed.`,
    );
  }
  return problems;
}
