import { BROWSERS, plan, planName } from '@qr/events';
import * as server from '@qr/server';
import { core } from '@qr/telemetry/internal';
import type { FastifyPluginAsync } from 'fastify';

export type TunnelOptions = Omit<server.TunnelOptions, 'plan' | 'browsers'>;
export type SessionsOptions = Omit<server.SessionsOptions, 'issuer' | 'claims'>;
/** Who sent a request: the user, and the subscription. */
export type Session = server.Session<typeof claims>;
export type Sessions = server.Sessions<Session>;

/** Returns the id of an anonymous visitor, which changes at midnight UTC: see {@link server.VisitorId}. */
export const visitorId: server.VisitorId = server.createVisitorId(core.people);

/** {@link server.tunnelPlugin} for the platform's tracking plan. */
export const tunnelPlugin: FastifyPluginAsync<TunnelOptions> = (app, options) =>
  server.tunnelPlugin(app, { ...options, plan, browsers: BROWSERS });

const claims = { plan: planName };

/** {@link server.createSessions} with the subscription in each token. */
export function createSessions(options: SessionsOptions): Sessions {
  return server.createSessions({ ...options, issuer: 'qr-platform', claims });
}

/** {@link server.buildServer} whose error pages know that visitors come from a printed code. */
export function buildServer(options: server.BuildServerOptions = {}): server.Server {
  const { errorPages } = options;
  return server.buildServer({ ...options, ...(errorPages && { errorPages: { textOf: scanText, ...errorPages } }) });
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
