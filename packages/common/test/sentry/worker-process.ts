import { initializeMixpanel, initializeSentry, trackEvent } from '@qr/common';

// A process without a server: nobody else closes what it has open.
initializeSentry('test-worker');
initializeMixpanel();
trackEvent('logout', 'u1');
// The work that would keep it alive.
setInterval(() => {}, 1000);
setTimeout(() => {
  if (process.argv[2] === 'throw') throw new Error('nobody caught this');
  else void Promise.reject(new Error('nobody caught this'));
});
