import type { Plan } from '../define-plan.ts';
import { isId, isPerson, privacyOf, reasonOf, sentName } from '../privacy.ts';
import { IsOptional, type TObject, type TSchema } from '../typebox.ts';

const HOW_IT_LEAVES = {
  plain: 'as it is',
  hash: 'hashed',
  drop: 'never',
  url: 'origin and path',
  verbatim: 'as it is',
} as const;

/** The tracking plan as a document for people. */
export function renderTrackingDocument(plan: Plan): string {
  const events = Object.entries(plan.events).map(([name, event]) =>
    [
      `## \`${name}\``,
      '',
      event.description,
      '',
      `Owner: ${event.owner}. Sent from: ${event.surfaces.join(', ')}. Goes to: ${event.destinations.join(', ')}.`,
      '',
      renderTable(event.schema),
    ].join('\n'),
  );
  return [
    '# Tracked events',
    '',
    'Generated from the tracking plan; edit the plan instead.',
    '',
    ...events.flatMap((section) => [section, '']),
    '# Profile properties',
    '',
    renderTable(plan.profile),
    '',
  ].join('\n');
}

function renderTable(schema: TObject): string {
  const rows = Object.entries(schema.properties).map(([name, property]) => {
    const privacy = privacyOf(property);
    const sentAs = privacy === 'hash' ? ` as \`${sentName(name, property)}\`` : '';
    const holds = isPerson(property) ? ", a user's id" : '';
    const reason = reasonOf(property);
    const leaves = isSearched(name, property) ? 'without secrets' : HOW_IT_LEAVES[privacy];
    return `| \`${name}\` | ${typeName(property)} | ${IsOptional(property) ? 'no' : 'yes'} | ${leaves}${sentAs}${holds}${reason ? `: ${reason}` : ''} | ${describe(property)} |`;
  });
  if (rows.length === 0) return 'No properties.';
  return ['| property | type | required | leaves | meaning |', '| --- | --- | --- | --- | --- |', ...rows].join('\n');
}

/** Free text, which the scrubber goes through before it leaves. */
function isSearched(name: string, schema: TSchema): boolean {
  return privacyOf(schema) === 'plain' && (schema as { type?: string }).type === 'string' && !isId(name, schema);
}

function typeName(schema: TSchema): string {
  const { type, anyOf, items } = schema as { type?: string; anyOf?: { const?: unknown }[]; items?: TSchema };
  if (type === 'array' && items) return `list of ${typeName(items)}`;
  if (type) return type;
  return (anyOf ?? []).map(({ const: value }) => `\`${String(value)}\``).join(', ');
}

function describe(schema: TSchema): string {
  return (schema as { description?: string }).description ?? '';
}
