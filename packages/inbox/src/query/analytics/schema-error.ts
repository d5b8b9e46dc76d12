import type { FastifySchemaValidationError } from 'fastify';

/** Says in words which parameter breaks the schema of its route, and what it must be. */
export function schemaError(errors: readonly FastifySchemaValidationError[]): Error {
  const sentences = errors.map(({ instancePath, keyword, params, message = 'is invalid' }) => {
    const name = instancePath.slice(1);
    if (keyword === 'required') return `${String(params['missingProperty'])} is required`;
    const allowed = params['allowedValues'];
    if (keyword === 'enum' && Array.isArray(allowed)) return `${name} must be one of ${allowed.join(', ')}`;
    return `${name} ${message}`;
  });
  return new Error(sentences.join('; '));
}
