import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { median } from '../browser/figures.mjs';
import { measureLoad } from '../browser/page-load.mjs';
import { circumstances, saveResult } from '../result-file.mjs';
import { buildApps, firstBytes, variants } from './build.mjs';
import { measureLongList } from './long-list.mjs';
import { CODES, startServices } from './services.mjs';

const server = join(import.meta.dirname, '../../apps/web/dist/server/app.js');
if (!existsSync(server)) throw new Error(`${server} is missing: build first, with "npm run build".`);
const { buildApp } = await import(server);
const { startInbox } = await import('../../packages/inbox/dist/index.js');
const { values } = parseArgs({ options: { runs: { type: 'string', default: '11' } } });

/** What each figure may be at most. */
const targets = { fcpRatio: 1.05, layoutShift: 0.05, firstGzipBytes: 140_000, showMoreMs: 500 };

const where = circumstances();
const folder = mkdtempSync(join(tmpdir(), 'bench-app-'));
const inbox = await startInbox({ environment: 'test' });
const services = await startServices();
const target = { dsn: inbox.dsn('2'), token: 'local-token' };
await buildApps(folder, target);

const origins = {};
const apps = [];
for (const variant of variants) {
  const { origin } = services;
  const app = buildApp({
    services: { auth: [origin], qr: [origin], microsite: [origin], routing: [origin], analytics: [origin] },
    client: { root: join(folder, variant) },
    tunnel: { sentry: { dsn: target.dsn }, mixpanel: { token: target.token, apiHost: inbox.url } },
    server: { logger: false, rateLimit: false, handleSignals: false },
  });
  apps.push(app);
  origins[variant] = (await app.listen({ port: 0, host: '127.0.0.1' })).replace('127.0.0.1', 'localhost');
}

const loads = [];
for (let run = 0; run < Number(values.runs); run++) {
  for (const variant of run % 2 === 0 ? variants : variants.toReversed()) {
    const load = await measureLoad(origins[variant]);
    loads.push({ run, variant, ...load });
    console.error(
      `  run ${run + 1}: ${variant}: first paint ${load.fcpMs.toFixed(0)} ms, shift ${load.layoutShift.toFixed(3)}`,
    );
  }
}
const showMore = await measureLongList(origins.ours);

const of = (variant, name) => loads.filter((load) => load.variant === variant).map((load) => load[name]);
const figures = {
  fcpRatio: median(of('ours', 'fcpMs')) / median(of('none', 'fcpMs')),
  fcpMs: median(of('ours', 'fcpMs')),
  layoutShift: Math.max(...of('ours', 'layoutShift')),
  firstGzipBytes: await firstBytes(join(folder, 'ours')),
  showMoreMs: median(showMore),
  slowestShowMoreMs: Math.max(...showMore),
  blockingDeltaMs: median(of('ours', 'blockingMs')) - median(of('none', 'blockingMs')),
};
saveResult('app', { figures, ...where, runs: Number(values.runs), codes: CODES, loads, showMore });
console.log('| figure | measured | must |  |\n| --- | --- | --- | --- |');
for (const [name, value] of Object.entries(figures)) {
  const target = targets[name];
  const verdict = target === undefined ? '' : value <= target ? 'met' : 'missed';
  console.log(`| ${name} | ${Number(value.toFixed(3))} | ${target ?? ''} | ${verdict} |`);
}
for (const app of apps) await app.close();
services.close();
await inbox.close();
rmSync(folder, { recursive: true, force: true });
process.exit(0);
