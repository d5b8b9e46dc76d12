import { Sentry } from '@qr/common';
import type { Planted } from './secrets.ts';

/** Plants what it is given through one call; what returns is awaited. */
export type Plant = (planted: Planted) => unknown;

/** Free text with secrets that are known by their shape or their label. */
export const textOf = ({ control, email, labelled }: Planted): string => `${control} ${email} ${labelled} .`;

/** A context as careless callers make it: secrets under every kind of key, the control under a planned one. */
export function contextOf(planted: Planted): Record<string, unknown> {
  const { keyed, words } = planted;
  return {
    reason: textOf(planted),
    password: keyed,
    customer: words,
    step: { password: keyed, partner: { called: words, notes: [words] } },
    [`customer of ${words}`]: true,
  };
}

/** The same, as flat values for tags and attributes. */
export function attributesOf(planted: Planted): Record<string, string> {
  const { keyed, words } = planted;
  return {
    reason: textOf(planted),
    password: keyed,
    customer: words,
    page: JSON.stringify({ password: keyed, customer: words }),
  };
}

/** An error with secrets in its text and in fields of its own. */
export const errorWith = (planted: Planted) => Object.assign(new Error(textOf(planted)), contextOf(planted));

export const captureIn = (planted: Planted) => void Sentry.captureException(errorWith(planted));

/** The span that the canary runs each call in. */
export const activeSpan = () => {
  const span = Sentry.getActiveSpan();
  if (!span) throw new Error('Expected an active span: the canary runs each call in one.');
  return span;
};
