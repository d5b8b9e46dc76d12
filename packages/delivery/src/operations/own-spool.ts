import { stat } from 'node:fs/promises';

/**
 * What this process writes into a spool must be readable and movable for the processes whose spool it is.
 *
 * @throws when they run as another user.
 */
export async function assertOwnSpool(root: string): Promise<void> {
  const user = process.getuid?.();
  const { uid } = await stat(root);
  if (user === undefined || user === uid) return;
  throw new Error(
    `The spool ${root} belongs to the user with the id ${uid}, and this process runs as ${user}. Run it as that user, for example with sudo -u '#${uid}'.`,
  );
}
