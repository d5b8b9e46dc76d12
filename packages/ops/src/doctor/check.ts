import type { CommandContext } from '../cli/command.ts';
import type { Hosts } from './hosts.ts';

export type Status = 'ok' | 'warning' | 'failed' | 'skipped';

/** What a check found. */
export interface Finding {
  readonly status: Status;
  /** Whole sentences; a problem a line where there are several. */
  readonly says: string;
  /** What somebody who is new here can do about it. */
  readonly do?: string;
}

export const ok = finding('ok');
export const warning = finding('warning');
export const failed = finding('failed');
export const skipped = finding('skipped');

/** What a check works with. */
export interface CheckContext extends Pick<CommandContext, 'env' | 'given' | 'root' | 'config' | 'fetch' | 'now'> {
  /** Aborted when the time of the check is up, and by Ctrl-C. */
  readonly signal: AbortSignal;
  /** What the check may take in all. */
  readonly timeoutMs: number;
  readonly hosts: Hosts;
  /** What services observe with. */
  readonly library: typeof import('@qr/common');
}

/** One question that the doctor asks. */
export interface Check {
  readonly name: string;
  /** One line, for the help. */
  readonly about: string;
  /** Checks that come before: when one of them failed, the answer to this one would mislead. */
  readonly needs: readonly string[];
  /** Whether it looks at nothing but this machine. */
  readonly isOffline: boolean;
  run(context: CheckContext): Promise<Finding>;
}

const BY_WEIGHT: readonly Status[] = ['failed', 'warning', 'ok', 'skipped'];

/** Several findings as one: the worst, with what those that are as bad say. `undefined` when there are none. */
export function worstOf(all: readonly (Finding | undefined)[]): Finding | undefined {
  const findings = all.filter((finding) => finding !== undefined);
  const status = BY_WEIGHT.find((candidate) => findings.some((finding) => finding.status === candidate));
  if (status === undefined) return undefined;
  const told = findings.filter(
    (finding) => finding.status !== 'skipped' && (finding.status !== 'ok' || status === 'ok'),
  );
  const advice = [...new Set(told.flatMap((finding) => finding.do ?? []))];
  return {
    status,
    says: told.map(({ says }) => says).join('\n'),
    ...(advice.length > 0 && { do: advice.join('\n') }),
  };
}

function finding(status: Status) {
  return (says: string, advice?: string): Finding => ({ status, says, ...(advice !== undefined && { do: advice }) });
}
