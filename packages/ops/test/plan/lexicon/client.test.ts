import { expect, it } from 'vitest';
import { createPace } from '../../../src/plan/lexicon/client.ts';

const paceInTest = () => {
  let clock = 0;
  const waits: number[] = [];
  const pace = createPace({
    now: () => clock,
    sleep: async (ms) => {
      clock += ms;
    },
    onWait: (ms) => void waits.push(ms),
  });
  const pass = (ms: number): void => {
    clock += ms;
  };
  return { pace, waits, pass };
};

it('waits for the sixth request of a minute until the first is a minute old', async () => {
  const { pace, waits, pass } = paceInTest();
  for (let request = 0; request < 5; request++) {
    await pace.turn(1);
    pass(1000);
  }
  await pace.turn(1);
  expect(waits).toEqual([55_000]);
});

it('waits when the events and properties of a minute are too many, however few the requests', async () => {
  const { pace, waits } = paceInTest();
  await pace.turn(3000);
  await pace.turn(1000);
  await pace.turn(1);
  expect(waits).toEqual([60_000]);
});

it('waits for nobody when the minute is over', async () => {
  const { pace, waits, pass } = paceInTest();
  await pace.turn(4000);
  pass(60_000);
  await pace.turn(4000);
  expect(waits).toEqual([]);
});
