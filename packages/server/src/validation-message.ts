/** What Ajv says of the first thing that is wrong. */
export interface Complaint {
  readonly keyword?: string;
  readonly message?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** Sentences for people where Ajv's are for programmers (`must NOT have fewer than 8 characters`); for other keywords Ajv's own. */
const SENTENCES: Readonly<Record<string, (params: Readonly<Record<string, unknown>>) => string>> = {
  required: () => 'is required',
  additionalProperties: () => 'is not known here: check its spelling, or leave it out',
  minLength: ({ limit }) => (limit === 1 ? 'must not be empty' : `must have at least ${limit} characters`),
  maxLength: ({ limit }) => `must have at most ${limit} characters`,
  minItems: ({ limit }) => `must have at least ${limit} ${limit === 1 ? 'entry' : 'entries'}`,
  maxItems: ({ limit }) => `must have at most ${limit} entries`,
  minProperties: ({ limit }) => `must have at least ${limit} ${limit === 1 ? 'field' : 'fields'}`,
  minimum: ({ limit }) => `must be at least ${limit}`,
  maximum: ({ limit }) => `must be at most ${limit}`,
  // The pattern itself would say nothing to whoever typed.
  pattern: () => 'is not in the right form, or has characters that are not allowed',
  format: ({ format }) => `must be a ${String(format).replace('-', ' ')}`,
  const: ({ allowedValue }) => `must be ${JSON.stringify(allowedValue)}`,
  enum: ({ allowedValues }) =>
    `must be one of ${(allowedValues as unknown[]).map((value) => JSON.stringify(value)).join(', ')}`,
};

/** One sentence that names the field, as our own errors do: `password must have at least 8 characters`. */
export function validationMessage(
  { keyword = '', message, params = {} }: Complaint,
  field: string | undefined,
): string {
  const sentence = SENTENCES[keyword]?.(params) ?? message ?? 'is not valid';
  return `${field ?? 'The body'} ${sentence}`;
}
