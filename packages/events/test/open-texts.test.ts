import { isId, privacyOf } from '@qr/plan';
import type { TSchema } from 'typebox';
import { expect, it } from 'vitest';
import { BROWSERS, plan } from '../src/index.ts';

/** Whether any text fits: not a closed list, and neither an id, a hash nor a URL. */
function isOpenText(name: string, schema: TSchema): boolean {
  const { type, format, pattern } = schema as { type?: string; format?: string; pattern?: string };
  const isText = type === 'string' && format === undefined && pattern === undefined;
  return isText && privacyOf(schema) === 'plain' && !isId(name, schema);
}

it('has two open texts, which only code of ours fills, beside the page, whose name the scrubber goes through', () => {
  const sections = { ...plan.events, profile: { schema: plan.profile } };
  const open = Object.entries(sections).flatMap(([section, { schema }]) =>
    Object.entries(schema.properties).flatMap(([name, property]) =>
      isOpenText(name, property) ? [`${section}.${name}`] : [],
    ),
  );
  expect(open).toEqual(['page_viewed.page', 'profile.$created', 'profile.$last_login']);
});

it.each(['qr_scanned', 'qr_scan_failed', 'microsite_viewed'] as const)(
  'names browsers, devices and countries from closed lists in %s',
  (event) => {
    const { browser, device_type, country } = plan.events[event].schema.properties as Record<string, TSchema>;
    const valuesOf = (schema?: TSchema) =>
      (schema as { anyOf?: { const: string }[] } | undefined)?.anyOf?.map(({ const: value }) => value);
    expect(valuesOf(browser)).toEqual(BROWSERS);
    expect(valuesOf(device_type)).toEqual(['mobile', 'tablet', 'desktop', 'bot', 'unknown']);
    expect(country).toMatchObject({ pattern: '^([A-Z]{2}|unknown)$' });
  },
);

it('gives every failure a reason from a closed list', () => {
  const failed = Object.entries(plan.events).filter(([name]) => name.endsWith('_failed'));
  expect(failed.length).toBeGreaterThan(4);
  for (const [name, { schema }] of failed) {
    const { reason } = schema.properties as Record<string, TSchema & { anyOf?: { const?: unknown }[] }>;
    expect([name, reason?.anyOf?.every(({ const: value }) => typeof value === 'string')]).toEqual([name, true]);
  }
});
