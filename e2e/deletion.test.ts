import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createScratchDatabase, postgresAvailable } from '@qr/database/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runPlatform } from './running-platform.ts';

// The soak run does the same on a real PostgreSQL; the journeys of the services know both in any case.
const isSoak = process.env['SOAK'] === '1' && (await postgresAvailable());
const kinds = isSoak ? (['postgres'] as const) : (['embedded'] as const);
let platform: Awaited<ReturnType<typeof runPlatform>>;

const password = 'correct-horse-battery';

/** A person with a session, as a browser that speaks JSON. */
async function signUp(email: string) {
  const cookies = new Map<string, string>();
  async function send<T>(method: string, path: string, body?: object): Promise<{ status: number; body: T }> {
    const response = await fetch(`${platform.app}${path}`, {
      method,
      headers: {
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    const text = await response.text();
    return { status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as T };
  }
  const { body } = await send<{ user: { id: string } }>('POST', '/api/auth/signup', { email, password });
  return { id: body.user.id, email, send };
}
type Person = Awaited<ReturnType<typeof signUp>>;

const PHONE =
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36';

/** Makes a page and a code for it, and has both visited. */
async function leaveTraces({ send }: Person): Promise<string> {
  const page = { title: 'Café', links: [{ label: 'Menu', url: 'https://example.com/menu' }] };
  const microsite = (await send<{ id: string }>('POST', '/api/microsites', page)).body;
  expect((await send('POST', `/api/microsites/${microsite.id}/publish`)).status).toBe(200);
  const request = { type: 'microsite', micrositeId: microsite.id };
  const code = (await send<{ id: string; destinationUrl: string }>('POST', '/api/qr/generate', request)).body;
  for (let scan = 0; scan < 3; scan++) {
    // Statistics count people only.
    const headers = { 'user-agent': PHONE };
    const redirect = await fetch(`${platform.app}/scan/${code.id}`, { redirect: 'manual', headers });
    expect(redirect.headers.get('location')).toBe(code.destinationUrl);
  }
  const view = await fetch(code.destinationUrl);
  expect(view.status).toBe(200);
  expect(view.headers.get('content-security-policy')).toContain("default-src 'none'");
  const statistics = () => send<{ scans: number }>('GET', `/api/analytics/qrs/${code.id}`);
  await expect.poll(async () => (await statistics()).body.scans, { timeout: 15_000 }).toBe(3);
  return code.id;
}

/** The tables in which a text stands. */
async function tablesWith(text: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: platform.databaseUrl });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
       where schemaname in ('auth', 'qr', 'microsite', 'analytics')`,
    );
    expect(tables.length).toBeGreaterThan(8);
    const found: string[] = [];
    for (const { name } of tables) {
      const { rows } = await client.query(`select 1 from ${name} as each where each::text like $1`, [`%${text}%`]);
      if (rows.length > 0) found.push(name);
    }
    return found;
  } finally {
    await client.end();
  }
}

/** The files of all spools that hold one of these texts, inflated. */
function spoolFilesWith(texts: readonly string[]): string[] {
  const root = join(platform.folder, 'spool');
  return readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => {
    try {
      const bytes = readFileSync(join(root, name));
      const content = name.endsWith('.gz') ? gunzipSync(bytes) : bytes;
      return texts.some((text) => content.includes(text));
    } catch {
      // A folder, or a file that was delivered meanwhile.
      return false;
    }
  });
}

async function received(): Promise<string> {
  const answers = ['/api/events?limit=10000', '/api/profiles', '/api/errors'].map((path) =>
    fetch(`${platform.inbox}${path}`).then((response) => response.text()),
  );
  return (await Promise.all(answers)).join('\n');
}

describe.each(kinds)(
  'a person who makes a page and a code, has them scanned and deletes their account, on the %s database',
  (kind) => {
    let scratch: Awaited<ReturnType<typeof createScratchDatabase>> | undefined;
    beforeAll(async () => {
      if (kind === 'postgres') scratch = await createScratchDatabase();
      platform = await runPlatform({ hasPage: false, ...(scratch && { databaseUrl: scratch.url }) });
    });
    afterAll(async () => {
      await platform?.stop();
      await scratch?.drop();
    });

    it('stands in no table, no event and no spool any more, and another one still does', async () => {
      const [leaving, staying] = [await signUp('leaves@mail.example'), await signUp('stays@mail.example')];
      const hashOf = ({ email }: Person) =>
        createHmac('sha256', platform.secrets['PII_HASH_KEY'] ?? '')
          .update(email)
          .digest('hex');
      await leaveTraces(staying);
      await expect.poll(received, { timeout: 15_000 }).toContain(hashOf(staying));

      // Some of what is known of them was delivered; the rest waits, on disk.
      await expect.poll(received, { timeout: 15_000 }).toContain(leaving.id);
      await fetch(`${platform.inbox}/api/faults`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ fault: { kind: 'status', status: 503 } }),
      });
      const codeId = await leaveTraces(leaving);
      await expect.poll(() => spoolFilesWith([leaving.id]), { timeout: 15_000 }).not.toEqual([]);
      expect(await tablesWith(leaving.id)).toEqual(
        expect.arrayContaining(['auth.users', 'qr.codes', 'analytics.scans']),
      );

      expect((await leaving.send('DELETE', '/api/auth/account', { password })).status).toBe(204);
      // That they asked to be forgotten is known until no session of theirs is believed any longer.
      await expect.poll(() => tablesWith(leaving.id), { timeout: 15_000 }).toEqual(['auth.erasures']);
      expect((await fetch(`${platform.app}/scan/${codeId}`, { redirect: 'manual' })).status).toBe(404);

      await fetch(`${platform.inbox}/api/faults`, { method: 'DELETE' });
      const texts = [leaving.id, leaving.email, hashOf(leaving)];
      await expect.poll(() => spoolFilesWith(texts), { timeout: 60_000 }).toEqual([]);
      const isGone = async () => texts.filter((text) => lastReceived.includes(text));
      let lastReceived = '';
      await expect
        .poll(
          async () => {
            lastReceived = await received();
            return isGone();
          },
          { timeout: 15_000 },
        )
        .toEqual([]);
      expect(lastReceived).toContain(hashOf(staying));
      expect(await tablesWith(staying.id)).toEqual(
        expect.arrayContaining(['auth.users', 'qr.codes', 'microsite.microsites', 'analytics.scans']),
      );
    });
  },
);
