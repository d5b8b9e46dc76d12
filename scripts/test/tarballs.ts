import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createPackageFromTarballData, type Package } from '@arethetypeswrong/core';
import { workspacesOf } from '../container/install.mjs';

export const root = join(import.meta.dirname, '../..');

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, object>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** A packed package. */
export interface Tarball {
  readonly path: string;
  readonly manifest: Manifest;
  /** Paths from the root of the package. */
  readonly files: readonly string[];
  read(file: string): string;
  readonly content: Package;
}

const execute = promisify(execFile);

/** Runs a program to its end. Rejects, with what it printed, when it fails. */
export async function run(program: string, args: readonly string[], cwd: string): Promise<string> {
  const { NODE_ENV: _, ...env } = process.env;
  try {
    return (await execute(program, args, { cwd, env, maxBuffer: 64 * 1024 * 1024 })).stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`${program} ${args.join(' ')} failed:\n${stdout}${stderr}`, { cause: error });
  }
}

/** Packages that others may install: all workspaces that are not private. */
export function publicPackages(): Manifest[] {
  return workspacesOf(root)
    .map(({ folder }) => readManifest(join(root, folder, 'package.json')))
    .filter((manifest) => !('private' in manifest));
}

export function readManifest(file: string): Manifest {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** Builds everything and packs the public packages into a folder. */
export async function packAll(folder: string): Promise<ReadonlyMap<string, Tarball>> {
  await run(process.execPath, [join(root, 'scripts/build.mjs'), 'server'], root);
  const workspaces = publicPackages().flatMap(({ name }) => ['-w', name]);
  const printed = await run('npm', ['pack', '--json', '--pack-destination', folder, ...workspaces], root);
  const packed = JSON.parse(printed) as readonly { readonly name: string; readonly filename: string }[];
  return new Map(packed.map(({ name, filename }) => [name, openTarball(join(folder, filename))]));
}

function openTarball(path: string): Tarball {
  const content = createPackageFromTarballData(new Uint8Array(readFileSync(path)));
  const prefix = `/node_modules/${content.packageName}/`;
  const read = (file: string) => content.readFile(prefix + file);
  return {
    path,
    manifest: JSON.parse(read('package.json')),
    files: content.listFiles().map((file) => file.slice(prefix.length)),
    read,
    content,
  };
}
