import { describe } from 'vitest';
import { describeFailures } from './describe-failures.ts';

describe('without tracing', async () => describeFailures('0'));
