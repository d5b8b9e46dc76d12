/** A parameter of a query that cannot be answered: 400, with a message that names it. */
export class ParameterError extends Error {
  readonly statusCode = 400;

  /** @param expectation - what the parameter must be, and what came instead */
  constructor(parameter: string, expectation: string) {
    super(`${parameter} ${expectation}`);
    this.name = 'ParameterError';
  }
}
