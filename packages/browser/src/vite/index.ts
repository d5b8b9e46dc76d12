import { createHash } from 'node:crypto';
import type { Plugin } from 'vite';
import { EARLY_SNIPPET } from './snippet.ts';

/** The source by which a `script-src` of a Content-Security-Policy allows the snippet of {@link earlyErrors}, quotes included. */
export const earlyErrorsCspSource: string = `'sha256-${createHash('sha256').update(EARLY_SNIPPET).digest('base64')}'`;

/**
 * Puts the listener for the first errors into `<head>`, before every script of the page.
 *
 * Without it nothing breaks: errors are then heard from the call of `initSentry` on.
 */
export function earlyErrors(): Plugin {
  return {
    name: 'qr-early-errors',
    transformIndexHtml: () => [{ tag: 'script', children: EARLY_SNIPPET, injectTo: 'head-prepend' }],
  };
}
