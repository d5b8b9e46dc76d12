import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

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
export function productionDependencies(folder) {
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
