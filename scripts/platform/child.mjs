import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { holderOf } from './port-check.mjs';

/** How many of a process's last lines are shown when it dies. */
const KEPT_LINES = 20;

/**
 * @typedef {object} ChildSpec
 * @property {string} name
 * @property {string} cwd
 * @property {string[]} args what Node is started with
 * @property {Record<string, string | undefined>} env
 * @property {string} [readyUrl] answers 200 once the process can serve
 * @property {RegExp} [readyLine] printed once it can, by a process that speaks no HTTP
 */

/** Called with each line that a process prints, its name, and whether the line is of its standard error. @typedef {(line: string, name: string, isError: boolean) => void} Log */

/** One process of the platform. */
export class Child {
  #process;
  /** @type {string[]} */
  #lastLines = [];
  #isStopping = false;
  #saidReady = false;
  /** @type {Promise<void>} */
  #exited;

  /**
   * @param {ChildSpec} spec
   * @param {Log} log
   * @param {(message: string) => void} onDeath called when it ends without being asked to
   */
  constructor(spec, log, onDeath) {
    this.spec = spec;
    // In a process group of its own: Ctrl-C reaches the parent only, which then ends the children once and in order.
    this.#process = spawn(process.execPath, spec.args, {
      cwd: spec.cwd,
      env: spec.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        this.#lastLines = [...this.#lastLines, line].slice(-KEPT_LINES);
        this.#saidReady ||= spec.readyLine?.test(line) ?? false;
        log(line, spec.name, stream === this.#process.stderr);
      });
    }
    this.#exited = new Promise((resolve) => {
      this.#process.once('close', (code, signal) => {
        if (!this.#isStopping) onDeath(this.#describeDeath(code, signal));
        resolve();
      });
    });
    this.#process.once('error', (error) => onDeath(`${spec.name} could not be started: ${error.message}`));
  }

  get hasExited() {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  get pid() {
    return this.#process.pid;
  }

  /** Resolves when the process answers; rejects when it ends or takes too long. @param {number} timeoutMs */
  async ready(timeoutMs) {
    const deadline = Date.now() + timeoutMs;
    while (Date.now() < deadline) {
      if (this.hasExited || this.#isStopping) throw new Error(`${this.spec.name} ended before it was ready.`);
      if (this.#saidReady || (this.spec.readyUrl && (await answers(this.spec.readyUrl)))) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`${this.spec.name} was not ready within ${timeoutMs / 1000} s.\n${this.#lastLines.join('\n')}`);
  }

  /** Asks the process to end, and ends it for good after a while. @param {number} timeoutMs */
  async stop(timeoutMs) {
    this.#isStopping = true;
    if (!this.hasExited) this.#process.kill('SIGTERM');
    const timer = setTimeout(() => this.kill(), timeoutMs);
    await this.#exited;
    clearTimeout(timer);
  }

  /** Ends the process at once, with what it has started itself. */
  kill() {
    this.#isStopping = true;
    const { pid } = this.#process;
    if (this.hasExited || pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended in this moment.
    }
  }

  /** @param {number | null} code @param {NodeJS.Signals | null} signal */
  #describeDeath(code, signal) {
    const [, port] = /EADDRINUSE.*?:(\d+)$/m.exec(this.#lastLines.join('\n')) ?? [];
    if (port) return portTaken(this.spec.name, Number(port));
    const how = signal ? `was ended by ${signal}` : `ended with code ${code}`;
    return `${this.spec.name} ${how}. Its last lines:\n${this.#lastLines.map((line) => `  ${line}`).join('\n')}`;
  }
}

/** It was free before all was started. @param {string} name @param {number} port */
function portTaken(name, port) {
  const holder = holderOf(port)?.description;
  return `Port ${port} of ${name} was taken while it started${holder ? `, by ${holder}` : ''}. Start again, or choose other ports with --port-base N.`;
}

/** @param {string} url */
async function answers(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(1000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
