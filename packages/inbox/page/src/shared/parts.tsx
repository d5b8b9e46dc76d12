import type { ButtonHTMLAttributes, ReactElement, ReactNode, TdHTMLAttributes } from 'react';
import type { RecordKind } from '../../../src/store/records.ts';
import type { Loaded } from './use-json.ts';

interface LoadingProps<T> {
  readonly loaded: Loaded<T>;
  readonly children: (data: T) => ReactNode;
}

/** Shows an answer once it is there; else why it is not. */
export function Loading<T>({ loaded: { data, failure }, children }: LoadingProps<T>): ReactElement {
  if (data !== undefined) {
    return (
      <>
        {failure !== undefined && <p className="notice">Not up to date: {failure}</p>}
        {children(data)}
      </>
    );
  }
  if (failure === undefined) return <p className="loading">Reading …</p>;
  return (
    <Empty title="This cannot be shown">
      <p>{failure}</p>
    </Empty>
  );
}

/** What is said instead of nothing: why, and what to do next. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }): ReactElement {
  return (
    <div className="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

interface FactsProps {
  readonly facts: readonly (readonly [string, ReactNode])[];
  readonly className?: string;
}

/** Names and values in two columns; what has no value is left out. */
export function Facts({ facts, className }: FactsProps): ReactElement | null {
  const known = facts.filter(([, value]) => value !== null && value !== undefined && value !== '' && value !== false);
  if (known.length === 0) return null;
  return (
    <dl className={className}>
      {known.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const clock = new Intl.DateTimeFormat([], {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
});
const full = new Intl.DateTimeFormat([], { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' });

/** A moment in local time; UTC is in the tooltip. */
export function Time({ at, form = 'full' }: { readonly at: number; readonly form?: 'clock' | 'full' }): ReactElement {
  // A client may send any number as a time.
  const iso = isoOf(at);
  if (iso === undefined) return <time>{String(at)}</time>;
  return (
    <time dateTime={iso} title={`${iso.replace('T', ' ').replace('Z', '')} UTC`}>
      {form === 'clock' ? clock.format(at) : full.format(at)}
    </time>
  );
}

function isoOf(at: number): string | undefined {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

export function Badge({ kind }: { readonly kind: RecordKind | 'trace' }): ReactElement {
  return <span className={`badge ${kind}`}>{kind}</span>;
}

/** How often an event was received with the same `$insert_id`; nothing when once. */
export function Repeats({ count }: { readonly count: number | undefined }): ReactElement | null {
  if (count === undefined || count <= 1) return null;
  return (
    <span className="repeats" title={`Received ${count} times with the same $insert_id`}>
      ×{count}
    </span>
  );
}

/** A value as it came. */
export function Json({ value }: { readonly value: unknown }): ReactElement {
  return <pre className="json">{JSON.stringify(value, null, 2)}</pre>;
}

/** Values to select from, with what they are called. */
export function OptionsOf({ options }: { readonly options: readonly (readonly [string, ReactNode])[] }): ReactNode {
  return options.map(([value, text]) => (
    <option key={value} value={value}>
      {text}
    </option>
  ));
}

export function Button(props: ButtonHTMLAttributes<HTMLButtonElement>): ReactElement {
  return <button type="button" {...props} />;
}

interface TableProps {
  readonly className?: string;
  /** For screen readers. */
  readonly caption?: string;
  /** The first is that of the rows' names. */
  readonly head: readonly string[];
  readonly rows: readonly TableRow[];
}

/** A name and what its cells have and hold. */
export interface TableRow {
  readonly key: string;
  readonly name: ReactNode;
  readonly cells: readonly TdHTMLAttributes<HTMLTableCellElement>[];
}

/** A table whose rows and columns have names. */
export function Table({ className, caption, head, rows }: TableProps): ReactElement {
  return (
    <table className={className}>
      {caption !== undefined && <caption className="visually-hidden">{caption}</caption>}
      <thead>
        <tr>
          {head.map((label) => (
            <th key={label} scope="col">
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, name, cells }) => (
          <tr key={key}>
            <th scope="row">{name}</th>
            {cells.map((cell, index) => (
              <td key={head[index + 1]} {...cell} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A table that is wider or longer than its place. */
export function ScrollingTable(props: TableProps & { readonly caption: string }): ReactElement {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached with the keyboard
    <section className="scroll" tabIndex={0} aria-label={props.caption}>
      <Table {...props} />
    </section>
  );
}
