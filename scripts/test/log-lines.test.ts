import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { spellingNotes } from '../cli/spelling.mjs';
import { createLogLines, plainLine } from '../platform/log-lines.mjs';

/** Not a terminal: no colours. */
const { format } = createLogLines({ isTTY: false } as NodeJS.WriteStream);
const line = (fields: object) => JSON.stringify({ level: 30, time: 0, pid: 1, hostname: 'h', ...fields });
/** Without the time of day, which depends on the time zone. */
const shown = (text: string, service = 'web') => format(text, service)?.text.slice(10);

it.each([10, 20, 30, 40, 50, 60])('aligns what is logged at level %d', (level) => {
  const [short, long] = ['web', 'analytics-service'].map((service) => shown(line({ level, msg: 'said' }), service));
  expect(short?.indexOf('said')).toBe(26);
  expect(long?.indexOf('said')).toBe(26);
});

it('shows the fields of a line behind its message', () => {
  expect(shown(line({ msg: 'an alert rule fires', rule: 'New issue', value: 2, to: ['a'] }))).toBe(
    'web                info   an alert rule fires  rule=New issue value=2 to=["a"]',
  );
});

it('keeps apart requests of the same number in two services', () => {
  shown(line({ reqId: 'req-1', req: { method: 'GET', path: '/one' }, msg: 'incoming request' }), 'qr-service');
  shown(line({ reqId: 'req-1', req: { method: 'PUT', path: '/two' }, msg: 'incoming request' }), 'auth-service');
  const completed = line({ reqId: 'req-1', res: { statusCode: 204 }, responseTime: 12.6, msg: 'request completed' });
  expect(shown(completed, 'qr-service')).toBe('qr-service         info   204  GET /one  13 ms');
  expect(shown(completed, 'auth-service')).toBe('auth-service       info   204  PUT /two  13 ms');
});

it('leaves out scripts and pictures of a page that were served, and shows those that were not', () => {
  const ask = (path: string, statusCode: number) => {
    shown(line({ reqId: 'r', req: { method: 'GET', path }, msg: 'incoming request' }));
    return shown(line({ reqId: 'r', res: { statusCode }, responseTime: 1, msg: 'request completed' }));
  };
  expect(ask('/assets/index-1a2b.js', 200)).toBeUndefined();
  expect(ask('/@vite/client', 200)).toBeUndefined();
  expect(ask('/assets/index-1a2b.js', 404)).toContain('404  GET /assets/index-1a2b.js');
  expect(ask('/codes', 200)).toContain('200  GET /codes');
});

it('lets no value move the cursor or break the line', () => {
  const text = shown(
    line({ level: 50, msg: 'a\u001b[2Jb\nc', err: { type: 'E', message: 'x\u001b[1A' }, note: '\u202e' }),
  );
  expect(text).toBe('web                error  a [2Jb c  E: x [1A  note= ');
  expect(shown('plain \u001b[2J\ttext')).toBe('web                       plain  [2J\ttext');
});

it('shows of the stack of an error the frames of our own code', () => {
  const stack =
    'Error: no\n    at own (file:///app/dist/routes.js:1:2)\n    at lib (/app/node_modules/x/y.js:1:1)\n    at node:internal/z:1:1';
  expect(shown(line({ level: 50, msg: 'failed', err: { type: 'Error', message: 'no', stack } }))).toBe(
    'web                error  failed  Error: no\n          at own (/app/dist/routes.js:1:2)',
  );
  expect(shown(line({ level: 30, msg: 'refused', err: { type: 'Error', message: 'no', stack } }))).not.toContain('\n');
});

it.each(['{"level":30', '{"level":"x","time":1}', '{"level":30,"time":"y"}', '[1]', '', '{"a":1}'])(
  'shows %s, which is no line of a logger, as it is',
  (text) => {
    expect(shown(text)).toBe(`web                       ${text}`);
    expect(plainLine(text, 'web')).toBe(`[web] ${text}`);
  },
);

it('adds the service to a line for tools', () => {
  expect(JSON.parse(plainLine(line({ msg: 'm' }), 'web'))).toEqual({
    service: 'web',
    level: 30,
    time: 0,
    pid: 1,
    hostname: 'h',
    msg: 'm',
  });
});

it('points out variables that are mistyped, without their values', () => {
  const root = mkdtempSync(join(tmpdir(), 'qr-observability-spelling-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  writeFileSync(join(root, '.env.example'), '# Token.\nMIXPANEL_TOKEN=\nSENTRY_DSN=\nLOG_LEVEL=\nDATABASE_URL=\n');
  const notes = spellingNotes(root, {
    '.env': { MIXPANEL_TOKN: 'secret-1', LOG_LEVEL: 'warn', LOG_LEVL: 'info', DATABASE_URI: ' ' },
    'the environment': { SENTRY_DNS: 'secret-2', MIXPANEL: 'x', EDITOR: 'vi', XDG_SESSION_ID: '1' },
  });
  expect(notes).toEqual([
    'Nothing reads MIXPANEL_TOKN (in .env). Did you mean MIXPANEL_TOKEN?',
    'Nothing reads SENTRY_DNS (in the environment). Did you mean SENTRY_DSN?',
  ]);
  expect(spellingNotes('/nowhere', { '.env': { MIXPANEL_TOKN: 'x' } })).toEqual([]);
});
