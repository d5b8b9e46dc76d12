import type { ReactElement } from 'react';
import type { JsonObject } from '../../../src/store/records.ts';

const LINES_AROUND = 3;

/** The line of a call with those around it, when the sender has given them. */
export function SourceLines({ frame }: { readonly frame: JsonObject }): ReactElement | null {
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
