import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { findSpools, type SpoolRoot } from '@qr/telemetry/operations';
import { type CommandContext, CommandError } from '../cli/command.ts';

const SPOOLS = '.data/spool';
/** `npm start` keeps all spools together; a service that was started by itself keeps its own where it runs. */
const WORKSPACES = ['services', 'apps'];

/** Where spools were looked for, and what was found. */
export interface FoundSpools {
  readonly places: readonly string[];
  readonly spools: readonly SpoolRoot[];
}

/** What is said when there is nothing to look into. */
export function noSpoolLine({ places }: FoundSpools): string {
  return `There is no spool in ${places.join(', ')}: services make theirs when they start. Name another with --dir.`;
}

/**
 * The spools of the platform: in the folder that was named, else in `OBSERVABILITY_SPOOL_DIR`, else wherever services keep them by default.
 *
 * @throws CommandError when a folder that was named cannot be read.
 */
export async function locateSpools({ env, root }: CommandContext, dir: string | undefined): Promise<FoundSpools> {
  const variable = env['OBSERVABILITY_SPOOL_DIR'];
  if (dir !== undefined) return { places: [dir], spools: await spoolsIn(resolve(dir), '--dir') };
  if (variable) {
    const folder = resolve(root, variable);
    // No process has started yet.
    return { places: [variable], spools: existsSync(folder) ? await spoolsIn(folder, 'OBSERVABILITY_SPOOL_DIR') : [] };
  }
  const places = [SPOOLS, ...(await Promise.all(WORKSPACES.map((each) => placesIn(root, each)))).flat()];
  const found = await Promise.all(places.map((place) => findSpools(join(root, place)).catch(() => [])));
  return {
    places: [SPOOLS, ...WORKSPACES.map((each) => `${each}/*/${SPOOLS}`)],
    spools: withDistinctNames(root, found),
  };
}

async function spoolsIn(folder: string, option: string): Promise<SpoolRoot[]> {
  try {
    return await findSpools(folder);
  } catch (cause) {
    throw new CommandError(
      `${option} must be a spool, or a folder of spools such as ${SPOOLS}: ${folder} cannot be read.`,
      { cause },
    );
  }
}

async function placesIn(root: string, workspace: string): Promise<string[]> {
  const names = await readdir(join(root, workspace)).catch(() => []);
  return names.sort().map((name: string) => `${workspace}/${name}/${SPOOLS}`);
}

/** A service may have been started in both ways. */
function withDistinctNames(root: string, found: readonly (readonly SpoolRoot[])[]): SpoolRoot[] {
  const seen = new Set<string>();
  return found.flat().map((spool) => {
    const name = seen.has(spool.name) ? relative(root, spool.root) : spool.name;
    seen.add(name);
    return { ...spool, name };
  });
}
