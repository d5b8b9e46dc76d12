import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addErasureRoute, buildServer } from '@qr/common';
import { type Inbox, type InboxOptions, startInbox } from '@qr/inbox';
import { runInTest } from '../run-in-test.ts';

const SERVICE_TOKEN = 'a-service-token-of-32-characters';
const VARIABLES = [
  'AUTH_SERVICE_URL',
  'QR_SERVICE_URL',
  'MICROSITE_SERVICE_URL',
  'ROUTING_SERVICE_URL',
  'ANALYTICS_URL',
];

/** What the command erases from: five services with the real route, a vendor, and a folder for spools. */
export async function startPlatform(options: InboxOptions = {}) {
  const root = mkdtempSync(join(tmpdir(), 'ops-forget-'));
  const inbox: Inbox = await startInbox(options);
  const erased: string[] = [];
  const services = await Promise.all(
    VARIABLES.map(async (variable) => {
      const app = buildServer({ serviceName: variable });
      addErasureRoute(app, { serviceToken: SERVICE_TOKEN, erase: async (id) => void erased.push(`${variable} ${id}`) });
      return { variable, app, url: await app.listen({ port: 0, host: '127.0.0.1' }) };
    }),
  );
  const env: Record<string, string | undefined> = {
    SERVICE_TOKEN,
    ...Object.fromEntries(services.map(({ variable, url }) => [variable, url])),
    MIXPANEL_TOKEN: 'project-token',
    MIXPANEL_OAUTH_TOKEN: 'oauth-token',
    MIXPANEL_APP_HOST: inbox.url,
  };
  return {
    root,
    inbox,
    env,
    erased,
    /** Runs `qr-obs forget`, with the times of the five services and the inbox replaced by their names. */
    async run(commandLine: readonly string[], variables: Readonly<Record<string, string | undefined>> = {}) {
      const given = { root, env: { ...env, ...variables }, fetch: globalThis.fetch };
      const { exitCode, out, notes } = await runInTest(['forget', ...commandLine], given);
      const names = [...services.map(({ variable, url }) => [url, `<${variable}>`]), [inbox.url, '<inbox>']];
      const named = names.reduce((text, [url = '', name = '']) => text.replaceAll(url, name), out);
      return { exitCode, notes, out: named.replace(/\d{19}/g, '<tracking id>') };
    },
    async stop() {
      await Promise.all(services.map(({ app }) => app.close()));
      await inbox.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
