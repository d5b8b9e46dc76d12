import { initializeSentry } from '@qr/common';

initializeSentry('auth-service');
