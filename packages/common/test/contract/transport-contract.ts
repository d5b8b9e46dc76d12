export { describeTransportContract } from '../../../delivery/test/transport-contract.ts';
