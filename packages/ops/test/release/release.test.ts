import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runInTest } from '../run-in-test.ts';
import { type FakeSentry, startFakeSentry } from './fake-sentry.ts';

let root = '';
let sentry: FakeSentry;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'qr-release-'));
  git('init', '--quiet', '--initial-branch=main');
  commit('first');
  sentry = await startFakeSentry();
});
afterEach(async () => {
  await sentry.close();
  rmSync(root, { recursive: true });
});

const env = () => ({ SENTRY_AUTH_TOKEN: 'sntrys_secret', SENTRY_ORG: 'acme', SENTRY_URL: sentry.url });
const create = (options: readonly string[], given: Record<string, string> = env()) =>
  runInTest(['release', 'create', ...options], { root, env: given, fetch: globalThis.fetch });
const FULL = ['--version', 'v1', '--project', 'api', 'web', '--environment', 'production', '--source-maps', 'dist'];

it('explains itself', async () => {
  expect((await runInTest(['release', '--help'])).out).toMatchInlineSnapshot(`
    "Usage: qr-obs release [options] [command]

    Tell Sentry what runs where.

    Options:
      -h, --help        display help for command

    Commands:
      create [options]  Make a release known to Sentry: its commits, source maps and deploy
      help [command]    display help for command"
  `);
  expect((await runInTest(['release', 'create', '--help'])).out).toMatchInlineSnapshot(`
    "Usage: qr-obs release create [options]

    Make a release known to Sentry: its commits, source maps and deploy.

    Runs sentry-cli. Errors are then shown with the commit that brought them and with the sources as
    they were written; authors and messages of commits go to Sentry for that. Can be run again: a deploy
    that is listed is not recorded twice. Source maps get debug ids, which are written into the scripts
    of the folders: run it before they are copied anywhere. Needs SENTRY_AUTH_TOKEN and SENTRY_ORG;
    SENTRY_URL for a Sentry of your own.

    Options:
      --json                     answer with one JSON document, for tools
      --version <name>           default: SENTRY_RELEASE, else the commit of the checkout
      --environment <name>       where it was deployed (default: SENTRY_ENVIRONMENT; without, no deploy
                                 is recorded)
      --project <slug...>        of which projects it is a release (default: SENTRY_PROJECT, separated
                                 by commas)
      --source-maps <folder...>  folders of built scripts with their source maps; not the built page
      --dry-run                  say what would be done, and ask nobody
      -h, --help                 display help for command

    Examples:
      qr-obs release create --dry-run
      qr-obs release create --environment production --project qr-backend qr-web --source-maps services/qr-service/dist packages/common/dist"
  `);
});

describe('a dry run', () => {
  it('says what would be done and asks nobody', async () => {
    buildScripts();
    const { exitCode, out } = await create([...FULL, '--dry-run']);
    expect(exitCode).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "Release v1 (from --version) of api, web:
        release      sentry-cli releases new v1 -p api -p web
        commits      sentry-cli releases set-commits v1 --auto --ignore-missing
        source maps  sentry-cli sourcemaps inject dist
                     sentry-cli sourcemaps upload --release v1 -p api -p web dist
        finish       sentry-cli releases finalize v1
        deploy       sentry-cli deploys new --release v1 -e production  (unless it is listed already)
      Dry run: nothing was done.
      The page's source maps are uploaded by its build, when SENTRY_AUTH_TOKEN is set there, and not from here."
    `);
    expect(sentry.asked).toEqual([]);
  });

  it('needs no account, and says what is missing', async () => {
    const { exitCode, out } = await create(['--version', 'v1', '--dry-run'], {});
    expect(exitCode).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "Release v1 (from --version) of no project yet:
        release      sentry-cli releases new v1
        commits      sentry-cli releases set-commits v1 --auto --ignore-missing
        source maps  skipped: no --source-maps
        finish       sentry-cli releases finalize v1
        deploy       skipped: no --environment and no SENTRY_ENVIRONMENT
      Dry run: nothing was done.
      Not set yet: SENTRY_AUTH_TOKEN, SENTRY_ORG, --project or SENTRY_PROJECT.
      The page's source maps are uploaded by its build, when SENTRY_AUTH_TOKEN is set there, and not from here."
    `);
  });

  it('answers the same as JSON', async () => {
    const { out } = await create(['--version', 'v1', '--project', 'api', '--dry-run', '--json']);
    expect(JSON.parse(out)).toMatchObject({
      version: 'v1',
      origin: '--version',
      projects: ['api'],
      isDryRun: true,
      missing: [],
      steps: [
        { name: 'release', commands: [['releases', 'new', 'v1', '-p', 'api']] },
        { name: 'commits' },
        { name: 'source maps', skipped: 'no --source-maps' },
        { name: 'finish' },
        { name: 'deploy', skipped: 'no --environment and no SENTRY_ENVIRONMENT' },
      ],
    });
  });
});

