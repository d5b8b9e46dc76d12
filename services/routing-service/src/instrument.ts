import { initializeSentry } from '@qr/common';

initializeSentry('routing-service');
