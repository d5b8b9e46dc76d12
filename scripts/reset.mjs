import { rmSync } from 'node:fs';
import { join } from 'node:path';

const data = join(import.meta.dirname, '../.data');
rmSync(data, { recursive: true, force: true });
console.log('Removed .data: accounts, codes, development secrets and everything in the inbox.');
