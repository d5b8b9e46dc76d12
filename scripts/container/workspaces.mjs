import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} Workspace
 * @property {string} folder relative to the root
 * @property {{ name: string, dependencies?: Record<string, string>, devDependencies?: Record<string, string> }} manifest
 */

/** The workspaces of the root's package.json. @param {string} root @returns {Workspace[]} */
export function workspacesOf(root) {
  /** @type {{ workspaces: string[] }} */
  const { workspaces } = readJson(join(root, 'package.json'));
  return workspaces
    .flatMap((pattern) => {
      if (!pattern.endsWith('/*')) return [pattern];
      const group = pattern.slice(0, -2);
      return readdirSync(join(root, group)).map((name) => `${group}/${name}`);
    })
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .map((folder) => ({ folder, manifest: readJson(join(root, folder, 'package.json')) }));
}

/** Workspaces and those that they need to run. @param {string} root @param {readonly string[]} folders @returns {Workspace[]} */
export function neededBy(root, ...folders) {
  const all = workspacesOf(root);
  const needed = folders.map((folder) => {
    const named = all.find((workspace) => workspace.folder === folder);
    if (named) return named;
    const known = all.map((workspace) => workspace.folder).join(', ');
    throw new Error(`"${folder}" is not a workspace. Expected one of ${known}.`);
  });
  // The list grows while it is read.
  for (const { manifest } of needed) {
    for (const name of Object.keys(manifest.dependencies ?? {})) {
      const found = all.find((workspace) => workspace.manifest.name === name);
      if (found && !needed.includes(found)) needed.push(found);
    }
  }
  return needed;
}

/** @param {string} file */
function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
