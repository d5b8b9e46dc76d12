import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addErasureRoute, buildServer } from '@qr/common/server';
import { startInbox } from '@qr/inbox';
import { type CliRun, runInTest } from '../run-in-test.ts';

const SERVICE_TOKEN = 'a-service-token-of-32-characters';
const VARIABLES = [
  'AUTH_SERVICE_URL',
  'QR_SERVICE_URL',
  'MICROSITE_SERVICE_URL',
  'ROUTING_SERVICE_URL',
  'ANALYTICS_URL',
];

type Variables = Readonly<Record<string, string | undefined>>;

/** What the command erases from: five services with the real route, a vendor that takes its time, and a folder for spools. */
export async function startPlatform() {
  const inbox = await startInbox({ complianceDelayMs: 60_000 });
  const erased: string[] = [];
  const services = await Promise.all(
    VARIABLES.map(async (variable) => {
      const app = buildServer({ serviceName: variable });
      addErasureRoute(app, { serviceToken: SERVICE_TOKEN, erase: async (id) => void erased.push(`${variable} ${id}`) });
      return { variable, app, url: await app.listen({ port: 0, host: '127.0.0.1' }) };
    }),
  );
  const addresses = Object.fromEntries(services.map(({ variable, url }) => [variable, url]));
  let projects = 0;
  let root = '';

  /** Runs `qr-obs forget`; addresses and numbers that differ each time are replaced by names. */
  async function run(commandLine: readonly string[], variables: Variables = {}): Promise<CliRun> {
    const env = {
      SERVICE_TOKEN,
      ...addresses,
      // A project each: the vendor counts the requests of a second by project.
      MIXPANEL_TOKEN: `project-token-${projects}`,
      MIXPANEL_OAUTH_TOKEN: 'oauth-token',
      MIXPANEL_APP_HOST: inbox.url,
      ...variables,
    };
    const outcome = await runInTest(['forget', ...commandLine], { root, env, fetch: globalThis.fetch });
    const names = Object.entries({ ...addresses, inbox: inbox.url });
    const out = names.reduce((text, [name, url]) => text.replaceAll(url, `<${name}>`), outcome.out);
    return { ...outcome, out: out.replace(/\d{19}/g, '<tracking id>') };
  }

  return {
    inbox,
    erased,
    run,
    /** For the next test: another project and another folder. */
    begin() {
      root = mkdtempSync(join(tmpdir(), 'ops-forget-'));
      projects++;
      erased.length = 0;
      inbox.faults.clear();
      return root;
    },
    end: () => rmSync(root, { recursive: true, force: true }),
    async stop() {
      await Promise.all(services.map(({ app }) => app.close()));
      await inbox.close();
    },
  };
}
