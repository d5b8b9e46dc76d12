import { initializeSentry } from '@qr/common';

initializeSentry('microsite-service');
