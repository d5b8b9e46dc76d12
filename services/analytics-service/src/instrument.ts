import { initializeSentry } from '@qr/common';

initializeSentry('analytics-service');
