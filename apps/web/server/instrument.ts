import { initializeSentry } from '@qr/common';

initializeSentry('web-server');
