import type * as server from '@qr/server';
import { instance } from './instance.ts';

export type BuildServerOptions = Omit<server.BuildServerOptions, 'telemetry'>;

/** Binds {@link server.buildServer} to this process, with error pages that know that visitors come from a printed code. */
export function bindBuildServer(build: typeof server.buildServer) {
  return (options: BuildServerOptions = {}): server.Server => {
    const { errorPages } = options;
    const pages = errorPages && { errorPages: { textOf: scanText, ...errorPages } };
    return build({ ...options, ...pages, telemetry: instance });
  };
}

const CHECK = 'Check the address, or scan the code again.';
const TEXTS: Readonly<Record<number, ReturnType<typeof scanText>>> = {
  400: { title: 'This address is not valid', advice: `A part of it may be missing. ${CHECK}` },
  404: { title: 'There is no page here', advice: CHECK },
  405: {
    title: 'This request is not supported',
    advice: 'Open the address in a browser, or scan the code again.',
  },
};

/** Returns what a page says of an address that leads nowhere; failures of ours, and too many requests, have the general words. */
function scanText(statusCode: number): { readonly title: string; readonly advice: string } | undefined {
  if (statusCode === 429 || statusCode >= 500) return undefined;
  return TEXTS[statusCode] ?? { title: 'This request was refused', advice: CHECK };
}
