import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createMemoryTransport } from '@qr/telemetry/testing';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { anEvent, deadLetter, endedFolder, leaveBehind, sealed } from '../../../common/test/spool/leave-behind.ts';
import { createPipeline } from '../../../delivery/src/pipeline.ts';
import { lanes } from '../../../telemetry/src/destinations/lanes.ts';
import { personIdsOf } from '../../../telemetry/src/destinations/person-ids.ts';
import { runInTest } from '../run-in-test.ts';

const NOW = Date.UTC(2026, 10, 20, 12);
const HOUR_MS = 3_600_000;
/** Folders of processes on other machines, which look the same on every machine. */
const [LIVING, SILENT] = ['web2-17-1-00000001', 'web1-4711-1-00000002'];

describe('qr-obs spool', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'ops-spool-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));
  const run = (...commandLine: string[]) => runInTest(['spool', ...commandLine], { root });

  /** A spool of npm start with everything in it, and one of a service that was started by itself. */
  function fill(): string {
    const spool = join(root, '.data/spool/qr-service');
    // Nobody looks into it.
    const batch = Buffer.alloc(3000);
    leaveBehind(join(spool, SILENT), { heartbeat: '', 'import-00000001-2.json.gz': batch });
    leaveBehind(join(spool, LIVING), {
      heartbeat: '',
      'import-00000001.journal': `${JSON.stringify(anEvent(3))},\n`,
      'engage-00000002-1.json.gz': Buffer.alloc(300),
    });
    leaveBehind(join(spool, 'dead'), {
      'import.ndjson':
        deadLetter(anEvent(4), 'time of ada@example.com is in the future', '2026-11-19T08:00:00.000Z') +
        deadLetter(anEvent(5), 'time of bob@example.com is in the future', '2026-11-20T09:30:00.000Z'),
      'engage.ndjson': deadLetter({ $distinct_id: 'u1', $set: { plan: 'pro' } }, 'no such project'),
    });
    leaveBehind(join(spool, 'errors/dead'), { 'sentry.ndjson': deadLetter(null, 'invalid envelope') });
    leaveBehind(join(root, 'services/auth-service/.data/spool/auth-service/dead'), {});
    touch(join(spool, SILENT), 'heartbeat', 600_000);
    touch(join(spool, SILENT), 'import-00000001-2.json.gz', 5 * HOUR_MS);
    touch(join(spool, LIVING), 'heartbeat', 3000);
    touch(join(spool, LIVING), 'engage-00000002-1.json.gz', 90_000);
    return spool;
  }
  function touch(folder: string, name: string, ageMs: number): void {
    const then = new Date(NOW - ageMs);
    utimesSync(join(folder, name), then, then);
  }

  it('says where it has looked when there is no spool, and that nothing waits when there is nothing', async () => {
    expect(await run('status')).toMatchObject({
      exitCode: 0,
      out: 'There is no spool in .data/spool, services/*/.data/spool, apps/*/.data/spool: services make theirs when they start. Name another with --dir.',
    });
    mkdirSync(join(root, '.data/spool/qr-service'), { recursive: true });
    expect((await run('status')).out).toBe('Nothing waits and nothing was rejected in 1 spool.');
    expect(JSON.parse((await run('status', '--json')).out)).toMatchObject({
      spools: [{ name: 'qr-service', lanes: [], processes: [] }],
    });
  });

  it('shows what waits, what was rejected, and whose it is', async () => {
    fill();
    const { exitCode, out } = await run('status');
    expect(exitCode).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "SPOOL              LANE    BATCHES  RECORDS    SIZE  OLDEST  UNSEALED  DEAD
      qr-service         import        1        2  2.9 KB      5h         1     2
      qr-service         engage        1        1   300 B      1m         0     1
      qr-service/errors  sentry        0        0     0 B       -         0     1

      qr-service  web1 4711  1 batch, 0 journals  has ended: one that runs takes them over within 30 s, else the next
      qr-service  web2 17    1 batch, 1 journal   runs elsewhere, as its heartbeat says

      qr-obs spool dead says why records were rejected, qr-obs spool replay sends them again."
    `);
    const { spools } = JSON.parse((await run('status', '--json')).out);
    expect(spools[0].lanes[0]).toMatchObject({
      lane: 'import',
      ...{ batches: 1, records: 2, oldestAgeMs: 5 * HOUR_MS, journals: 1, unsealedRecords: 1, deadLetters: 2 },
    });
  });

  it('finds the spool that was named, by an option or by the variable', async () => {
    const spool = fill();
    const named = await run('status', '--dir', spool, '--json');
    const names = (out: string) => JSON.parse(out).spools.map(({ name }: { name: string }) => name);
    expect(names(named.out)).toEqual(['qr-service', 'qr-service/errors']);
    const env = { OBSERVABILITY_SPOOL_DIR: '.data/spool/qr-service' };
    const byVariable = await runInTest(['spool', 'status', '--json'], { root, env });
    expect(names(byVariable.out)).toEqual(['qr-service', 'qr-service/errors']);
    expect((await run('status', '--dir', join(root, 'nowhere'))).exitCode).toBe(2);
  });

  it('says why records were rejected, and no value of theirs', async () => {
    fill();
    const { out } = await run('dead');
    expect(out).toMatchInlineSnapshot(`
      "qr-service, lane import: 2 rejected
        reason   time of [redacted] is in the future
        field    properties.time
        when     2026-11-19 08:00:00 to 2026-11-20 09:30:00 UTC
        example  { event: qr_scanned, properties: { distinct_id: string, $insert_id: string, time: number, n: number } }

      qr-service, lane engage: 1 rejected
        reason   no such project
        field    properties.time
        when     2026-11-20 10:00:00 UTC
        example  { $distinct_id: string, $set: { plan: string } }

      qr-service/errors, lane sentry: 1 rejected
        reason   invalid envelope
        field    properties.time
        when     2026-11-20 10:00:00 UTC
        example  null"
    `);
    expect((await run('dead', '--lane', 'engage', '--reason', 'PROJECT')).out).toContain('engage: 1 rejected');
    expect((await run('dead', '--reason', 'never said')).out).toBe('There are no such rejected records.');
    const groups = JSON.parse((await run('dead', '--lane', 'import', '--json')).out).groups;
    expect(groups).toMatchObject([{ count: 2, first: '2026-11-19T08:00:00.000Z', field: 'properties.time' }]);
    expect(JSON.stringify(groups)).not.toContain('insert-');
  });

  it('prints whole records to whoever asks for them', async () => {
    fill();
    const { out } = await run('dead', '--lane', 'import', '--show-records');
    expect(out).toContain(`  record   ${JSON.stringify(anEvent(4))}`);
  });

  it('says what a replay would send again, and changes nothing', async () => {
    const spool = fill();
    const before = readdirSync(spool, { recursive: true });
    const { exitCode, out } = await run('replay', '--dry-run');
    expect(exitCode).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "qr-service, lane import: 2 records would go back into the spool, a running process sends them within 30 s.
      qr-service, lane engage: 1 record would go back into the spool, a running process sends them within 30 s.
      qr-service/errors, lane sentry: 1 record cannot be sent again: not whole.
      Profile updates go in their original order among those that wait; a newer value that was sent already is overwritten.
      Dry run: nothing was changed."
    `);
    expect(readdirSync(spool, { recursive: true })).toEqual(before);
  });

  it('puts rejected records back, once', async () => {
    const spool = fill();
    expect((await run('replay', '--lane', 'import')).out).toBe(
      'qr-service, lane import: 2 records went back into the spool, a running process sends them within 30 s.',
    );
    const batches = readdirSync(spool, { recursive: true }).filter((path) =>
      /-r2-b\d+\.v2\.json\.gz$/.test(String(path)),
    );
    expect(batches).toHaveLength(1);
    expect((await run('replay', '--lane', 'import')).out).toBe('There are no such rejected records.');
    expect(JSON.parse((await run('replay', '--json')).out)).toMatchObject({
      dryRun: false,
      spools: [
        { lanes: [{ lane: 'engage', records: 1 }] },
        { lanes: [{ lane: 'sentry', unusable: 1 }] },
        { lanes: [] },
      ],
    });
  });

  it('deletes nothing without --yes, and with it what was announced', async () => {
    const spool = fill();
    const announced = await run('purge', '--older-than', '0.1');
    expect(announced.exitCode).toBe(2);
    expect(announced.out).toMatchInlineSnapshot(`
      "qr-service: 1 batch and 0 journals with 2 records, 2 rejected records
      Nothing was deleted: these would be lost for good. Say --yes to delete them."
    `);
    expect(readdirSync(join(spool, SILENT))).toHaveLength(2);
    const { exitCode, out } = await run('purge', '--older-than', '0.1', '--yes', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(out).spools[0]).toEqual({
      spool: 'qr-service',
      ...{ batches: 1, journals: 0, records: 2, deadLetters: 2, corrupted: 0 },
    });
    expect((await run('purge', '--dead', '--yes')).exitCode).toBe(0);
    expect((await run('purge', '--dead')).out).toBe('There is nothing of that kind.');
    expect(readdirSync(join(spool, LIVING))).toHaveLength(3);
  });

  /** Adds what cannot be sent: files that were set aside, and files in a process's folder that are of no known form. */
  async function damage(spool: string): Promise<void> {
    leaveBehind(join(spool, 'corrupted'), {
      [`${SILENT}_import-1763600000000000-r20-b3000.v2.json.gz`]: Buffer.alloc(2100),
      [`${SILENT}_import-1763600000000000-r20-b3000.v2.json.gz.reason`]: '2100 bytes instead of 3000\n',
      [`${SILENT}_engage-1763600000000001-r1-b90.v2.json.gz`]: Buffer.alloc(90),
      [`${SILENT}_engage-1763600000000001-r1-b90.v2.json.gz.reason`]: 'refused for ada@example.com\u001b[2J\n',
      [`${SILENT}_import-1763600000000002-r1-b70.v2.json.gz`]: Buffer.alloc(70),
    });
    touch(join(spool, 'corrupted'), `${SILENT}_import-1763600000000000-r20-b3000.v2.json.gz`, 5 * HOUR_MS);
    touch(join(spool, 'corrupted'), `${SILENT}_engage-1763600000000001-r1-b90.v2.json.gz`, 90_000);
    touch(join(spool, 'corrupted'), `${SILENT}_import-1763600000000002-r1-b70.v2.json.gz`, 5000);
    const folder = join(spool, LIVING);
    leaveBehind(folder, { 'import-1763600000000003-r1-b9.v3.json.gz': 'newer', 'orders-00000001.journal': '{},\n' });
    mkdirSync(join(folder, 'folder'));
    symlinkSync('/etc/hostname', join(folder, 'import-1763600000000004.v2.journal'));
    execFileSync('mkfifo', [join(folder, 'import-1763600000000005-r1-b9.v2.json.gz')]);
    const server = createServer();
    await new Promise<void>((resolve) => void server.listen(join(folder, 'socket'), resolve));
    onTestFinished(() => new Promise((resolve) => void server.close(() => resolve())));
  }

  it('shows how many files are corrupted or unknown, and why', async () => {
    const spool = fill();
    await damage(spool);
    const { exitCode, out } = await run('status');
    expect(exitCode).toBe(0);
    expect(out.slice(out.indexOf('qr-obs spool dead says')).replace(spool, '<spool>')).toMatchInlineSnapshot(`
      "qr-obs spool dead says why records were rejected, qr-obs spool replay sends them again.

      qr-service: 3 corrupted files (2.2 KB) in <spool>/corrupted
        1 x 2100 bytes instead of 3000
        1 x refused for [redacted] [2J
        1 x unknown
      qr-service: 6 unknown files
        2 x another version or lane
        1 x a directory
        1 x a symbolic link
        1 x a named pipe
        1 x a socket
      qr-obs spool corrupted lists them with their paths."
    `);
    const { spools } = JSON.parse((await run('status', '--json')).out);
    expect(spools[0].undelivered).toHaveLength(9);
    expect(spools[0].undelivered[0]).toEqual({
      kind: 'corrupted',
      path: join(spool, 'corrupted', `${SILENT}_import-1763600000000000-r20-b3000.v2.json.gz`),
      ...{ reason: '2100 bytes instead of 3000', bytes: 2100, ageMs: 5 * HOUR_MS },
    });
    rmSync(join(spool, SILENT), { recursive: true });
    rmSync(join(spool, LIVING), { recursive: true });
    rmSync(join(spool, 'dead'), { recursive: true });
    rmSync(join(spool, 'errors'), { recursive: true });
    expect((await run('status')).out.replace(spool, '<spool>')).toMatchInlineSnapshot(`
      "Nothing waits and nothing was rejected in 2 spools.

      qr-service: 3 corrupted files (2.2 KB) in <spool>/corrupted
        1 x 2100 bytes instead of 3000
        1 x refused for [redacted] [2J
        1 x unknown
      qr-obs spool corrupted lists them with their paths."
    `);
  });

  it('lists corrupted and unknown files with their reasons, and opens none of them', async () => {
    const spool = fill();
    expect((await run('corrupted')).out).toBe('There are no corrupted or unknown files.');
    await damage(spool);
    const { exitCode, out } = await run('corrupted');
    expect(exitCode).toBe(0);
    expect(out.replace(spool, '<spool>')).toMatchInlineSnapshot(`
      "qr-service, in <spool>:
        FILE                                                                         KIND         SIZE  AGE  REASON
        corrupted/web1-4711-1-00000002_import-1763600000000000-r20-b3000.v2.json.gz  corrupted  2.1 KB   5h  2100 bytes instead of 3000
        corrupted/web1-4711-1-00000002_engage-1763600000000001-r1-b90.v2.json.gz     corrupted    90 B   1m  refused for [redacted] [2J
        corrupted/web1-4711-1-00000002_import-1763600000000002-r1-b70.v2.json.gz     corrupted    70 B   5s  unknown
        web2-17-1-00000001/folder                                                    unknown         -    -  a directory
        web2-17-1-00000001/import-1763600000000003-r1-b9.v3.json.gz                  unknown         -    -  another version or lane
        web2-17-1-00000001/import-1763600000000004.v2.journal                        unknown         -    -  a symbolic link
        web2-17-1-00000001/import-1763600000000005-r1-b9.v2.json.gz                  unknown         -    -  a named pipe
        web2-17-1-00000001/orders-00000001.journal                                   unknown         -    -  another version or lane
        web2-17-1-00000001/socket                                                    unknown         -    -  a socket

      Corrupted files were counted as torn and are not sent. Delete them with qr-obs spool purge --corrupted, once nobody needs them.
      Unknown files stay where they are. One of another version is sent when a process of that version adopts it."
    `);
    const { spools } = JSON.parse((await run('corrupted', '--json')).out);
    expect(spools.map((each: { spool: string; files: unknown[] }) => [each.spool, each.files.length])).toEqual([
      ['qr-service', 9],
      ['qr-service/errors', 0],
      ['auth-service', 0],
    ]);
    expect(JSON.stringify(spools)).not.toContain('ada@example.com');
  });

  it('shows what a process has set aside, and what it leaves alone', async () => {
    const spool = join(root, '.data/spool/qr-service');
    const whole = sealed(anEvent(1), anEvent(2));
    leaveBehind(join(spool, endedFolder()), {
      [`import-1763600000000000-r2-b${whole.length}.v2.json.gz`]: whole.subarray(0, 40),
      [`import-1763600000000001-r3-b${whole.length}.v2.json.gz`]: whole,
      [`import-1763600000000002-r2-b${whole.length}.v2.json.gz`]: whole,
      'import-1763600000000003-r2-b9.v3.json.gz': 'newer',
    });
    execFileSync('mkfifo', [join(spool, endedFolder(), 'import-1763600000000004-r7-b9.v2.json.gz')]);
    const transport = createMemoryTransport();
    const pipeline = createPipeline({
      lanes,
      personIds: personIdsOf([]),
      ...{ transports: { import: transport }, spoolRoot: spool, flushIntervalMs: 60_000, warn: () => {} },
    });
    await pipeline.flush(5000);
    await pipeline.close(1000);
    expect(transport.records('import')).toEqual([anEvent(1), anEvent(2)]);
    const { spools } = JSON.parse((await run('corrupted', '--json')).out);
    const files = spools[0].files as { kind: string; path: string; reason: string }[];
    expect(files.map(({ kind, path }) => `${kind} ${basename(path).replace(/^.*_/, '')}`).sort()).toEqual([
      `corrupted import-1763600000000000-r2-b${whole.length}.v2.json.gz`,
      `corrupted import-1763600000000001-r3-b${whole.length}.v2.json.gz`,
      'corrupted import-1763600000000004-r7-b9.v2.json.gz',
      'unknown import-1763600000000003-r2-b9.v3.json.gz',
    ]);
    expect(files.map(({ reason }) => reason.replaceAll(String(whole.length), '<whole>')).sort()).toMatchInlineSnapshot(`
      [
        "40 bytes instead of <whole>",
        "another version or lane",
        "not a gzipped batch: 2 records instead of 3",
        "not a regular file",
      ]
    `);
    expect((await run('purge', '--corrupted', '--yes')).out).toBe('qr-service: 3 corrupted files\nDeleted.');
    expect(JSON.parse((await run('status', '--json')).out).spools[0].undelivered).toHaveLength(1);
  });

  it('deletes corrupted files only when they were named, with their reasons', async () => {
    const spool = fill();
    await damage(spool);
    expect((await run('purge', '--older-than', '0', '--yes')).exitCode).toBe(0);
    expect(readdirSync(join(spool, 'corrupted'))).toHaveLength(5);
    const announced = await run('purge', '--corrupted', '--older-than', '0.1');
    expect([announced.exitCode, announced.out]).toEqual([
      2,
      'qr-service: 1 corrupted file\nNothing was deleted: these would be lost for good. Say --yes to delete them.',
    ]);
    expect((await run('purge', '--corrupted', '--lane', 'engage', '--yes')).out).toBe(
      'qr-service: 1 corrupted file\nDeleted.',
    );
    const { exitCode, out } = await run('purge', '--corrupted', '--yes', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(out).spools[0]).toMatchObject({ spool: 'qr-service', batches: 0, deadLetters: 0, corrupted: 2 });
    expect(readdirSync(join(spool, 'corrupted'))).toEqual([]);
    expect((await run('purge', '--corrupted')).out).toBe('There is nothing of that kind.');
    expect(readdirSync(join(spool, LIVING))).toContain('socket');
  });

  it.each([
    [['purge'], 'Say what is to be deleted: --dead'],
    [['purge', '--dead', '--corrupted'], '--dead and --corrupted exclude each other'],
    [['purge', '--older-than', 'a week'], '--older-than must be a number of days such as 30, got "a week".'],
    [
      ['dead', '--lane', 'mail'],
      '--lane must be one of import, engage, groups, deletions, analytics, webhook, posthog, sentry, got "mail".',
    ],
  ])('refuses %j with a sentence', async (commandLine, sentence) => {
    const { exitCode, notes } = await run(...commandLine);
    expect(exitCode).toBe(2);
    expect(notes).toContain(sentence);
  });

  it('says what each command does', async () => {
    expect((await run('--help')).out).toMatchInlineSnapshot(`
      "Usage: qr-obs spool [options] [command]

      Shows and tends what waits for delivery, and what was rejected.

      Options:
        -h, --help           display help for command

      Commands:
        status [options]     Show what waits and what was rejected, by service and lane
        dead [options]       Say why records were rejected
        corrupted [options]  List files that are not sent, with the reason
        replay [options]     Send rejected records again, once their reason is gone
        purge [options]      Delete what waits or was rejected
        help [command]       display help for command"
    `);
    expect((await run('corrupted', '--help')).out).toMatchInlineSnapshot(`
      "Usage: qr-obs spool corrupted [options]

      List files that are not sent, with the reason.

      Lists the files that could not be read and were set aside (corrupted), and what this version does
      not know: another version or lane, a pipe, a socket, a link, a directory (unknown). Opens none of
      them. Delete corrupted files with qr-obs spool purge --corrupted.

      Options:
        --json          answer with one JSON document, for tools
        --dir <folder>  a spool, or a folder of them; else OBSERVABILITY_SPOOL_DIR, else all of them
        -h, --help      display help for command

      Examples:
        qr-obs spool corrupted
        qr-obs spool corrupted --dir /var/lib/qr/spool --json"
    `);
    expect((await run('replay', '--help')).out).toMatchInlineSnapshot(`
      "Usage: qr-obs spool replay [options]

      Send rejected records again, once their reason is gone.

      Puts them back into the spool as they are, under the ids that they had; a running process of the
      service sends them, or the next that starts. Other processes may go on meanwhile. Killed at any
      moment, it loses none and sends none twice.

      Options:
        --json           answer with one JSON document, for tools
        --dir <folder>   a spool, or a folder of them; else OBSERVABILITY_SPOOL_DIR, else all of them
        --lane <lane>    of one lane: import, engage, groups, deletions, analytics or sentry
        --reason <text>  whose reason has this text in it
        --dry-run        only say what would be sent
        -h, --help       display help for command

      Examples:
        qr-obs spool replay --dry-run
        qr-obs spool replay --lane import --reason "rate limit""
    `);
    expect((await run('purge', '--help')).out).toMatchInlineSnapshot(`
      "Usage: qr-obs spool purge [options]

      Delete what waits or was rejected.

      Deletes what all of the options apply to, and only with --yes. Records that a running process is
      still gathering are never touched; what it is just sending may still arrive. Requests to forget
      somebody are deleted only with --lane deletions, corrupted files only with --corrupted.

      Options:
        --json               answer with one JSON document, for tools
        --dir <folder>       a spool, or a folder of them; else OBSERVABILITY_SPOOL_DIR, else all of them
        --dead               only records that were rejected
        --corrupted          only files that cannot be read
        --lane <lane>        of one lane
        --older-than <days>  sealed or rejected before so many days
        --yes                delete it
        -h, --help           display help for command

      Examples:
        qr-obs spool purge --dead --older-than 30
        qr-obs spool purge --lane analytics --yes"
    `);
  });
});
