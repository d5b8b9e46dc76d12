import { type ReactElement, useEffect, useState } from 'react';
import type { Issue, IssueStatus } from '../../../src/query/issues.ts';
import { request } from '../shared/request.ts';

interface IssueActionsProps {
  readonly issue: Issue;
  readonly onChange: () => void;
}

const STATUS_TEXT: Readonly<Record<IssueStatus, string>> = {
  unresolved: 'Unresolved',
  resolved: 'Resolved: comes back when it happens again',
  ignored: 'Ignored: counted, not listed',
};

/** The status of an issue, and the buttons and keys that change it. */
export function IssueActions({ issue, onChange }: IssueActionsProps): ReactElement {
  const { id, status, isRegressed } = issue;
  const [failure, setFailure] = useState<string>();
  const change = async (next: IssueStatus): Promise<void> => {
    try {
      await request(`/api/issues/${encodeURIComponent(id)}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ status: next }),
      });
      setFailure(undefined);
      onChange();
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
    }
  };
  const toggle = (wanted: IssueStatus): void => void change(status === wanted ? 'unresolved' : wanted);
  useStatusKeys(toggle);
  return (
    <div className="actions">
      <button
        type="button"
        aria-pressed={status === 'resolved'}
        aria-keyshortcuts="r"
        title="r"
        onClick={() => toggle('resolved')}
      >
        Resolve
      </button>
      <button
        type="button"
        aria-pressed={status === 'ignored'}
        aria-keyshortcuts="i"
        title="i"
        onClick={() => toggle('ignored')}
      >
        Ignore
      </button>
      <span className={isRegressed ? 'bad' : 'muted'} role="status">
        {failure ?? (isRegressed ? 'Regressed: happened again after it was resolved' : STATUS_TEXT[status])}
      </span>
    </div>
  );
}

/** `r` resolves, `i` ignores; again takes it back. */
function useStatusKeys(toggle: (status: IssueStatus) => void): void {
  useEffect(() => {
    const onKey = ({ key, target, ctrlKey, metaKey, altKey, repeat }: KeyboardEvent): void => {
      if (ctrlKey || metaKey || altKey || repeat) return;
      if (target instanceof HTMLInputElement || target instanceof HTMLSelectElement) return;
      if (key === 'r') toggle('resolved');
      if (key === 'i') toggle('ignored');
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [toggle]);
}
