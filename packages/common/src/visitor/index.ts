export type { CountryOf } from './country.ts';
export {
  createDescribeVisitor,
  type DescribeVisitor,
  type DescribeVisitorOptions,
  type Visitor,
} from './describe-visitor.ts';
export { isPrefetch } from './prefetch.ts';
