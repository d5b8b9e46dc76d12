import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { problemOfNode } from '../cli/node-version.mjs';
import { nearest } from '../cli/spelling.mjs';

const root = join(import.meta.dirname, '../..');

function run(script: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { npm_lifecycle_event: _, ...outside } = process.env;
  const loader = script.endsWith('soak.mjs') ? ['--conditions=@qr/source', '--import', 'tsx'] : [];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...loader, script, ...args], {
    cwd: root,
    env: { ...outside, ...env },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const commands: readonly (readonly [script: string, name: string, option: string])[] = [
  ['scripts/start.mjs', 'npm start --', '--port-base'],
  ['scripts/dev.mjs', 'npm run dev --', '--data-dir'],
  ['scripts/demo.mjs', 'npm run demo --', '--sabotage drop|leak'],
  ['scripts/cluster.mjs', 'npm run cluster --', '--shippers N'],
  ['scripts/setup.mjs', 'npm run setup --', '--browser'],
  ['scripts/build.mjs', 'npm run build --', 'PART'],
  ['scripts/reset.mjs', 'npm run reset --', '--help'],
  ['scripts/licences.mjs', 'npm run check:licences --', '--write'],
  ['scripts/install-size.mjs', 'npm run install-size --', '--help'],
  ['scripts/soak.mjs', 'npm run test:soak --', '--only TEXT'],
  ['bench/run.mjs', 'npm run bench --', 'BENCHMARK'],
];

describe.each(commands)('%s', (script, name, option) => {
  it.each(['--help', '-h'])('prints its help for %s and does nothing else', (flag) => {
    const { status, stdout, stderr } = run(script, [flag]);
    expect(stdout).toMatch(new RegExp(`^Usage: ${name} \\[options\\]`));
    expect(stdout).toContain(option);
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  it('refuses an unknown option with the nearest known one', () => {
    const { status, stdout, stderr } = run(script, ['--hepl']);
    expect(stderr).toBe(`Unknown option --hepl. Did you mean --help?\n${name} --help lists the options.\n`);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });
});

describe('the command line of npm start', () => {
  it.each([
    [['--port-bse', '4000'], 'Unknown option --port-bse. Did you mean --port-base?'],
    [['--portbase=4000'], 'Unknown option --portbase. Did you mean --port-base?'],
    [['-port-base', '4000'], 'Unknown option -port-base. Did you mean --port-base?'],
    [['--port', '4000'], 'Unknown option --port. Did you mean --port-base?'],
    [['--colour'], 'Unknown option --colour. There are --port-base, --data-dir, --help.'],
    [['--port-base'], '--port-base needs a value: --port-base N.'],
    [['--port-base='], '--port-base needs a value: --port-base N.'],
    [['--port-base', '--data-dir'], '--port-base needs a value: --port-base N.'],
    [['--port-base', '3000.5'], '--port-base must be a whole number from 1 to 63000, got "3000.5".'],
    [['--port-base', '63001'], '--port-base must be a whole number from 1 to 63000, got "63001".'],
    [['4000'], 'Unexpected argument "4000". Options stand behind --, as in npm start -- --port-base.'],
    [['--data-dir', 'docs'], `--data-dir must be a new folder, or one that a platform has used before: ${root}/docs`],
  ])('refuses %j', (args, message) => {
    const { status, stderr } = run('scripts/start.mjs', args);
    expect(stderr).toContain(message);
    expect(status).toBe(2);
  });

  it('understands an option that npm took for itself', () => {
    // `npm start --port-base 70000`
    const { status, stderr } = run('scripts/start.mjs', ['70000'], {
      npm_lifecycle_event: 'start',
      npm_config_port_base: 'true',
    });
    expect(stderr).toContain('--port-base must be a whole number from 1 to 63000, got "70000".');
    expect(status).toBe(2);
    // `npm start --port-base=70000`
    const joined = run('scripts/start.mjs', [], { npm_lifecycle_event: 'start', npm_config_port_base: '70000' });
    expect(joined.stderr).toContain('got "70000"');
  });

  it('says where -- is missing when npm took several options', () => {
    const env = { npm_lifecycle_event: 'cluster', npm_config_routing: 'true', npm_config_analytics: 'true' };
    const { status, stderr } = run('scripts/cluster.mjs', ['3', '2'], env);
    expect(stderr).toContain('npm took --routing and --analytics for itself. Put -- before the options');
    expect(status).toBe(2);
  });

  it('does not take what npm took for another script', () => {
    const { stdout, status } = run('scripts/start.mjs', ['--help'], {
      npm_lifecycle_event: 'test',
      npm_config_port_base: 'x',
    });
    expect(stdout).toMatch(/^Usage: npm start/);
    expect(status).toBe(0);
  });
});

it('names the wrong word of npm run build and npm run bench', () => {
  expect(run('scripts/build.mjs', ['pge']).stderr).toContain('Unknown part "pge". Did you mean page?');
  expect(run('bench/run.mjs', ['delivry']).stderr).toContain('Unknown benchmark "delivry". Did you mean delivery?');
  expect(run('scripts/soak.mjs', ['one']).stderr).toContain('Expected whole numbers; default 1 2 3 4 5, got "one".');
});

it.each([
  ['jsn', ['json', 'sabotage'], 'json'],
  ['SABOTAGE', ['json', 'sabotage'], 'sabotage'],
  ['port_base', ['port-base'], 'port-base'],
  ['nonsense', ['json', 'sabotage'], undefined],
])('takes %s for the nearest of %j', (given, known, meant) => {
  expect(nearest(given, known)).toBe(meant);
});

it('asks for a newer Node.js in a sentence', () => {
  expect(problemOfNode('18.20.4')).toBe(
    'Node.js 20.19 or newer is needed, this is 18.20.4. Install one from https://nodejs.org.',
  );
  expect(problemOfNode('20.18.3')).toContain('20.19');
  expect(['20.19.0', '22.0.0', '26.1.0'].map(problemOfNode)).toEqual([undefined, undefined, undefined]);
});
