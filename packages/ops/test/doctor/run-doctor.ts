import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { CommandContext } from '../../src/cli/command.ts';
import type { Report } from '../../src/doctor/commands.ts';
import type { Result } from '../../src/doctor/run-checks.ts';
import { type CliRun, runInTest } from '../run-in-test.ts';

/** An empty repository of one's own, until the test ends. */
export function makeRoot(): string {
  const root = mkdtempSync(join(tmpdir(), 'doctor-test-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

/** Runs `qr-obs doctor` with the clock and the network of this machine. */
export function runDoctor(args: readonly string[], given: Partial<CommandContext> = {}): Promise<CliRun> {
  return runInTest(['doctor', ...args], { fetch: globalThis.fetch, now: Date.now, root: makeRoot(), ...given });
}

/** Runs one check, with those that it needs; what it found, and the exit code. */
export async function runCheck(
  name: string,
  given: Partial<CommandContext> = {},
  args: readonly string[] = [],
): Promise<Result & { readonly exitCode: number }> {
  const { exitCode, out, notes } = await runDoctor(['--only', name, '--json', ...args], given);
  if (out === '') throw new Error(`Expected a report, got: ${notes}`);
  const found = (JSON.parse(out) as Report).checks.find((check) => check.name === name);
  if (!found) throw new Error(`Expected a result of ${name}, got ${out}`);
  return { ...found, exitCode };
}
