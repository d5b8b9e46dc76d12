/** Why one record of a request is not kept; the words of `failed_records`. */
export interface Failure {
  readonly field: string;
  readonly message: string;
}

/** A failure in the vendor's manner: `'field' is invalid: what it must be`. */
export function invalidField(field: string, expectation: string): Failure {
  return { field, message: `'${field}' is invalid: ${expectation}` };
}
