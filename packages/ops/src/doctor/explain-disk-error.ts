import type { Finding } from './check.ts';

/** Puts the refusal of a disk into words. @param root the spool's folder. */
export function explainDiskError(error: unknown, root: string): Finding {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const failed = (says: string, advice: string): Finding => ({ status: 'failed', says, do: advice });
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return failed(
      `The disk of ${root} is full (${code}).`,
      'Make room, or set OBSERVABILITY_SPOOL_DIR to a folder on another disk.',
    );
  if (code === 'EACCES' || code === 'EPERM')
    return failed(
      `${root} may not be written by this user (${code}).`,
      'Give it to the user of the services (chown), or set OBSERVABILITY_SPOOL_DIR to a folder of theirs.',
    );
  if (code === 'EROFS')
    return failed(
      `The disk of ${root} is read-only (${code}).`,
      'Mount a writable volume, and set OBSERVABILITY_SPOOL_DIR to a folder on it.',
    );
  if (code === 'ENOTDIR' || code === 'EEXIST')
    return failed(`A part of ${root} is a file, not a folder (${code}).`, 'Correct OBSERVABILITY_SPOOL_DIR.');
  // What Node says of a folder to be made on a disk that is read-only, and below /proc.
  if (code === 'ENOENT')
    return failed(
      `The folder ${root} cannot be made (${code}): its disk is read-only, or takes no folders.`,
      'Mount a writable volume, and set OBSERVABILITY_SPOOL_DIR to a folder on it.',
    );
  return failed(`${root} cannot be used: ${message}.`, 'Set OBSERVABILITY_SPOOL_DIR to a folder that can be written.');
}
