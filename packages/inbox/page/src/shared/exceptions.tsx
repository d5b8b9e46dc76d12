import type { ReactElement } from 'react';
import type { ExceptionDetail, FrameView } from '../../../src/views/frames.ts';
import { countOf } from './format.ts';
import { SourceLines } from './source-lines.tsx';

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
