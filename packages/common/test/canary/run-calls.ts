import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { type Answer, startRawReceiver } from './receiver.ts';

/** All that a run of the canary has left anywhere. */
export interface CanaryRun {
  /** Heads and bodies of requests, as they came. */
  readonly wire: readonly Buffer[];
  /** Files of the spool but for dead letters. */
  readonly spool: readonly Buffer[];
  readonly deadLetters: readonly Buffer[];
  /** Standard output and error output. */
  readonly output: string;
}

/** Makes every call in a process of its own, whose receiver answers as told, and collects what it leaves behind. */
export async function runCalls(answer: Answer): Promise<CanaryRun> {
  const receiver = await startRawReceiver(answer);
  const spool = mkdtempSync(join(tmpdir(), 'qr-canary-'));
  try {
    const app = join(import.meta.dirname, 'calls-app.ts');
    const args = ['--import', 'tsx', '--conditions=@qr/source', '--import', '@qr/common/instrument', app];
    const child = spawn(process.execPath, args, {
      env: {
        PATH: process.env['PATH'],
        NODE_ENV: 'development',
        LOG_LEVEL: 'info',
        MIXPANEL_TOKEN: 'test-token',
        MIXPANEL_API_HOST: receiver.url,
        PII_HASH_KEY: 'a-hash-key-of-32-characters-for-tests',
        SENTRY_DSN: receiver.url.replace('://', '://public@').concat('/1'),
        SENTRY_TRACES_SAMPLE_RATE: '1',
        SENTRY_ERROR_BUDGET_PER_MONTH: '0',
        OBSERVABILITY_SPOOL_DIR: spool,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output += String(chunk);
      });
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`The canary ended with ${code}:\n${output.slice(-4000)}`);
    const files = readdirSync(spool, { recursive: true, encoding: 'utf8' }).filter((name) =>
      statSync(join(spool, name)).isFile(),
    );
    const isDead = (name: string) => name.split(sep).includes('dead');
    const read = (names: readonly string[]) => names.map((name) => readFileSync(join(spool, name)));
    return {
      wire: [...receiver.bytes()],
      spool: read(files.filter((name) => !isDead(name))),
      deadLetters: read(files.filter(isDead)),
      output,
    };
  } finally {
    await receiver.close();
    rmSync(spool, { recursive: true, force: true });
  }
}
