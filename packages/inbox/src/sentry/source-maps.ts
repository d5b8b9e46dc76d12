import { readFile, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { originalPositionFor, sourceContentFor, TraceMap } from '@jridgewell/trace-mapping';
import type { JsonObject } from '../store/records.ts';
import { listAt, objectAt, textAt } from './fields.ts';

/** Lines of the source that are shown before and after the one that threw, as Sentry shows. */
const CONTEXT_LINES = 5;

/** Finds the lines that a bundle was made from. */
export interface SourceMaps {
  /** The event with original places in its stack, where a map is known; Sentry does it when an event arrives, before it groups. */
  resolve(event: JsonObject): Promise<JsonObject>;
}

/** A map, with the sources that were asked for in lines: an event may have thousands of frames of one source. */
interface SourceMap {
  readonly trace: TraceMap;
  readonly lines: Map<string, readonly string[]>;
}

/**
 * Reads the source maps that lie beside the scripts of a built page.
 *
 * @param folder what the page's origin serves: `/assets/a.js` of any origin is looked for in `<folder>/assets/a.js.map`.
 */
export function openSourceMaps(folder: string): SourceMaps {
  const root = resolve(folder);
  const maps = new Map<string, { readonly modifiedAt: number; readonly map: SourceMap }>();

  async function mapOf(url: string): Promise<SourceMap | undefined> {
    const path = decodedPath(url);
    if (!path?.endsWith('.js')) return undefined;
    const file = join(root, `${path}.map`);
    // A frame is somebody else's word: it must not choose which file of this machine is read.
    if (!file.startsWith(root + sep)) return undefined;
    try {
      const { mtimeMs } = await stat(file);
      const known = maps.get(file);
      if (known?.modifiedAt === mtimeMs) return known.map;
      const map = { trace: new TraceMap(await readFile(file, 'utf8')), lines: new Map<string, readonly string[]>() };
      maps.set(file, { modifiedAt: mtimeMs, map });
      return map;
    } catch {
      // Of an older build, or no map at all: the frame stays as it is.
      return undefined;
    }
  }

  async function frameOf(frame: JsonObject): Promise<JsonObject> {
    const { lineno, colno } = frame;
    // Native SDKs write line 0 for what they do not know, others −1.
    if (!isPlace(lineno) || !isPlace(colno)) return frame;
    const map = await mapOf(textAt(frame, 'filename') ?? '');
    return map ? original(frame, map, lineno, colno) : frame;
  }

  async function withFrames(exception: JsonObject): Promise<JsonObject> {
    const stacktrace = objectAt(exception, 'stacktrace');
    const frames = await Promise.all(listAt(stacktrace, 'frames').map(frameOf));
    return frames.length === 0 ? exception : { ...exception, stacktrace: { ...stacktrace, frames } };
  }

  return {
    async resolve(event) {
      const exceptions = listAt(objectAt(event, 'exception'), 'values');
      if (exceptions.length === 0) return event;
      return { ...event, exception: { values: await Promise.all(exceptions.map(withFrames)) } };
    },
  };
}

function decodedPath(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  try {
    return decodeURIComponent(new URL(url).pathname);
  } catch {
    // A percent sign that is no escape.
    return undefined;
  }
}

function isPlace(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1;
}

/** Lines count from 1 on both sides, columns from 0 in a map and from 1 in an event. */
function original(frame: JsonObject, { trace, lines: known }: SourceMap, lineno: number, colno: number): JsonObject {
  const { source, line, column, name } = originalPositionFor(trace, { line: lineno, column: Math.max(0, colno - 1) });
  if (source === null) return frame;
  const lines = known.get(source) ?? sourceContentFor(trace, source)?.split('\n') ?? [];
  known.set(source, lines);
  const at = line - 1;
  return {
    ...frame,
    filename: source.replace(/^(?:\.\.\/)+/, ''),
    abs_path: frame['filename'] ?? null,
    lineno: line,
    colno: column + 1,
    ...(name !== null && { function: name }),
    in_app: !source.includes('node_modules/'),
    ...(lines[at] !== undefined && {
      pre_context: lines.slice(Math.max(0, at - CONTEXT_LINES), at),
      context_line: lines[at],
      post_context: lines.slice(at + 1, at + 1 + CONTEXT_LINES),
    }),
  };
}
