import { initializeSentry } from '@qr/common';

initializeSentry('qr-service');
