import { ParameterError } from './parameter-error.ts';

/** The value of a parameter that is JSON. @throws ParameterError that shows what it is to look like. */
export function jsonParameter(name: string, text: string, example: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ParameterError(name, `must be JSON such as ${example}, got ${text.slice(0, 100)}`);
  }
}
