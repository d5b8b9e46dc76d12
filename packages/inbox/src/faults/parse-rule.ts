import Value from 'typebox/value';
import { isJsonObject } from '../store/records.ts';
import { FAULT_KINDS, type FaultKind, type FaultRule, FaultTarget } from './fault.ts';

/**
 * Takes a rule from anyone.
 * @throws a sentence that names the field, when it is none.
 */
export function parseFaultRule(candidate: unknown): FaultRule {
  if (!isJsonObject(candidate)) throw new TypeError('a fault rule must be a JSON object with a fault.');
  const { fault, ...target } = candidate;
  const kind = isJsonObject(fault) ? fault['kind'] : undefined;
  if (!isKind(kind)) {
    throw new TypeError(
      `fault.kind must be one of ${Object.keys(FAULT_KINDS).join(', ')}, got ${JSON.stringify(kind) ?? 'nothing'}.`,
    );
  }
  refuseErrors('', Value.Errors(FaultTarget, target));
  refuseErrors('fault', Value.Errors(FAULT_KINDS[kind], fault));
  refuseContradiction(candidate as unknown as FaultRule);
  // The two checks above prove the shape; the kind has picked the member of the union.
  return candidate as unknown as FaultRule;
}

/** What is decided before the body is read cannot depend on the body. */
function refuseContradiction({ contains, fault }: FaultRule): void {
  const isEarly =
    (fault.kind === 'reset' && fault.when !== 'after') || (fault.kind === 'status' && fault.when === 'before');
  if (isEarly && contains !== undefined) {
    throw new TypeError(`fault.when must be "after" in a rule with contains, got "${fault.when}".`);
  }
  if (fault.kind === 'status' && fault.when === 'before' && fault.store === true) {
    throw new TypeError('fault.store must not be true with when "before": nothing has been read that could be stored.');
  }
}

function isKind(kind: unknown): kind is FaultKind {
  return typeof kind === 'string' && Object.hasOwn(FAULT_KINDS, kind);
}

function refuseErrors(at: string, errors: readonly { instancePath: string; message: string; params: unknown }[]): void {
  const [error] = errors;
  if (error === undefined) return;
  const field = `${at}${error.instancePath.replaceAll('/', '.')}`.replace(/^\./, '');
  throw new TypeError(`${field || 'the rule'} ${error.message} (${JSON.stringify(error.params)}).`);
}
