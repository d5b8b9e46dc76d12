import type { ReactElement, ReactNode, TdHTMLAttributes } from 'react';

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
