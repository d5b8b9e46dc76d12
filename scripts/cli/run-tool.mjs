import { spawn } from 'node:child_process';

/** How long an interrupted program may take to end. */
const PATIENCE_MS = 2000;

/**
 * Runs a program and keeps what it prints to itself unless it fails. An aborted `signal` ends it, with all that it has started.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv, signal?: AbortSignal | undefined }} options
 * @throws Error with everything that it printed, or the reason of the signal
 */
export async function runTool(program, args, { cwd, env = process.env, signal }) {
  signal?.throwIfAborted();
  // In a group of its own: Ctrl-C reaches us only, and we end the whole group.
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk) => (output += chunk));
  const kill = (/** @type {NodeJS.Signals} */ name) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // It has ended by itself.
    }
  };
  const end = () => {
    kill('SIGTERM');
    setTimeout(kill, PATIENCE_MS, 'SIGKILL').unref();
  };
  signal?.addEventListener('abort', end);
  /** @type {number | null} */
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  signal?.removeEventListener('abort', end);
  signal?.throwIfAborted();
  if (code !== 0)
    throw new Error(`${output.trimEnd()}\n\n${[program, ...args].join(' ')} failed; the messages above say why.`);
}
