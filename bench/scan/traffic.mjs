import { load } from '../request/load.mjs';
import { startReceivers } from './receivers.mjs';
import { startServer } from './server.mjs';
import { inTurn } from './variants.mjs';

/** Below what the slowest variant can answer on half a core, so that every one keeps pace. */
const STEADY_RATE = 1000;
const CODES = 1000;
/** Few enough for the rate limit of 1000 a minute for each address, many enough for a busy day. */
const ADDRESSES = 4000;

const USER_AGENTS = [
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/131.0.6778.73 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (iPad; CPU OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
  'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0',
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
];

const path = (number) => `/scan/code-${String(number % CODES).padStart(7, '0')}`;

/** A visitor from an address of the whole net, so that countries are looked up all over the database. */
function headers(number) {
  const visitor = (number * 7919) % ADDRESSES;
  const address = `${11 + (visitor % 200)}.${visitor >> 4}.${(visitor * 31) & 255}.${visitor & 255}`;
  return `user-agent: ${USER_AGENTS[visitor % USER_AGENTS.length]}\r\nx-forwarded-for: ${address}\r\n`;
}

/** CPU a redirect, redirects a second and latency of each variant. */
export async function measureTraffic({ rounds, seconds, log }) {
  const samples = [];
  const problems = [];
  for (let round = 0; round < rounds; round++) {
    for (const variant of inTurn(round)) {
      const receivers = await startReceivers();
      const server = await startServer(variant, receivers);
      const ask = (options) => load({ port: server.port, path, headers, seconds, ...options });
      // As long as what is measured: with half of it the SDK's code was still being compiled.
      const warm = await ask();
      const before = await server.read();
      const full = await ask();
      const after = await server.read();
      const steady = await ask({ ratePerSecond: STEADY_RATE });
      await server.stop();
      const received = await receivers.read();
      await receivers.stop();
      const cpuUs = (after.cpuUs - before.cpuUs) / full.answered;
      samples.push({ round, label: variant.label, cpuUs, full, steady, received, rssBytes: after.rssBytes });
      problems.push(...problemsOf(variant, [warm, full, steady], received));
      log(`round ${round + 1}: ${variant.label}: ${cpuUs.toFixed(0)} us of CPU, p99 ${full.p99Ms.toFixed(1)} ms`);
    }
  }
  return { samples, problems };
}

/** A redirect whose event is lost, or whose trace is not sent, costs less: the figures count only when all arrived. */
function problemsOf({ label, stage, rate = 0 }, loads, { mixpanel, analytics, spans }) {
  const answered = loads.reduce((sum, load) => sum + load.answered, 0);
  const redirected = loads.reduce((sum, load) => sum + (load.statuses['302'] ?? 0), 0);
  const problems = [];
  if (redirected !== answered) problems.push(`${label}: ${answered - redirected} of ${answered} were not redirected.`);
  const expected = stage === 'service' ? answered : 0;
  for (const [name, count] of Object.entries({ mixpanel, analytics }))
    if (count !== expected) problems.push(`${label}: expected ${expected} events at ${name}, got ${count}.`);
  const share = spans / answered;
  if (share < rate * 0.9 || share > rate * 1.1)
    problems.push(`${label}: expected ${rate} spans a request, got ${share.toFixed(4)}.`);
  return problems;
}
