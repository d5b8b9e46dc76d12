export { isQrId } from '@qr/events';
export type { CountryOf } from './country.ts';
export {
  createDescribeVisitor,
  type DescribeVisitor,
  type DescribeVisitorOptions,
  type Visitor,
} from './describe-visitor.ts';
export { createFailedScans, type ScanFailure, scanFailureOf, type TrackFailedScan } from './failed-scans.ts';
export { isPrefetch } from './prefetch.ts';
