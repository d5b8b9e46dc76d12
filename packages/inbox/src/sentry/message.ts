import type { JsonObject } from '../store/records.ts';
import { objectAt, textAt } from './fields.ts';

/** Returns the text of a message event: before its parameters were put in when that is known, or after. */
export function messageOf(event: JsonObject, form: 'template' | 'formatted'): string {
  const entry = objectAt(event, 'logentry');
  const formatted = textAt(entry, 'formatted') ?? textAt(event, 'message');
  const template = textAt(entry, 'message');
  return (form === 'template' ? (template ?? formatted) : (formatted ?? template)) ?? '';
}
