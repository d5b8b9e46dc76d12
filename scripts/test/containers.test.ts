import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { neededBy, workspacesOf } from '../container/install.mjs';

interface ComposeService {
  readonly build?: { readonly target?: string; readonly args?: Readonly<Record<string, string>> };
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly networks?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly hostname?: string;
  readonly network_mode?: string;
}

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const dockerfile = read('Dockerfile');
const composeText = read('compose.yaml');
const compose = parse(composeText, { merge: true }) as {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes: object;
  readonly networks: object;
};
const services = Object.entries(compose.services);
/** Those that are built here, not PostgreSQL and Redis. */
const ours = services.filter(([, { build }]) => build !== undefined);
const documented = new Set([...read('.env.example').matchAll(/^([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name));

/** Words of each instruction, with continued lines joined. */
const instructions = dockerfile
  .replace(/^#.*\n/gm, '')
  .replace(/\\\n\s*/g, ' ')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map((line) => line.trim().split(/\s+/));
const copied = instructions
  .filter(([name, option]) => name === 'COPY' && !option?.startsWith('--from='))
  .flatMap((words) => words.slice(1, -1));

it('the Dockerfile copies only what exists, and what .dockerignore lets through', () => {
  expect(copied.length).toBeGreaterThan(8);
  expect(copied.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  const allowed = [...read('.dockerignore').matchAll(/^!(.+)$/gm)].map(([, path]) => path);
  expect(copied.filter((path) => !allowed.includes(path.split('/')[0]))).toEqual([]);
});

it('the Dockerfile installs with the manifest of every workspace', () => {
  const stage = (name: string) => dockerfile.split(/^FROM /m).find((each) => each.includes(` AS ${name}\n`)) ?? '';
  const groups = [...stage('workspaces').matchAll(/^COPY (\S+) (\S+)$/gm)].map(([, from, to]) =>
    from === to ? from : '',
  );
  expect([...new Set(workspacesOf(root).map(({ folder }) => folder.split('/')[0]))].sort()).toEqual(groups.sort());
  expect(stage('workspaces')).toContain('RUN find . -type f ! -name package.json -delete');
  expect(stage('manifests')).toContain('COPY --from=workspaces /app ./');
});

it('every image runs as somebody other than root, says how it is, and starts Node.js without a shell', () => {
  const targets = ['service', 'web', 'inbox'];
  const bases = instructions.filter(([name, , , target = '']) => name === 'FROM' && targets.includes(target));
  expect(bases.map(([, base]) => base)).toEqual(['runtime', 'runtime', 'runtime']);
  const start = instructions.findIndex(([name, , , target]) => name === 'FROM' && target === 'runtime');
  const runtime = instructions.slice(start + 1).slice(0, 12);
  expect(runtime).toContainEqual(['USER', 'node']);
  expect(runtime).toContainEqual(['ENTRYPOINT', '["node"]']);
  expect(runtime.some(([name]) => name === 'HEALTHCHECK')).toBe(true);
  for (const [name, first] of instructions) if (name === 'CMD') expect(first).toMatch(/^\[/);
});

it('every image that reports errors names the release that it was built from, as there is no git in it', () => {
  const stages = dockerfile.split(/^FROM /m).slice(1);
  const reporting = stages.filter((stage) => / AS (?:service|web)\n/.test(stage));
  expect(reporting).toHaveLength(2);
  for (const stage of reporting) {
    const [, after = ''] = stage.split('\nARG GIT_COMMIT\n');
    // biome-ignore lint/suspicious/noTemplateCurlyInString: of the Dockerfile
    expect(after).toContain('ENV SENTRY_RELEASE="${SENTRY_RELEASE:-${GIT_COMMIT}}"\n');
  }
  // The page is built in a stage of its own, with the same arguments.
  const page = stages.find((stage) => stage.startsWith('build AS page\n')) ?? '';
  // biome-ignore lint/suspicious/noTemplateCurlyInString: of the Dockerfile
  expect(page).toContain('SENTRY_RELEASE="${SENTRY_RELEASE:-${GIT_COMMIT}}"');
  expect(page).toMatch(/ARG GIT_COMMIT\nARG SENTRY_RELEASE\nARG SENTRY_ENVIRONMENT\n/);
});

it('what an image starts with is what the sources are compiled to', () => {
  const commands = instructions.filter(([name]) => name === 'CMD').map(([, ...words]) => words.join(' '));
  const files = [...commands, '["dist/shipper.js"]'].map((command) => command.match(/dist\/[\w/]+\.js/g) ?? []);
  const sources = [
    'packages/inbox/src',
    'apps/web',
    'services/analytics-service/src',
    'services/analytics-service/src',
  ];
  const missing = files.flatMap((paths, index) =>
    paths
      .map((path) => join(sources[index] ?? '', path.replace('dist/', '').replace(/\.js$/, '.ts')))
      .filter((path) => !existsSync(join(root, path))),
  );
  expect(files.flat().length).toBe(6);
  expect(missing).toEqual([]);
});

it('compose.yaml runs every service, and builds none that does not exist', () => {
  const built = ours.flatMap(([, { build }]) => build?.args?.['SERVICE'] ?? []);
  const exist = workspacesOf(root).flatMap(({ folder }) => (/^services\//.test(folder) ? [folder.slice(9)] : []));
  expect([...new Set(built)].sort()).toEqual([...exist].sort());
  const targets = ours.flatMap(([, { build }]) => build?.target ?? []);
  for (const target of targets) expect(dockerfile).toContain(` AS ${target}\n`);
});

it('every variable of compose.yaml and of the Dockerfile is explained in .env.example', () => {
  const substituted = [...composeText.matchAll(/\$\{(\w+)/g)].map(([, name]) => name);
  const set = ours.flatMap(([, { environment }]) => Object.keys(environment ?? {}));
  const baked = instructions.flatMap(([name, ...words]) =>
    name === 'ENV' ? words.map((word) => word.split('=')[0]) : [],
  );
  const build = instructions.flatMap(([name, word]) => (name === 'ARG' ? [word?.split('=')[0]] : []));
  const OF_THE_BUILD = ['SERVICE', 'NODE_IMAGE'];
  const names = [...substituted, ...set, ...baked, ...build].filter((name) => !OF_THE_BUILD.includes(name ?? ''));
  expect(names.length).toBeGreaterThan(50);
  expect([...new Set(names)].filter((name) => !documented.has(name))).toEqual([]);
});

it('every build argument that compose.yaml passes is one of the Dockerfile', () => {
  const known = new Set(instructions.flatMap(([name, word]) => (name === 'ARG' ? [word?.split('=')[0]] : [])));
  const passed = ours.flatMap(([, { build }]) => Object.keys(build?.args ?? {}));
  expect(passed.filter((name) => !known.has(name))).toEqual([]);
});

it('no secret has a value in compose.yaml, and each one that is needed is asked for', () => {
  const lines = composeText
    .split('\n')
    .filter((line) => /^ *\w*(_TOKEN|_SECRET|_KEY|PASSWORD|_DSN|_ACCOUNT): /.test(line));
  expect(lines.length).toBeGreaterThan(8);
  expect(lines.filter((line) => !/: \$\{\w+(:-|:\?[^}]+)\}$/.test(line))).toEqual([]);
  for (const name of ['POSTGRES_PASSWORD', 'JWT_SECRET', 'SERVICE_TOKEN', 'PII_HASH_KEY'])
    expect(composeText).toContain(`\${${name}:?`);
});

it('the addresses in compose.yaml are those of its services', () => {
  const hosts = ours.flatMap(([, { environment }]) =>
    Object.values(environment ?? {}).flatMap((value) =>
      [...value.matchAll(/(?:http|redis|postgres):\/\/(?:[^@/,]*@)?([a-z][\w-]*):\d+/g)].map(([, host = '']) => host),
    ),
  );
  expect(hosts.length).toBeGreaterThan(50);
  const unknown = [...new Set(hosts)].filter((host) => host !== 'localhost' && !compose.services[host]);
  expect(unknown).toEqual([]);
});

it('only what people need is reachable, and only from this machine', () => {
  const published = services.flatMap(([name, { ports = [] }]) => ports.map((port) => `${name} ${port}`));
  expect(published).toEqual([
    'microsite-service 127.0.0.1:3003:3000',
    'web 127.0.0.1:3000:3000',
    'inbox 127.0.0.1:4600:3000',
  ]);
});

it('every process that delivers keeps its spool in a volume, and has a host name of its own', () => {
  const delivering = ours.filter(([name]) => name !== 'inbox');
  const spools = delivering.map(([, { volumes = [] }]) => volumes.join());
  for (const spool of spools) expect(spool).toMatch(/^spool-[a-z]+:\/var\/spool\/qr-observability$/);
  const names = services.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':')[0]));
  expect(Object.keys(compose.volumes).sort()).toEqual([...new Set(names)].sort());
  // By it processes that share a spool tell whether another one lives.
  expect(delivering.filter(([, service]) => service.hostname ?? service.network_mode)).toEqual([]);
});

it('who uses the database is in its network and waits for it', () => {
  const users = services.filter(([, { environment }]) => environment?.['DATABASE_URL']);
  expect(users.length).toBe(5);
  for (const [, service] of users) {
    expect(service.networks).toEqual(['default', 'database']);
    expect(service.depends_on?.['postgres']).toEqual({ condition: 'service_healthy' });
  }
});

it('a workspace needs what it depends on, and nothing else', () => {
  const foldersOf = (folder: string) => neededBy(root, folder).map((workspace) => workspace.folder);
  expect(foldersOf('services/routing-service')).toEqual([
    'services/routing-service',
    'packages/common',
    'packages/delivery',
    'packages/events',
    'packages/plan',
    'packages/server',
    'packages/telemetry',
  ]);
  expect(foldersOf('services/auth-service')).toContain('packages/database');
  expect(foldersOf('apps/web')).not.toContain('packages/inbox');
  expect(() => neededBy(root, 'services/')).toThrow(
    '"services/" is not a workspace. Expected one of packages/alerts, ',
  );
});