describe('a release', () => {
  it('is made with its commits, source maps under debug ids, and its deploy', async () => {
    buildScripts();
    const { exitCode, out } = await create(FULL);
    expect(exitCode).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "Release v1 (from --version) of api, web:
        release      done
        commits      done
        source maps  done
        finish       done
        deploy       done
      The page's source maps are uploaded by its build, when SENTRY_AUTH_TOKEN is set there, and not from here."
    `);
    expect(sentry.asked.map(({ line }) => line)).toMatchInlineSnapshot(`
      [
        "POST /api/0/organizations/acme/releases/",
        "GET /api/0/organizations/acme/repos/?cursor=",
        "GET /api/0/organizations/acme/releases/v1/previous-with-commits/",
        "PUT /api/0/organizations/acme/releases/v1/",
        "GET /api/0/organizations/acme/chunk-upload/",
        "POST /api/0/organizations/acme/artifactbundle/assemble/",
        "POST /api/0/organizations/acme/chunk-upload/",
        "POST /api/0/organizations/acme/artifactbundle/assemble/",
        "PUT /api/0/organizations/acme/releases/v1/",
        "GET /api/0/organizations/acme/releases/v1/deploys/?per_page=100",
        "POST /api/0/organizations/acme/releases/v1/deploys/",
      ]
    `);
    expect(sentry.asked[0]?.body).toMatchObject({ version: 'v1', projects: ['api', 'web'] });
    expect(bodyOf('PUT')).toMatchObject({ commits: [{ message: 'first\n', author_email: 'test@example.com' }] });
    expect(bodyOf('assemble')).toMatchObject({ version: 'v1', projects: ['api', 'web'] });
    expect(bodyOf('POST /api/0/organizations/acme/releases/v1/deploys/')).toMatchObject({ environment: 'production' });
    expect(readFileSync(join(root, 'dist/main.js'), 'utf8')).toMatch(/debugId=[0-9a-f-]{36}/);
  });

  it('that is deployed there already is not recorded as deployed again', async () => {
    const options = ['--version', 'v1', '--project', 'api', '--environment', 'production'];
    await create(options);
    const { exitCode, out } = await create(options);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/deploy +skipped: production has it already, since \d{4}-/);
    expect(sentry.asked.filter(({ line }) => line.startsWith('POST') && line.includes('/deploys/'))).toHaveLength(1);
    await create(['--version', 'v1', '--project', 'api', '--environment', 'staging']);
    expect(sentry.asked.filter(({ line }) => line.startsWith('POST') && line.includes('/deploys/'))).toHaveLength(2);
  });
});

describe('the version', () => {
  const versionOf = async (options: readonly string[] = [], given: Record<string, string> = {}) => {
    const { version, origin } = JSON.parse((await create(['--dry-run', '--json', ...options], given)).out);
    return [version, origin];
  };

  it('is what services report: SENTRY_RELEASE, else the commit of the checkout', async () => {
    expect(await versionOf()).toEqual([git('rev-parse', 'HEAD').trim(), 'git']);
    expect(await versionOf([], { SENTRY_RELEASE: 'v7' })).toEqual(['v7', 'SENTRY_RELEASE']);
    expect(await versionOf(['--version', 'v8'], { SENTRY_RELEASE: 'v7' })).toEqual(['v8', '--version']);
  });

  it('has no commits when another commit is checked out', async () => {
    const first = git('rev-parse', 'HEAD').trim();
    commit('second');
    const { out } = await create(['--version', first, '--project', 'api', '--dry-run']);
    expect(out).toMatch(/commits +skipped: [0-9a-f]{7} is checked out, which is not the release/);
  });

  it.each(['latest', 'a/b', 'two words', '..', '-x', 'v'.repeat(201)])('"%s" is refused', async (version) => {
    const { exitCode, notes } = await create([`--version=${version}`, '--dry-run']);
    expect(exitCode).toBe(2);
    expect(notes).toContain('--version must be 1 to 200 characters without spaces and slashes');
  });

  it('is asked for where nothing names it', async () => {
    rmSync(join(root, '.git'), { recursive: true });
    const { exitCode, notes } = await create(['--dry-run']);
    expect(exitCode).toBe(2);
    expect(notes).toMatch(/^Nothing names the release: .* Say --version\.$/);
  });
});

describe('source maps', () => {
  it('are refused for a built page, whose build uploads them itself', async () => {
    buildScripts();
    writeFileSync(join(root, 'dist/main.js.br'), '');
    const { exitCode, notes } = await create(FULL);
    expect(exitCode).toBe(2);
    expect(notes).toContain('Its build uploads its source maps itself');
    expect(sentry.asked).toEqual([]);
  });

  it.each([
    ['nowhere', 'cannot be read. Build first'],
    ['.git/refs', 'there are no source maps (.js.map)'],
  ])('must be in the folder %s', async (folder, sentence) => {
    const { exitCode, notes } = await create(['--version', 'v1', '--source-maps', folder, '--dry-run']);
    expect(exitCode).toBe(2);
    expect(notes).toContain(sentence);
  });
});

describe('what goes wrong', () => {
  it.each([
    ['SENTRY_AUTH_TOKEN', 'SENTRY_AUTH_TOKEN is not set'],
    ['SENTRY_ORG', 'SENTRY_ORG is not set'],
  ])('%s is not set', async (name, sentence) => {
    const { exitCode, notes } = await create(['--version', 'v1', '--project', 'api'], { ...env(), [name]: '' });
    expect(exitCode).toBe(2);
    expect(notes).toContain(sentence);
  });

  it('no project is named', async () => {
    const { exitCode, notes } = await create(['--version', 'v1']);
    expect(exitCode).toBe(2);
    expect(notes).toContain('No project is named. Say --project');
    expect(sentry.asked).toEqual([]);
  });

  it.each([
    [['--project', 'QR web'], '--project must be the slug of a Sentry project, such as qr-backend, got "QR web"'],
    [['--environment', 'a/b'], '--environment must be 1 to 64 characters'],
  ])('%j', async (options, sentence) => {
    const { exitCode, notes } = await create(['--version', 'v1', ...options]);
    expect(exitCode).toBe(2);
    expect(notes).toContain(sentence);
  });

  it('the token is not known: what the vendor said, without the token', async () => {
    const { exitCode, notes } = await create(['--version', 'v1', '--project', 'api'], {
      ...env(),
      SENTRY_AUTH_TOKEN: 'sntrys_other',
    });
    expect(exitCode).toBe(3);
    expect(notes).toContain('sentry-cli releases new failed: ');
    expect(notes).toContain('401');
    expect(notes).not.toContain('sntrys_other');
  });

  it('the vendor repeats the token: it is not shown', async () => {
    sentry.fail('/releases/', 400, { detail: 'Not for sntrys_secret' });
    const { exitCode, notes } = await create(['--version', 'v1', '--project', 'api']);
    expect(exitCode).toBe(3);
    expect(notes).toContain('Not for ***');
    expect(notes).not.toContain('sntrys_secret');
  });

  it('the deploys cannot be listed: none is recorded', async () => {
    sentry.fail('GET /api/0/organizations/acme/releases/v1/deploys/', 503, {});
    const { exitCode, notes } = await create(['--version', 'v1', '--project', 'api', '--environment', 'production']);
    expect(exitCode).toBe(3);
    expect(notes).toContain('answered 503 when asked for the deploys of v1. No deploy was recorded');
    expect(sentry.asked.at(-1)?.line).toMatch(/^GET .*\/deploys\//);
  });

  it('sentry-cli has no program here', async () => {
    vi.stubEnv('SENTRY_BINARY_PATH', join(root, 'nowhere'));
    const { exitCode, notes } = await create(['--version', 'v1', '--project', 'api']);
    vi.unstubAllEnvs();
    expect(exitCode).toBe(2);
    expect(notes).toContain('The program of sentry-cli for this machine is not installed');
  });

  it('nobody answers', async () => {
    const { exitCode, notes } = await create(['--version', 'v1', '--project', 'api'], {
      ...env(),
      SENTRY_URL: 'http://127.0.0.1:1',
    });
    expect(exitCode).toBe(3);
    expect(notes).toContain('Could not connect to server');
    expect(notes).not.toContain('backtrace');
  });
});

function bodyOf(part: string): unknown {
  return sentry.asked.find(({ line, body }) => line.includes(part) && body)?.body;
}

/** A script as a compiler writes it. */
function buildScripts(): void {
  mkdirSync(join(root, 'dist'));
  writeFileSync(join(root, 'dist/main.js'), 'console.log(1);\n//# sourceMappingURL=main.js.map\n');
  const map = { version: 3, sources: ['main.ts'], sourcesContent: ['console.log(1)'], names: [], mappings: 'AAAA' };
  writeFileSync(join(root, 'dist/main.js.map'), JSON.stringify(map));
}

function commit(message: string): void {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgSign=false'];
  git(...identity, 'commit', '--quiet', '--allow-empty', '-m', message);
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' });
}
