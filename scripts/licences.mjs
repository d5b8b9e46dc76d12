import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readOptions } from './cli/options.mjs';

/** Under these a dependency may be used and passed on, as long as its notice stays; by SPDX identifier. */
const PERMISSIVE = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Unlicense',
]);

/**
 * What else is there, and why it may be.
 * @type {readonly { packages: string, pattern: RegExp, licences: readonly string[], reason: string }[]}
 */
export const EXPLAINED = [
  {
    packages: '`@img/sharp-*`',
    pattern: /^@img\/sharp-(libvips-|win32-|wasm32)/,
    licences: ['LGPL-3.0-or-later', 'Apache-2.0 AND LGPL-3.0-or-later', 'Apache-2.0 AND LGPL-3.0-or-later AND MIT'],
    reason:
      'libvips, which `sharp` loads as a shared library: unchanged, in a package of its own, so that it can be replaced. In qr-service only, for pictures of codes; of the many systems one is installed.',
  },
  {
    packages: '`@sentry/cli`, `@sentry/cli-*`',
    pattern: /^@sentry\/cli(-|$)/,
    licences: ['FSL-1.1-MIT'],
    reason:
      "The vendor's tool for releases and source maps, run by people through `qr-obs release`: in `@qr/ops` only, in no service and no image. The licence forbids to compete with the vendor, and becomes MIT after two years.",
  },
  {
    packages: '`sentry`',
    pattern: /^sentry$/,
    licences: ['FSL-1.1-Apache-2.0'],
    reason:
      "The vendor's newer tool, which `@sentry/node` brings along for its bundler plugins. No process loads it, and images leave it out. The licence forbids to compete with the vendor, and becomes Apache-2.0 after two years.",
  },
];

/** Whether an SPDX expression leaves a choice in which all is permissive. @param {string} expression */
export function isPermissive(expression) {
  const words = expression.replace(/[()]/g, ' ').trim();
  // A mixture of both would need a parser; it is refused, and so explained by hand.
  if (words.includes(' AND ') && words.includes(' OR ')) return false;
  const alternatives = words.split(' OR ').map((part) => part.trim());
  return alternatives.some((part) => part.split(' AND ').every((name) => PERMISSIVE.has(name.trim())));
}

/** @param {Dependency} dependency */
function explanationOf({ name, licence }) {
  return EXPLAINED.find(({ pattern, licences }) => pattern.test(name) && licences.includes(licence));
}

/**
 * A sentence for each dependency that may not be there, and for each explanation that explains nothing any more.
 * @param {readonly Dependency[]} dependencies @returns {string[]}
 */
export function problemsOf(dependencies) {
  const refused = dependencies
    .filter((dependency) => !isPermissive(dependency.licence) && !explanationOf(dependency))
    .map(
      ({ name, licence }) =>
        `${name} has the licence "${licence}". Use another package, or explain it in scripts/licences.mjs.`,
    );
  const stale = EXPLAINED.filter(
    (entry) => !dependencies.some((dependency) => explanationOf(dependency) === entry),
  ).map(({ packages }) => `${packages} is explained in scripts/licences.mjs and no dependency: remove it there.`);
  return [...refused, ...stale];
}

/** The text of docs/licences.md. @param {readonly Dependency[]} dependencies @returns {string} */
export function licencesDocument(dependencies) {
  const permissive = dependencies.filter(({ licence }) => isPermissive(licence));
  return `# Licences

Written by \`npm run check:licences -- --write\` from what is installed; \`npm run check:deps\` fails when it is out of date, and on every dependency whose
licence is unknown or not among these. Counted are all packages that something needs in production, of every system.

| licence | packages |
| --- | --- |
${countsOf(permissive).join('\n')}

Others, each with its reason:

| packages | licence | why they may be there |
| --- | --- | --- |
${EXPLAINED.map((entry) => explainedRow(entry, dependencies)).join('\n')}
`;
}

/** @param {readonly Dependency[]} dependencies */
function countsOf(dependencies) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { licence } of dependencies) counts.set(licence, (counts.get(licence) ?? 0) + 1);
  return [...counts]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([name, count]) => `| ${name} | ${count} |`);
}

/** @param {typeof EXPLAINED[number]} entry @param {readonly Dependency[]} dependencies */
function explainedRow(entry, dependencies) {
  const explained = dependencies.filter((dependency) => explanationOf(dependency) === entry);
  const licences = [...new Set(explained.map(({ licence }) => licence))].sort();
  return `| ${entry.packages} (${explained.length}) | ${licences.join('; ')} | ${entry.reason} |`;
}

/**
 * @typedef {object} Dependency
 * @property {string} name
 * @property {string} version
 * @property {string} licence an SPDX expression, or `unknown`
 */

/** @typedef {{ version: string, license?: string, dev?: boolean, devOptional?: boolean, link?: boolean }} Locked */

/**
 * What the platform needs in production, on any system: packages for others than this one are known from the lockfile only.
 * @param {string} folder with a lockfile, and what it installs
 * @returns {Dependency[]}
 */
function productionDependencies(folder) {
  /** @type {{ packages: Record<string, Locked> }} */
  const { packages } = readJson(join(folder, 'package-lock.json'));
  return Object.entries(packages)
    .filter(([path, { dev, devOptional, link }]) => path.includes('node_modules/') && !dev && !devOptional && !link)
    .map(([path, locked]) => {
      const manifest = join(folder, path, 'package.json');
      const { license } = existsSync(manifest) ? readJson(manifest) : locked;
      return {
        name: path.replace(/.*node_modules\//, ''),
        version: locked.version,
        licence: typeof license === 'string' && license !== '' ? license : 'unknown',
      };
    });
}

/** @param {string} file */
function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { has } = readOptions({
    name: 'npm run check:licences',
    about: 'Checks the licence of every production dependency, and that docs/licences.md lists them.',
    options: { write: { about: 'write docs/licences.md' } },
  });
  const root = join(import.meta.dirname, '..');
  const file = join(root, 'docs/licences.md');
  const dependencies = productionDependencies(root);
  const problems = problemsOf(dependencies);
  const text = licencesDocument(dependencies);
  if (has('write')) writeFileSync(file, text);
  else if (!existsSync(file) || readFileSync(file, 'utf8') !== text)
    problems.push('docs/licences.md is out of date: run npm run check:licences -- --write.');
  if (problems.length > 0) {
    console.error(problems.join('\n'));
    process.exit(1);
  }
  console.log(`${dependencies.length} production dependencies, all under known licences`);
}
