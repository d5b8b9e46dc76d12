import { createHash } from 'node:crypto';
import type { Plugin } from 'vite';
import { EARLY_SNIPPET } from './snippet.ts';
import { problemsOf } from './variables.ts';

/** The source by which a `script-src` of a Content-Security-Policy allows the snippet of {@link earlyErrors}, quotes included. */
export const earlyErrorsCspSource: string = `'sha256-${createHash('sha256').update(EARLY_SNIPPET).digest('base64')}'`;

/**
 * Puts the listener for the first errors into `<head>`, before every script of the page, and says at build which variable is wrong, so that no
 * visitor has to fetch the words for it.
 *
 * Without it nothing breaks: errors are then heard from the call of `initSentry` on.
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
