import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startInbox } from '@qr/inbox';
import { beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../../..');
const document = readFileSync(join(root, 'docs/architecture.md'), 'utf8');

/** The files that a section of the document links to, in the order of its tables: those of the steps, and those beside them. */
function listed(title: string) {
  const [, section = ''] = document.split(`## ${title}\n`);
  const rows = section.split('\n## ')[0]?.split('\n') ?? [];
  const filesIn = (lines: readonly string[]) =>
    new Set(lines.flatMap((line) => [...line.matchAll(/\(\.\.\/(packages\/[^)#]*\.ts)/g)].map(([, file]) => file)));
  return {
    steps: filesIn(rows.filter((row) => /^\| \d/.test(row))),
    all: filesIn(rows.filter((row) => row.startsWith('|'))),
  };
}

describe('the path in docs/architecture.md', () => {
  let paths: Readonly<Record<string, readonly string[]>>;
  beforeAll(async () => {
    const inbox = await startInbox();
    const spool = mkdtempSync(join(tmpdir(), 'qr-observability-paths-'));
    const env = {
      ...process.env,
      ...{ NODE_ENV: 'development', SENTRY_DSN: inbox.dsn('1'), MIXPANEL_API_HOST: inbox.url },
      ...{ OBSERVABILITY_SPOOL_DIR: spool, OBSERVABILITY_FLUSH_INTERVAL_MS: '50', SENTRY_TRACES_SAMPLE_RATE: '0' },
    };
    const args = ['--import', 'tsx', '--conditions=@qr/source', join(import.meta.dirname, 'follow.ts')];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: join(root, 'packages/common'), env });
    paths = JSON.parse(stdout);
    rmSync(spool, { recursive: true });
    await inbox.close();
  }, 120_000);

  it.each([
    ['event', 'The way of an event', 12],
    ['error', 'The way of an error', 22],
  ])('of an %s names every file in which code runs, in at most as many steps as promised', (kind, title, most) => {
    const { steps, all } = listed(title);
    const ran = new Set(paths[kind]);
    expect([...steps].filter((file) => !ran.has(String(file)))).toEqual([]);
    expect([...ran].filter((file) => !all.has(file))).toEqual([]);
    expect(steps.size).toBeLessThanOrEqual(most);
  });
});
