export { isQrId } from '@qr/events';
export {
  type CountryOf,
  createDescribeVisitor,
  type DescribeVisitor,
  type DescribeVisitorOptions,
  isPrefetch,
  type Visitor,
} from '@qr/server';
export { createFailedScans, type ScanFailure, scanFailureOf, type TrackFailedScan } from './failed-scans.ts';
