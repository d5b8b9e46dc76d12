import { join } from 'node:path';
import { runTool } from '../cli/run-tool.mjs';
import { installDependencies } from '../setup.mjs';

/**
 * A part that is built: `server` (packages, services and the inbox's page), `inbox-page` alone, or `page`, the app.
 * @typedef {{ part: 'server' | 'inbox-page' } | { part: 'page', folder: string, variables: Record<string, string | undefined> }} Part
 */

const script = join(import.meta.dirname, 'build-part.mjs');

/**
 * Installs what is missing and builds the parts, a step each.
 * @param {import('../cli/terminal.mjs').Steps} steps
 * @param {{ parts: readonly Part[], signal?: AbortSignal }} options
 * @throws Error with what npm or the compiler printed
 */
export async function prepare(steps, { parts, signal }) {
  await installDependencies(steps, signal);
  for (const each of parts) {
    const args = each.part === 'page' ? [each.part, each.folder] : [each.part];
    const env = each.part === 'page' ? { ...process.env, ...each.variables } : process.env;
    const cwd = join(import.meta.dirname, '../..');
    await steps.run(each.part === 'page' ? 'page' : 'build', () =>
      runTool(process.execPath, [script, ...args], { cwd, env, signal }),
    );
  }
}
