import type { ServerProperties } from '@qr/events';
import Bowser from 'bowser';
import type { FastifyRequest } from 'fastify';

type Visitor = Pick<ServerProperties<'qr_scanned'>, 'device_type' | 'browser' | 'country' | 'is_bot'>;
type DeviceType = NonNullable<Visitor['device_type']>;

/** Longer user agents are cut: honest ones are far shorter, and parsing costs time by the character. */
const MAX_USER_AGENT_LENGTH = 512;

const DEVICE_TYPES: Readonly<Record<string, DeviceType>> = {
  mobile: 'mobile',
  tablet: 'tablet',
  desktop: 'desktop',
  bot: 'bot',
};

// For the many crawlers and link previews that the parser takes for a browser or does not know.
const BOT = /bot\b|crawl|spider|slurp|preview|facebookexternalhit|headless|curl\/|wget\/|python-|node-fetch|okhttp/i;

/** What an event may say of a visitor: kinds, never the address or the user agent themselves. */
export function describeVisitor({ headers }: Pick<FastifyRequest, 'headers'>): Visitor {
  const userAgent = (headers['user-agent'] ?? '').slice(0, MAX_USER_AGENT_LENGTH);
  const { browser, platform } = parse(userAgent);
  const isBot = platform === 'bot' || BOT.test(userAgent);
  return {
    device_type: isBot ? 'bot' : (DEVICE_TYPES[platform ?? ''] ?? 'unknown'),
    browser: browser || 'unknown',
    country: countryOf(headers['cf-ipcountry']),
    is_bot: isBot,
  };
}

function parse(userAgent: string): { browser: string | undefined; platform: string | undefined } {
  // The parser refuses an empty text.
  if (userAgent.trim() === '') return { browser: undefined, platform: undefined };
  const { browser, platform } = Bowser.parse(userAgent);
  return { browser: browser.name, platform: platform.type };
}

/** Set by the CDN; it writes XX for unknown and T1 for Tor. */
function countryOf(header: string | string[] | undefined): string {
  return typeof header === 'string' && /^[A-Z]{2}$/.test(header) && header !== 'XX' ? header : 'unknown';
}
