import { describe, expect, it } from 'vitest';
import { runInTest } from './run-in-test.ts';

describe('the command line', () => {
  it('says what there is', async () => {
    const { exitCode, out } = await runInTest(['--help']);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^Usage: qr-obs/);
    expect(out).toContain('Exit codes: 0 done');
  });

  it('refuses what it does not know, with the way to what it does', async () => {
    const { exitCode, notes } = await runInTest(['--colour']);
    expect(exitCode).toBe(2);
    expect(notes).toContain("unknown option '--colour'");
    expect(notes).toContain('--help');
  });

  it.each([
    [['doctor', '--offlin'], "unknown option '--offlin'", '(Did you mean --offline?)'],
    [['docter'], "unknown command 'docter'", '(Did you mean doctor?)'],
    [['spool', 'statsu'], "unknown command 'statsu'", '(Did you mean status?)'],
  ])('names what %j is nearest to', async (args, problem, hint) => {
    const { exitCode, notes } = await runInTest(args);
    expect(exitCode).toBe(2);
    expect(notes).toContain(problem);
    expect(notes).toContain(hint);
  });
});
