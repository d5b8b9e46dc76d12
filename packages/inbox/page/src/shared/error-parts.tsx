import type { ReactElement } from 'react';
import type { JsonObject } from '../../../src/store/records.ts';
import type { ExceptionDetail, FrameView } from '../../../src/views/error-detail.ts';
import { countOf, valueText } from './format.ts';
import { Time } from './parts.tsx';

/** The stacks of an error: its exception, then what caused it. */
export function Exceptions({ exceptions }: { readonly exceptions: readonly ExceptionDetail[] }): ReactElement {
  return (
    <>
      {exceptions.map((exception, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: exceptions do not change, and may be the same twice
        <section key={index}>
          <h3>{index === 0 ? 'Stack' : `Caused by ${titleOf(exception)}`}</h3>
          {exception.isHandled === false && <p className="bad">Unhandled</p>}
          {exception.frames.length === 0 && <p className="muted">Sent without a stack.</p>}
          <Frames frames={exception.frames} />
        </section>
      ))}
    </>
  );
}

function titleOf({ type, value }: ExceptionDetail): string {
  return [type, value].filter((part) => part !== null).join(': ');
}

/** Own calls with their source; calls of libraries folded between them. */
function Frames({ frames }: { readonly frames: readonly FrameView[] }): ReactElement | null {
  if (frames.length === 0) return null;
  return (
    <ol className="stack">
      {groupsOf(frames).map((group) => {
        const [first] = group.frames;
        return group.isFolded ? (
          <li key={group.start} className="vendor">
            <details>
              <summary>{countOf(group.frames.length, 'vendor frame')}</summary>
              <ol start={group.start + 1}>
                {group.frames.map((view, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a stack does not change, and may hold the same call twice
                  <li key={index}>
                    <Place view={view} />
                  </li>
                ))}
              </ol>
            </details>
          </li>
        ) : (
          first !== undefined && (
            <li key={group.start} value={group.start + 1} className={first.isOwn ? 'in-app' : ''}>
              <Place view={first} />
              <SourceLines frame={first.frame} />
            </li>
          )
        );
      })}
    </ol>
  );
}

interface FrameGroup {
  /** The place of its first call in the stack. */
  readonly start: number;
  readonly isFolded: boolean;
  readonly frames: FrameView[];
}

/** An own call alone, calls of libraries together. A stack without own calls shows the one that threw. */
function groupsOf(frames: readonly FrameView[]): FrameGroup[] {
  const hasOwn = frames.some(({ isOwn }) => isOwn);
  const groups: FrameGroup[] = [];
  frames.forEach((view, index) => {
    const isFolded = !view.isOwn && (hasOwn || index > 0);
    const last = groups.at(-1);
    if (isFolded && last?.isFolded === true) last.frames.push(view);
    else groups.push({ start: index, isFolded, frames: [view] });
  });
  return groups;
}

function Place({ view: { frame, editorUrl } }: { readonly view: FrameView }): ReactElement {
  const { function: name, filename, module, lineno, colno } = frame;
  const place = [filename ?? module ?? '?', lineno, colno]
    .filter((part) => part !== undefined && part !== null)
    .join(':');
  return (
    <span className="place">
      <span>{String(name ?? '?')}</span>{' '}
      {editorUrl === null ? (
        <span>{place}</span>
      ) : (
        <a href={editorUrl} title="Open in editor">
          {place}
        </a>
      )}
    </span>
  );
}

const LINES_AROUND = 3;

/** The line of a call with those around it, when the sender has given them. */
function SourceLines({ frame }: { readonly frame: JsonObject }): ReactElement | null {
  const line = frame['context_line'];
  if (typeof line !== 'string') return null;
  const before = textsOf(frame['pre_context']).slice(-LINES_AROUND);
  const after = textsOf(frame['post_context']).slice(0, LINES_AROUND);
  const number = Number(frame['lineno']) - before.length;
  return (
    <code className="source">
      {[...before, line, ...after].map((text, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name than their place
        <span key={index} className={index === before.length ? 'thrown' : ''}>
          <b>{number + index}</b> {text}
          {'\n'}
        </span>
      ))}
    </code>
  );
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** What happened in the process before an error, in order of time. */
export function Breadcrumbs({ crumbs }: { readonly crumbs: readonly JsonObject[] }): ReactElement | null {
  if (crumbs.length === 0) return null;
  return (
    <section>
      <h3>Breadcrumbs</h3>
      <ol className="crumbs">
        {crumbs.map((crumb, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: crumbs do not change, and may be the same twice
          <li key={index}>
            <Crumb crumb={crumb} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function Crumb({
  crumb: { timestamp, category, type, level, message, data },
}: {
  readonly crumb: JsonObject;
}): ReactElement {
  const time = timeOf(timestamp);
  const isBad = level === 'error' || level === 'fatal' || level === 'critical';
  return (
    <>
      {time !== undefined && <Time at={time} form="clock" />}
      <span className="category">{String(category ?? type ?? 'default')}</span>
      {typeof level === 'string' && level !== 'info' && <span className={isBad ? 'bad' : 'muted'}>{level} </span>}
      <span>{[textOf(message), dataText(data)].filter((text) => text !== '').join('  ')}</span>
    </>
  );
}

/** Seconds, or a date in older SDKs. */
function timeOf(timestamp: unknown): number | undefined {
  if (typeof timestamp === 'number') return timestamp * 1000;
  const parsed = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN;
  return Number.isNaN(parsed) ? undefined : parsed;
}

function textOf(message: unknown): string {
  return message === undefined || message === null ? '' : valueText(message);
}

function dataText(data: unknown): string {
  if (typeof data !== 'object' || data === null) return textOf(data);
  return Object.entries(data)
    .map(([name, value]) => `${name} ${valueText(value)}`)
    .join('  ');
}
