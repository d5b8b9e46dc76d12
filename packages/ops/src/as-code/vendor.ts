import { CommandError } from '../cli/command-error.ts';

/** Whose part is asked for. */
export interface VendorChoice {
  readonly sentry: boolean;
  readonly mixpanel: boolean;
}

/** The option that leaves one vendor out, for those who have an account at the other only. */
export const VENDOR_OPTION = '--vendor <name>';
export const VENDOR_HELP = 'sentry or mixpanel only; default both';

/** @throws CommandError when it is neither. */
export function readVendor(value: string | undefined): VendorChoice {
  if (value === undefined) return { sentry: true, mixpanel: true };
  if (value === 'sentry' || value === 'mixpanel') return { sentry: value === 'sentry', mixpanel: value === 'mixpanel' };
  throw new CommandError(`--vendor must be sentry or mixpanel, got "${value}".`);
}
