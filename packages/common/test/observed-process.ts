import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type Inbox, startInbox } from '@qr/inbox';

/** A process that sends to an inbox of its own. */
export interface ObservedProcess {
  readonly inbox: Inbox;
  readonly child: ChildProcess;
  readonly exited: Promise<[code: number | null, signal: NodeJS.Signals | null]>;
  /** The first line that it prints. */
  readonly firstLine: Promise<string>;
  close(): Promise<void>;
}

interface ProcessOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Modules that are loaded before the script. */
  readonly imports?: readonly string[];
}

/** Runs a script, compiled (`.mjs`) or from source, with both halves on. What it sends waits longer than a test: what arrives was delivered by its end. */
export async function startObservedProcess(
  script: string,
  { args = [], env = {}, imports = [] }: ProcessOptions = {},
): Promise<ObservedProcess> {
  const inbox = await startInbox();
  const fromSource = script.endsWith('.ts') ? ['--import', 'tsx', '--conditions=@qr/source'] : [];
  const loaders = imports.flatMap((module) => ['--import', module]);
  const child = spawn(process.execPath, [...fromSource, ...loaders, script, ...args], {
    env: {
      ...process.env,
      NODE_ENV: 'development',
      LOG_LEVEL: 'silent',
      MIXPANEL_TOKEN: 'test-token',
      MIXPANEL_API_HOST: inbox.url,
      SENTRY_DSN: inbox.dsn('1'),
      OBSERVABILITY_FLUSH_INTERVAL_MS: '60000',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  let complaints = '';
  child.stderr.on('data', (chunk) => {
    complaints += String(chunk);
  });
  const line = once(createInterface({ input: child.stdout }), 'line').then(([text]) => String(text));
  const firstLine = Promise.race([
    line,
    exited.then(([code]) =>
      Promise.reject(new Error(`${script} ended with ${code} before it printed a line.\n${complaints}`)),
    ),
  ]);
  firstLine.catch(() => {});
  return {
    inbox,
    child,
    exited,
    firstLine,
    async close() {
      child.kill('SIGKILL');
      await inbox.close();
    },
  };
}
