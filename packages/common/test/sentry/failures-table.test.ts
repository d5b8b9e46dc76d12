import { describe } from 'vitest';
import { describeFailures } from './describe-failures.ts';

describe('with every request traced', async () => describeFailures('1'));
