/** Under these a dependency may be used and passed on, as long as its notice stays; by SPDX identifier. */
const PERMISSIVE = new Set([
  ...[
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
  ],
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

/** @typedef {import('./dependencies.mjs').Dependency} Dependency */

/** Whether an SPDX expression leaves a choice in which all is permissive. @param {string} expression */
export function isPermissive(expression) {
  const words = expression.replace(/[()]/g, ' ').trim();
  // A mixture of both would need a parser; it is refused, and so explained by hand.
  if (words.includes(' AND ') && words.includes(' OR ')) return false;
  const alternatives = words.split(' OR ').map((part) => part.trim());
  return alternatives.some((part) => part.split(' AND ').every((name) => PERMISSIVE.has(name.trim())));
}

/** @param {Dependency} dependency */
export function explanationOf({ name, licence }) {
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
        `${name} has the licence "${licence}". Use another package, or explain it in scripts/licences/rules.mjs.`,
    );
  const stale = EXPLAINED.filter(
    (entry) => !dependencies.some((dependency) => explanationOf(dependency) === entry),
  ).map(({ packages }) => `${packages} is explained in scripts/licences/rules.mjs and no dependency: remove it there.`);
  return [...refused, ...stale];
}
