#!/usr/bin/env node
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfig } from '@qr/alerts/config';
import { parseServices, servicesOf } from './delivery/services.ts';
import { type Inbox, type InboxOptions, startInbox } from './start-inbox.ts';
import type { IdMerge } from './store/identity.ts';

const DEFAULT_PORT = 4600;

try {
  const inbox = await startInbox(await optionsFrom(process.env, process.argv.slice(2)));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop(inbox));
  process.stdout.write(`Inbox: ${inbox.url}  (Sentry DSN ${inbox.dsn()}, Mixpanel host ${inbox.url})\n`);
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
}

async function optionsFrom(env: NodeJS.ProcessEnv, args: readonly string[]): Promise<InboxOptions> {
  const options = { root: { type: 'string' }, config: { type: 'string' } } as const;
  const { root = env['INBOX_ROOT'] || undefined, config: file } = parseArgs({ args: [...args], options }).values;
  const own: InboxOptions = {
    port: portFrom(env['INBOX_PORT']),
    host: env['INBOX_HOST'] || undefined,
    dataFile: env['INBOX_DATA_FILE'] || undefined,
    sourceMaps: env['INBOX_SOURCE_MAPS'] || undefined,
    editor: { root, editor: env['OBSERVABILITY_EDITOR'] || undefined },
    idMerge: idMergeFrom(env['MIXPANEL_ID_MERGE']),
    keepRaw: env['INBOX_KEEP_RAW'] === '1',
    environment: env['NODE_ENV'],
    allowProduction: env['INBOX_ALLOW_PRODUCTION'] === '1',
    logger: true,
    documentation: true,
  };
  const named = env['INBOX_SERVICES'] ? parseServices(env['INBOX_SERVICES']) : undefined;
  const config = await loadConfig({ from: root ?? process.cwd(), file: file && resolve(file) });
  const plan = await config?.loadPlan();
  return {
    ...own,
    plan: plan && { ...plan, funnel: config?.funnel },
    alerts: await config?.loadAlertRules(),
    delivery: { services: named ?? servicesOf(config), serviceToken: env['SERVICE_TOKEN'] ?? '' },
  };
}

function portFrom(value: string | undefined): number {
  if (value === undefined || value === '') return DEFAULT_PORT;
  const port = Number(value);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Error(`INBOX_PORT must be a port number from 0 to 65535, got "${value}".`);
}

function idMergeFrom(value: string | undefined): IdMerge {
  if (value === undefined || value === '') return 'simplified';
  if (value === 'simplified' || value === 'original') return value;
  throw new Error(`MIXPANEL_ID_MERGE must be simplified or original, got "${value}".`);
}

function explain(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return `${error.message.replace(/^.*EADDRINUSE:? ?/, 'Port in use: ')}. Stop the other inbox, or set INBOX_PORT to a free port.`;
  }
  return error instanceof Error ? error.message : String(error);
}

async function stop(inbox: Inbox): Promise<void> {
  await inbox.close();
}
