/**
 * How we know our own objects. A monitor says it in its description. Alerts and dashboards of Sentry have none, so that their names say it,
 * with the project, as names are shared by the whole organization. Whoever takes the mark away takes the object over; whoever adds it gives it to us.
 */
export interface NameMark {
  readonly add: (name: string) => string;
  /** @returns the name without the mark, or `undefined` where there is none. */
  readonly strip: (name: string) => string | undefined;
  /** As a person reads it. */
  readonly text: string;
}

/** The mark in names, for the objects of one project. */
export function nameMark(project: string): NameMark {
  const text = `[qr-obs: ${project}]`;
  return {
    text,
    add: (name) => `${name} ${text}`,
    strip: (name) => (name.endsWith(` ${text}`) ? name.slice(0, -text.length - 1) : undefined),
  };
}

/** The mark in the descriptions of monitors. */
export const DESCRIPTION_MARK = 'Managed by qr-obs from observability/alerts.ts.';
