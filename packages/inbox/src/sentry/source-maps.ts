import { readFile, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { originalPositionFor, sourceContentFor, TraceMap } from '@jridgewell/trace-mapping';
import type { JsonObject } from '../store/records.ts';
import { listAt, objectAt, textAt } from './fields.ts';

/** Lines of the source that are shown before and after the one that threw, as Sentry shows. */
const CONTEXT_LINES = 5;
/** Sources that nobody here has written: packages, and what a bundler adds by itself. */
const VENDOR = /node_modules\/|\0|^(?:\.\.\/)*(?:vite|rolldown)\//;

/** Finds the lines that a script was made from. */
export interface SourceMaps {
  /** The event with original places in its stack, where a map is known; Sentry does it when an event arrives, before it groups. */
  resolve(event: JsonObject): Promise<JsonObject>;
}

/** A script and its map, with the sources that were asked for in lines: an event may have thousands of frames of one source. */
interface SourceMap extends MinifiedScript {
  readonly file: string;
  readonly sources: Map<string, readonly string[]>;
}

/**
 * Reads the source maps that lie beside the scripts of a built page, and of services.
 *
 * @param folders separated by commas: what the page's origin serves, where `/assets/a.js` of any origin is looked for, and the root of the services,
 * from which their stacks name their files, such as `services/a/dist/app.js`. Sources are named from the first folder that they lie in.
 */
export function openSourceMaps(folders: string): SourceMaps {
  const roots = folders.split(',').map((folder) => resolve(folder.trim()));
  const maps = new Map<string, { readonly modifiedAt: number; readonly map: SourceMap }>();
  const isInside = (file: string) => roots.some((root) => file.startsWith(root + sep));

  async function mapOf(filename: string): Promise<SourceMap | undefined> {
    const path = pathOf(filename);
    if (path === undefined) return undefined;
    for (const root of roots) {
      const file = join(root, path);
      // A frame is somebody else's word: it must not choose which file of this machine is read.
      const map = file.startsWith(root + sep) ? await read(file) : undefined;
      if (map) return map;
    }
    return undefined;
  }

  async function read(file: string): Promise<SourceMap | undefined> {
    try {
      const { mtimeMs } = await stat(`${file}.map`);
      const known = maps.get(file);
      if (known?.modifiedAt === mtimeMs) return known.map;
      const [script, map] = await Promise.all([textOf(file), readFile(`${file}.map`, 'utf8')]);
      const read = { file, lines: script.split('\n'), map: new TraceMap(map), sources: new Map() };
      maps.set(file, { modifiedAt: mtimeMs, map: read });
      return read;
    } catch {
      // Of an older build, or no map at all: the frame stays as it is.
      return undefined;
    }
  }

  /** The lines of a source, which a map contains or names. */
  async function linesOf({ file, map, sources }: SourceMap, source: string): Promise<readonly string[]> {
    const known = sources.get(source);
    if (known) return known;
    const path = resolve(dirname(file), source);
    const text = sourceContentFor(map, source) ?? (isInside(path) ? await textOf(path) : '');
    const lines = text === '' ? [] : text.split('\n');
    sources.set(source, lines);
    return lines;
  }

  /** Lines count from 1 on both sides, columns from 0 in a map and from 1 in an event. */
  async function original(frame: JsonObject, script: SourceMap, lineno: number, colno: number): Promise<JsonObject> {
    const { source, line, column } = originalPositionFor(script.map, { line: lineno, column: Math.max(0, colno - 1) });
    if (source === null) return frame;
    const lines = await linesOf(script, source);
    const name = textAt(frame, 'function');
    const at = line - 1;
    return {
      ...frame,
      filename: nameOf(resolve(dirname(script.file), source), source),
      abs_path: frame['filename'] ?? null,
      lineno: line,
      colno: column + 1,
      ...(name !== null && { function: functionName(script, name, lineno, colno) }),
      in_app: !VENDOR.test(source),
      ...(lines[at] !== undefined && {
        pre_context: lines.slice(Math.max(0, at - CONTEXT_LINES), at),
        context_line: lines[at],
        post_context: lines.slice(at + 1, at + 1 + CONTEXT_LINES),
      }),
    };
  }

  function nameOf(path: string, source: string): string {
    const root = roots.find((each) => path.startsWith(each + sep));
    return root === undefined ? source.replace(/^(?:\.\.\/)+/, '') : relative(root, path).replaceAll(sep, '/');
  }

  async function frameOf(frame: JsonObject): Promise<JsonObject> {
    const { lineno, colno } = frame;
    const filename = textAt(frame, 'filename') ?? '';
    // A package's own maps lead to sources that are not installed. The dev server of a page serves packages as such.
    if (filename.includes('node_modules/')) return { ...frame, in_app: false };
    // Native SDKs write line 0 for what they do not know, others −1.
    if (!isPlace(lineno) || !isPlace(colno)) return frame;
    const script = await mapOf(filename);
    return script ? original(frame, script, lineno, colno) : frame;
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

/** The path of a script under a root: that of its address, or of a service's file, which is relative. */
function pathOf(filename: string): string | undefined {
  if (!/\.[cm]?js$/.test(filename.split(/[?#]/)[0] ?? '')) return undefined;
  try {
    if (URL.canParse(filename)) return decodeURIComponent(new URL(filename).pathname);
  } catch {
    return undefined;
  }
  return filename.startsWith('/') ? undefined : filename;
}

function isPlace(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1;
}

function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}

/** A script as a browser runs it, with the map to what it was made from. */
interface MinifiedScript {
  readonly lines: readonly string[];
  readonly map: TraceMap;
}

/** How far before a position its function is looked for; a page's modules are much shorter. */
const MAX_DISTANCE = 100_000;

/**
 * Returns the name of a frame's function as it was written: the name that the map has for the identifier where the function is defined. A map names
 * identifiers and no functions, so the definition is looked for backwards from the position in the function; a name that a minifier has not
 * changed, such as that of a property, stays.
 *
 * @param name what the browser calls it, such as `Xe.render`, `async n` or `new t`
 * @param lineno counts from 1
 * @param colno counts from 1
 */
function functionName(script: MinifiedScript, name: string, lineno: number, colno: number): string {
  return name.replace(/[$\w]+/g, (identifier) => originalName(script, identifier, lineno, colno) ?? identifier);
}

function originalName(
  { lines, map }: MinifiedScript,
  identifier: string,
  lineno: number,
  colno: number,
): string | undefined {
  const line = lines[lineno - 1]?.slice(0, colno) ?? '';
  const start = Math.max(0, line.length - MAX_DISTANCE);
  const definitions = [...line.slice(start).matchAll(definitionOf(identifier))];
  for (const { index, 0: text } of definitions.reverse()) {
    const column = start + index + text.lastIndexOf(identifier);
    const { name } = originalPositionFor(map, { line: lineno, column });
    if (name !== null) return name;
  }
  return undefined;
}

/** `function n(`, `class n`, and `n=` before a function or class; the match ends with the identifier. */
function definitionOf(identifier: string): RegExp {
  const name = identifier.replaceAll('$', '\\$');
  const value = String.raw`=(?:async\b\s*)?(?:function\b|class\b|\([^()]*(?:\([^()]*\)[^()]*)*\)=>|[$\w]+=>)`;
  return new RegExp(String.raw`(?:\b(?:function\*?|class) ${name}(?![$\w]))|(?<![$.\w])${name}(?=${value})`, 'g');
}
