import Type from 'typebox';
import { Check } from 'typebox/value';
import type { Condition } from './conditions.ts';
import { jsonParameter } from './json-parameter.ts';
import { ParameterError } from './parameter-error.ts';
import type { UserEvent } from './timelines.ts';
import { parseWhere } from './where.ts';

/** One step: an event, and what its properties must be. */
export interface FunnelStep {
  readonly event: string;
  /** An inline filter: events that do not pass it are no such step. */
  readonly where?: Condition | undefined;
}

const Steps = Type.Array(
  Type.Union([
    Type.String({ minLength: 1 }),
    Type.Object(
      { event: Type.String({ minLength: 1 }), where: Type.Optional(Type.String({ minLength: 1, maxLength: 2000 })) },
      { additionalProperties: false },
    ),
  ]),
  { minItems: 2, maxItems: 30 },
);
const EXAMPLE = '["qr_created", {"event": "qr_scanned", "where": "properties[\\"country\\"] == \\"CZ\\""}]';

/** Reads the parameter `steps`. @throws ParameterError that says what it must be. */
export function parseSteps(text: string): FunnelStep[] {
  const value = jsonParameter('steps', text, EXAMPLE);
  if (!Check(Steps, value))
    throw new ParameterError(
      'steps',
      `must be 2 to 30 event names or steps such as ${EXAMPLE}, got ${text.slice(0, 100)}`,
    );
  return value.map((step, index) => {
    if (typeof step === 'string') return { event: step };
    const { event, where } = step;
    return { event, where: where === undefined ? undefined : parseWhere(`steps[${index}].where`, where) };
  });
}

export function isStep({ event, where }: FunnelStep, happened: UserEvent): boolean {
  return happened.event === event && (where === undefined || where(happened.properties));
}
