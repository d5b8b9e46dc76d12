import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { circumstances, saveResult } from '../result-file.mjs';
import { countEarlyLosses } from './early.mjs';
import { figuresOf, table } from './figures.mjs';
import { measureLoad } from './page-load.mjs';

const root = join(import.meta.dirname, '../..');
for (const built of ['common/dist/index.js', 'browser/dist/vite/index.js', 'inbox/dist/index.js']) {
  const path = join(root, 'packages', built);
  if (!existsSync(path)) throw new Error(`${path} is missing: build first, with "npm run build".`);
}
const { values } = parseArgs({
  options: { runs: { type: 'string', default: '21' }, early: { type: 'string', default: '150' } },
});
process.env.NODE_ENV = 'test';
const { buildVariants, PROBE, sizesOf, variants } = await import('./build.mjs');
const { servePage } = await import('./server.mjs');
const { startInbox } = await import('../../packages/inbox/dist/index.js');

const log = (line) => console.error(`  ${line}`);
const where = circumstances();
const folder = mkdtempSync(join(tmpdir(), 'bench-browser-'));
const inbox = await startInbox({ environment: 'test' });
const target = { dsn: inbox.dsn('2'), token: 'local-token', inbox: inbox.url };
await buildVariants(folder, target);
const sizes = {};
const servers = {};
for (const variant of variants) {
  sizes[variant] = await sizesOf(join(folder, variant));
  servers[variant] = await servePage(join(folder, variant), target);
}

const loads = [];
for (let run = 0; run < Number(values.runs); run++) {
  for (const variant of run % 2 === 0 ? variants : variants.toReversed()) {
    const load = await measureLoad(servers[variant].origin);
    loads.push({ run, variant, ...load });
    log(`run ${run + 1}: ${variant}: first paint ${load.fcpMs.toFixed(0)}, blocking ${load.blockingMs.toFixed(0)} ms`);
  }
}
servers[PROBE] = await servePage(join(folder, PROBE), target);
const early = await countEarlyLosses(servers[PROBE].origin, inbox, Number(values.early), log);

const figures = figuresOf({ sizes, loads, early });
saveResult('browser', { figures, ...where, runs: Number(values.runs), sizes, early, loads });
console.log(table({ sizes, loads }, figures));
console.log(
  `${early.injected} injected, ${early.arrivedOnNextVisit} of them arrived with the next visit, ${early.lost.length} never.`,
);
if (early.lost.length > 0) console.log(`Lost: ${early.lost.join(', ')}`);
if (early.twice > 0) console.error(`Does not count: ${early.twice} errors arrived twice.`);
for (const { close } of Object.values(servers)) await close();
await inbox.close();
rmSync(folder, { recursive: true, force: true });
process.exit(early.twice > 0 ? 1 : 0);
