import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createPipeline, type Pipeline, type PipelineOptions } from '../src/pipeline.ts';
import { createMemoryTransport, lanes, type MemoryTransport, personIds } from './lanes.ts';

/** A pipeline over memory transports, with what it warned of. */
export interface LabPipeline {
  readonly pipeline: Pipeline;
  readonly transport: MemoryTransport;
  readonly warnings: string[];
  /** Lets the receiver answer, or not. */
  setAway(isAway: boolean): void;
}

/** A folder for one test. */
export function temporaryRoot(): string {
  const root = mkdtempSync(join(tmpdir(), 'lab-'));
  onTestFinished(() => {
    chmodSync(root, 0o700);
    rmSync(root, { recursive: true, force: true });
  });
  return root;
}

/** Starts a pipeline on a spool, closed when the test ends. */
export function startLab(
  spoolRoot: string,
  { isAway = false, ...options }: Partial<PipelineOptions> & { readonly isAway?: boolean } = {},
): LabPipeline {
  const transport = createMemoryTransport();
  const send = transport.send.bind(transport);
  let away = isAway;
  transport.send = async (lane, batch) => (away ? { status: 503, headers: {}, body: '' } : send(lane, batch));
  const warnings: string[] = [];
  const pipeline = createPipeline({
    lanes,
    personIds,
    transports: { import: transport, engage: transport, analytics: transport, sentry: transport },
    spoolRoot,
    flushIntervalMs: 60_000,
    warn: (message) => void warnings.push(message),
    ...options,
  });
  onTestFinished(() => pipeline.close(500));
  const setAway = (next: boolean) => {
    away = next;
  };
  return { pipeline, transport, warnings, setAway };
}

/** The numbers of the records that arrived in a lane. */
export function arrived({ transport }: LabPipeline, lane: 'import' | 'engage' | 'analytics' = 'import'): number[] {
  const numbers = transport.records(lane).map((record) => (record as { n: number }).n);
  return numbers.sort((one, other) => one - other);
}

/** The files below a folder whose name contains a text. */
export function filesBelow(folder: string, text = ''): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && entry.name.includes(text))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Everything that regular files below a folder hold, as one text. */
export function textBelow(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}
