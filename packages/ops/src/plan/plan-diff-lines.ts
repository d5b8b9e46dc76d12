import type { Style } from '../cli/style.ts';
import type { PlanChange } from './plan-change.ts';

interface PlanDiff {
  readonly from: string;
  readonly to: string | undefined;
  readonly changes: readonly PlanChange[];
}

/** Changes of the plan for people. */
export function planDiffLines({ from, to, changes }: PlanDiff, style: Style): string[] {
  const range = to === undefined ? `since ${from}` : `from ${from} to ${to}`;
  if (changes.length === 0) return [`The tracking plan did not change ${range}.`];
  const breaking = changes.filter(({ isBreaking }) => isBreaking);
  const others = changes.filter(({ isBreaking }) => !isBreaking);
  return [
    `The tracking plan ${range}: ${breaking.length} breaking ${breaking.length === 1 ? 'change' : 'changes'}, ${others.length} other.`,
    ...section('Breaking:', breaking, style.bad),
    ...section('Not breaking:', others, style.good),
  ];
}

function section(title: string, changes: readonly PlanChange[], paint: (text: string) => string): string[] {
  if (changes.length === 0) return [];
  const names = changes.map(({ subject, property }) => (property === undefined ? subject : `${subject}.${property}`));
  const width = Math.max(...names.map((name) => name.length));
  return ['', paint(title), ...changes.map(({ what }, index) => `  ${(names[index] ?? '').padEnd(width)}  ${what}`)];
}
