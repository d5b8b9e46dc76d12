import { initializeSentry } from '@qr/common';

// Scans come by the thousand and are all alike.
initializeSentry('routing-service', undefined, { routeSampleRates: { '/scan/:qrId': 0.01 } });
